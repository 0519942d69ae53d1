package io.clarion.conformance;

/**
 * The tests that every engine has to pass, each topic an interface: an engine's author extends this class and says
 * which device is tested. {@code docs/reference/engine-spi.md} tells what they check.
 */
public abstract class EngineConformance
        implements GoldenConformance, RandomConformance, EdgeConformance, NodeConformance, UpdateConformance,
        RandomTensorConformance, StorageConformance, ThreadConformance, FailureConformance, GroupConformance,
        TrainingConformance {}
