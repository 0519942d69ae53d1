package io.clarion.tensorflow.translate;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The limits of TensorFlow's broadcasting within an operation: axes that all operands have, or lack, alike count as
 * one, and there may be few such.
 */
final class Broadcasting {
    private static final int MOST = 5;

    private Broadcasting() {}

    /** Returns whether one operation can broadcast operands of these shapes, which have the same rank. */
    static boolean isSupported(List<int[]> shapes) {
        List<List<Boolean>> stretched = IntStream.range(0, shapes.get(0).length)
                .mapToObj(a -> shapes.stream().map(s -> s[a] == 1).toList()).filter(axis -> axis.contains(false))
                .toList();
        return IntStream.range(1, stretched.size()).filter(i -> !stretched.get(i).equals(stretched.get(i - 1))).count()
                < MOST;
    }
}
