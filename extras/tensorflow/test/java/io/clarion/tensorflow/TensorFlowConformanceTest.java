package io.clarion.tensorflow;

import io.clarion.conformance.EngineConformance;
import io.clarion.engine.Device;
import io.clarion.engine.Engines;
import io.clarion.tensor.DType;
import java.util.List;
import java.util.Set;

/** The tests of every engine, on TensorFlow's CPU. */
class TensorFlowConformanceTest extends EngineConformance {
    @Override
    public Device device() {
        return Engines.named("tensorflow").orElseThrow().open("tensorflow:0");
    }

    @Override
    public List<DType> randomDTypes() {
        return List.of(DType.FLOAT16, DType.FLOAT32, DType.FLOAT64);
    }

    /** TensorFlow's threads make 0 of denormal numbers. */
    @Override
    public Set<String> differences() {
        return Set.of("denormalsAreNumbers");
    }
}
