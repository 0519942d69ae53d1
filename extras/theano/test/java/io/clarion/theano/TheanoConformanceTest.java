package io.clarion.theano;

import io.clarion.conformance.EngineConformance;
import io.clarion.engine.Device;
import io.clarion.engine.Engines;
import io.clarion.tensor.DType;
import java.util.List;

/** The tests of every engine, on the library that this machine's Python has. */
class TheanoConformanceTest extends EngineConformance {
    @Override
    public Device device() {
        return Engines.named("theano").orElseThrow().open("theano:0");
    }

    @Override
    public int randomDraws(boolean isSweep) {
        return 3;
    }

    @Override
    public List<DType> randomDTypes() {
        return List.of(DType.FLOAT32, DType.FLOAT64);
    }
}
