package io.clarion;

import io.clarion.graph.Tensor;
import java.util.List;

/**
 * The results of {@link K#ctcDecode}.
 *
 * @param paths            the most probable readings, the best first, int32, −1 after the last label: (samples, steps)
 *                         each; what a call of a function or {@link K#eval} gives of one is only as wide as the longest
 *                         of its labels
 * @param logProbabilities (samples, 1) or (samples, paths), as {@link K#ctcDecode(Tensor, Tensor, boolean, int, int)}
 *                         says
 */
public record Decoded(List<Tensor> paths, Tensor logProbabilities) {}
