package io.clarion.cli.terminal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of text in aligned columns; those whose entries are all numbers are aligned at the right. */
public final class Table {
    private static final int WIDEST = 44;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... heads) {
        rows.add(List.of(heads));
    }

    public Table row(Object... entries) {
        if (entries.length != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    entries.length + " entries do not fill " + rows.get(0).size() + " columns");
        }
        rows.add(Arrays.stream(entries).map(e -> String.valueOf(e).strip()).toList());
        return this;
    }

    public boolean isEmpty() {
        return rows.size() == 1;
    }

    /** Returns the lines, heads first. */
    List<String> lines() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        boolean[] numbers = new boolean[columns];
        for (int c = 0; c < columns; c++) {
            int column = c;
            widths[c] = rows.stream().mapToInt(r -> entry(r, column).length()).max().orElse(0);
            numbers[c] = !isEmpty() && rows.stream().skip(1).allMatch(r -> r.get(column).matches("[-+0-9.,e]*|inf"));
        }
        return rows.stream().map(r -> {
            var line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                String pad = " ".repeat(widths[c] - entry(r, c).length());
                line.append(numbers[c] ? pad + entry(r, c) : entry(r, c) + pad).append("  ");
            }
            return line.toString().stripTrailing();
        }).toList();
    }

    /** Returns the last column may be as long as it likes. */
    private String entry(List<String> row, int column) {
        String text = row.get(column);
        return column < row.size() - 1 && text.length() > WIDEST ? text.substring(0, WIDEST - 3) + "..." : text;
    }

    public void print(CliContext to) {
        lines().forEach(to.out()::println);
    }
}
