package io.clarion.cli.terminal;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Shows how far work is, in the last line of a terminal, which it writes anew. Thread-safe.
 *
 * <p>It writes characters and carriage returns and no more: it takes no signals, so that Ctrl-C goes where it always
 * goes.
 */
public final class ProgressLine {
    static final int USUAL_COLUMNS = 80;
    private static final int LEAST_BAR = 10;
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉█";
    private final PrintStream out;
    private final int columns;
    private final boolean blocks;
    private int shown;

    /**
     * @param columns of the terminal
     * @param blocks  whether {@code out} prints block characters
     */
    public ProgressLine(PrintStream out, int columns, boolean blocks) {
        this.out = out;
        this.columns = columns;
        this.blocks = blocks;
    }

    /** Returns the columns of the terminal that is this process's standard input, 80 where nobody tells. */
    static int columnsOfTerminal() {
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(Redirect.INHERIT)
                    .redirectError(Redirect.DISCARD).start();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip()
                    .split(" ");
            int columns = size.length == 2 ? Integer.parseInt(size[1]) : 0;
            return columns > 0 ? columns : USUAL_COLUMNS;
        } catch (IOException | NumberFormatException e) {
            return USUAL_COLUMNS;
        }
    }

    /** Shows words in place of what was shown. */
    public synchronized void show(String words) {
        String text = words.substring(0, Math.min(words.length(), columns - 1));
        out.print("\r" + text + " ".repeat(Math.max(0, shown - text.length())));
        out.flush();
        shown = text.length();
    }

    /**
     * Shows a bar, {@code part} of which is full, between words. The bar has ten columns or more: of what stands after
     * it, that which does not fit is left out from the end.
     *
     * @param part from 0 to 1
     */
    public void show(String before, double part, List<String> after) {
        int kept = after.size();
        while (kept > 0 && bar(before, after, kept) < LEAST_BAR) {
            kept--;
        }
        show(before + " " + bar(part, Math.max(LEAST_BAR, bar(before, after, kept))) + words(after, kept));
    }

    /** Returns the columns that are left for the bar. */
    private int bar(String before, List<String> after, int kept) {
        return columns - 1 - before.length() - 1 - words(after, kept).length();
    }

    private static String words(List<String> after, int kept) {
        return String.join("", after.subList(0, kept).stream().map(word -> "  " + word).toList());
    }

    private String bar(double part, int width) {
        int eighths = (int) Math.round(Math.clamp(part, 0, 1) * width * 8);
        if (!blocks) {
            return "[" + "=".repeat(eighths * (width - 2) / (width * 8))
                    + " ".repeat(width - 2 - eighths * (width - 2) / (width * 8)) + "]";
        }
        String full = "█".repeat(eighths / 8) + (eighths % 8 == 0 ? "" : EIGHTHS.charAt(eighths % 8));
        return full + " ".repeat(width - full.length());
    }

    /** Empties the line. */
    public synchronized void clear() {
        if (shown > 0) {
            out.print("\r" + " ".repeat(shown) + "\r");
            out.flush();
            shown = 0;
        }
    }
}
