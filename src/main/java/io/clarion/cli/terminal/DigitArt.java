package io.clarion.cli.terminal;

import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Draws digits in the terminal, two rows of pixels a line. */
public final class DigitArt {
    /** MNIST's digits stand in the middle 20 × 20 of 28 × 28 pixels. */
    private static final int MARGIN = 4;
    private static final double INK = 0.35;
    private static final String GREYS = " .:-=+*#%@";

    private DigitArt() {}

    /**
     * Image {@code i} of (samples, height, width): in half blocks or, where the terminal has none, in letters by grey.
     */
    public static List<String> draw(NDArray images, int i, boolean blocks) {
        int height = images.shape().size(1);
        int width = images.shape().size(2);
        var lines = new ArrayList<String>();
        for (int y = MARGIN; y + 1 < height - MARGIN; y += 2) {
            var line = new StringBuilder();
            for (int x = MARGIN; x < width - MARGIN; x++) {
                double above = images.get((i * height + y) * width + x);
                double below = images.get((i * height + y + 1) * width + x);
                line.append(blocks ? block(above > INK, below > INK)
                        : GREYS.charAt((int) Math.min(GREYS.length() - 1, (above + below) / 2 * GREYS.length())));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static char block(boolean above, boolean below) {
        return above ? below ? '█' : '▀' : below ? '▄' : ' ';
    }

    /** Drawings of as many lines side by side. */
    public static List<String> beside(List<List<String>> drawings) {
        List<String> all = new ArrayList<>(Collections.nCopies(drawings.get(0).size(), ""));
        for (List<String> drawing : drawings) {
            all.replaceAll(line -> line + "    ");
            for (int y = 0; y < all.size(); y++) {
                all.set(y, all.get(y) + drawing.get(y));
            }
        }
        return all.stream().map(String::stripTrailing).toList();
    }
}
