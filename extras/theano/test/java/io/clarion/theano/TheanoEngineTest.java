package io.clarion.theano;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.conformance.OpeningConformance;
import io.clarion.engine.Engine;
import io.clarion.engine.Engines;
import io.clarion.engine.Executable;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The engine as {@link java.util.ServiceLoader} finds it. */
class TheanoEngineTest implements OpeningConformance {
    private final Engine engine = Engines.named("theano").orElseThrow();

    @Override
    public Engine engine() {
        return engine;
    }

    @Test
    void aFunctionSaysWhatItIsMadeOf() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(3), "x"));
        try (Executable executable = engine.open("theano:0")
                .compile(new Graph(List.of(x), List.of(x.neg()), List.of()))) {
            assertTrue(executable.explain().endsWith(": 1 operations: Elemwise 1"), executable.explain());
        }
    }
}
