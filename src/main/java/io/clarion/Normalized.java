package io.clarion;

import io.clarion.graph.Tensor;

/**
 * The results of {@link K#normalizeBatchInTraining}.
 *
 * @param normalized of the shape of x
 * @param mean       over the reduction axes, which it lacks
 * @param variance   the population variance over the reduction axes, which it lacks
 */
public record Normalized(Tensor normalized, Tensor mean, Tensor variance) {}
