package io.clarion;

import io.clarion.graph.Tensor;
import java.util.List;

/**
 * What {@link K#ctcDecode} gives.
 *
 * @param paths            the most probable readings, the best first: (samples, steps) int32 each, −1 after the last label
 * @param logProbabilities the natural logarithms of their probabilities: (samples, paths)
 */
public record Decoded(List<Tensor> paths, Tensor logProbabilities) {}
