package io.clarion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.clarion.DimOrdering;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackendChoiceTest {
    private static final List<String> BOTH = List.of("opencl", "reference");
    private final List<String> warnings = new ArrayList<>();

    private BackendChoice choice(List<String> engines, String... usable) {
        return new BackendChoice(engines, Set.of(usable)::contains, warnings::add);
    }

    private static Configuration file(String backend) {
        return new Configuration(DType.FLOAT32, 1e-7, backend, DimOrdering.TF);
    }

    @Test
    void theFileNamesTheEngine() {
        assertEquals("reference", choice(BOTH, "opencl", "reference").choose(Optional.empty(), file("reference")));
        assertEquals("opencl", choice(BOTH, "opencl", "reference").choose(Optional.empty(), file("opencl")));
        assertEquals(List.of(), warnings);
    }

    @Test
    void theEnvironmentOverridesTheFile() {
        assertEquals("reference", choice(BOTH, "opencl", "reference").choose(Optional.of("reference"), file("opencl")));
        assertEquals(List.of(), warnings);
    }

    @Test
    void anUnknownEngineInTheFileIsAWarningAndTheDefault() {
        assertEquals("opencl", choice(BOTH, "opencl", "reference").choose(Optional.empty(), file("mxnet")));
        assertEquals(List
                .of("keras.json asks for backend \"mxnet\", which is no engine on the class path: using \"opencl\""),
                warnings);
    }

    @Test
    void anUnknownEngineInTheEnvironmentIsAnErrorThatListsTheEngines() {
        assertEquals("KERAS_BACKEND is \"cntk\", which is no engine on the class path; there are opencl, reference",
                assertThrows(IllegalArgumentException.class, () -> choice(BOTH, "opencl", "reference")
                        .choose(Optional.of("cntk"), file("opencl"))).getMessage());
    }

    @Test
    void anEngineThatIsAnArtifactOfItsOwnIsNamedWithIt() {
        assertEquals(
                "; add the artifact io.clarion:clarion-theano to the class path, as docs/reference/theano.md tells",
                OptionalEngines.cure("theano"));
        assertEquals(
                "KERAS_BACKEND is \"tensorflow\", which is no engine on the class path; there are opencl, reference; "
                        + "add the artifact io.clarion:clarion-tensorflow to the class path, as docs/reference/tensorflow.md tells",
                assertThrows(IllegalArgumentException.class, () -> choice(BOTH, "opencl", "reference")
                        .choose(Optional.of("tensorflow"), file("opencl"))).getMessage());
        assertEquals("opencl", choice(BOTH, "opencl", "reference").choose(Optional.empty(), file("tensorflow")));
        assertEquals(List.of(
                "keras.json asks for backend \"tensorflow\", which is no engine on the class path; add the artifact "
                        + "io.clarion:clarion-tensorflow to the class path, as docs/reference/tensorflow.md tells: using \"opencl\""),
                warnings);
    }

    @Test
    void withoutAUsableDeviceTheReferenceComputesAndThatIsSaid() {
        assertEquals("reference", choice(BOTH, "reference").choose(Optional.empty(), file("opencl")));
        assertEquals(List.of(
                "the default or keras.json asks for backend \"opencl\", which has no usable device here: using \"reference\""),
                warnings);
    }

    @Test
    void withoutOpenClOnTheClassPathTheReferenceComputes() {
        assertEquals("reference", choice(List.of("reference"), "reference").choose(Optional.empty(), file("opencl")));
    }

    @Test
    void anEngineOfSomeoneElseIsChosenWhereItIsTheOnlyOne() {
        assertEquals("abacus", choice(List.of("abacus"), "abacus").choose(Optional.empty(), file("opencl")));
    }

    @Test
    void noUsableEngineIsAnError() {
        assertEquals("no engine on the class path has a usable device (opencl)",
                assertThrows(IllegalStateException.class,
                        () -> choice(List.of("opencl")).choose(Optional.empty(), file("opencl"))).getMessage());
    }
}
