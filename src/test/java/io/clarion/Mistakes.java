package io.clarion;

import static io.clarion.tensor.DType.FLOAT32;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.clarion.graph.Tensor;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes that people make, each with its sentence: what was asked, what was given, what would do. */
abstract class Mistakes {
    private static final List<Arguments> GIVEN = new ArrayList<>();

    @BeforeAll
    static void onTheReferenceEngine() {
        K.useDevice("reference:0");
    }

    /** Returns the mistakes that groups give by {@link #of(String, String, Executable)}. */
    static Stream<Arguments> all(Runnable... groups) {
        GIVEN.clear();
        Stream.of(groups).forEach(Runnable::run);
        return List.copyOf(GIVEN).stream();
    }

    static void of(String what, String sentence, Executable mistake) {
        GIVEN.add(Arguments.of(what, sentence, mistake));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void saysWhatIsWrong(String what, String sentence, Executable mistake) {
        assertEquals(sentence, assertThrows(RuntimeException.class, mistake, what).getMessage());
    }

    static Tensor x(int... shape) {
        return K.placeholder(shape, FLOAT32, "x");
    }

    static Tensor w() {
        return K.variable(NDArray.of(new float[] {1, 2}, 2), FLOAT32, "w");
    }

    static NDArray ones(int... shape) {
        NDArray ones = NDArray.zeros(FLOAT32, Shape.of(shape));
        for (int i = 0; i < ones.elements(); i++) {
            ones.set(i, 1);
        }
        return ones;
    }
}
