package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.K;
import io.clarion.conformance.cases.Edges;
import io.clarion.conformance.cases.KerasForms;
import io.clarion.conformance.cases.OpenSizes;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.tensor.NDArray;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Checks what K's functions give at the edges of shapes and numbers, in each of the forms that Keras's layers use. */
public interface EdgeConformance extends TestedEngine {
    /** Returns the subjects of {@link Edges} that this engine differs in by its nature; its documentation says how. */
    default Set<String> differences() {
        return Set.of();
    }

    @TestFactory
    default Stream<DynamicTest> edges() {
        K.useDevice(TestedEngine.reference());
        return Edges.all().stream().filter(e -> !differences().contains(e.subject()))
                .collect(Collectors.groupingBy(Edges.Expectation::subject)).entrySet()
                .stream()
                .map(s -> DynamicTest.dynamicTest(s.getKey(), () -> assertEquals(List.of(), faults(s.getValue()))));
    }

    private List<String> faults(List<Edges.Expectation> all) {
        List<Tensor> outputs = all.stream()
                .flatMap(e -> Stream.of(e.tensor(), e.like() == null ? e.tensor() : e.like())).toList();
        List<NDArray> got = TestedEngine.call(device(), new Graph(List.of(), outputs, List.of()));
        return IntStream.range(0, all.size()).mapToObj(i -> all.get(i).fault(got.get(2 * i), got.get(2 * i + 1)))
                .filter(Objects::nonNull).toList();
    }

    @Test
    default void stridedWindowsOverAxesThatACallTells() {
        K.useDevice(TestedEngine.reference());
        OpenSizes.stridedWindows(device(), 6, 2, 3);
    }

    @Test
    default void formsOfKerasGiveWhatNumpyGives() {
        K.useDevice(TestedEngine.reference());
        KerasForms.check(device());
    }
}
