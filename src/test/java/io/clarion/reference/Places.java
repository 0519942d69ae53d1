package io.clarion.reference;

import java.util.ArrayList;
import java.util.List;

/** The places of a box one by one, in row-major order: brute force for tests. */
final class Places {
    private Places() {}

    static List<int[]> of(int... sizes) {
        var places = new ArrayList<int[]>();
        int total = 1;
        for (int size : sizes) {
            total *= size;
        }
        for (int i = 0; i < total; i++) {
            int[] at = new int[sizes.length];
            int rest = i;
            for (int a = sizes.length - 1; a >= 0; a--) {
                at[a] = rest % sizes[a];
                rest /= sizes[a];
            }
            places.add(at);
        }
        return places;
    }

    /** The row-major index of a place. */
    static int index(int[] at, int... sizes) {
        int index = 0;
        for (int a = 0; a < sizes.length; a++) {
            index = index * sizes[a] + at[a];
        }
        return index;
    }

    /** The values of {@code at} at the axes given. */
    static int[] pick(int[] at, List<Integer> axes) {
        return axes.stream().mapToInt(a -> at[a]).toArray();
    }
}
