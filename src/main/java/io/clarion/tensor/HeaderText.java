package io.clarion.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the text of an {@code .npy} header: a Python dictionary of a type, an order and a shape.
 *
 * <p>Takes what NumPy and other programs write, and nothing that NumPy refuses; of Python's other spellings, such as
 * comments, prefixes of strings or hexadecimal numbers, it takes none.
 */
final class HeaderText {
    /** As many axes as NumPy's arrays may have. */
    private static final int MOST_AXES = 64;
    private static final int MOST_DIGITS = 10;

    private final String text;
    private final boolean isOfPython2;
    private int at;

    /** @param isOfPython2 whether it may be, with an L after whole numbers */
    HeaderText(String text, boolean isOfPython2) {
        this.text = text;
        this.isOfPython2 = isOfPython2;
    }

    /**
     * Reads it all, of a header of {@code length} bytes; an {@link IllegalArgumentException} says what is wrong,
     * without a file's name.
     */
    NpyHeader read(int length) {
        String descr = null;
        Boolean fortranOrder = null;
        int[] shape = null;
        expect('{');
        if (text.substring(0, at).chars().anyMatch(c -> c == '\n' || c == '\r')) {
            // To Python, what stands before the dictionary on its line is an indentation then.
            throw wrong();
        }
        while (!isNext('}')) {
            String key = string();
            expect(':');
            switch (key) {
                case "descr" -> descr = type();
                case "fortran_order" -> fortranOrder = truth();
                case "shape" -> shape = sizes();
                default -> throw wrong();
            }
            if (!isNext(',')) {
                expect('}');
                break;
            }
        }
        if (!isPadding(text.substring(at)) || descr == null || fortranOrder == null || shape == null) {
            throw wrong();
        }
        return new NpyHeader(descr, fortranOrder, shape, length);
    }

    /**
     * Returns whether nothing but padding is left; NumPy reads headers of the first two versions once more without it,
     * and so takes any.
     */
    private boolean isPadding(String rest) {
        return rest.matches(isOfPython2 ? "[ \\t\\r\\n]*" : "[ \\t]*\\n*");
    }

    private IllegalArgumentException wrong() {
        return new IllegalArgumentException(
                "its header does not tell 'descr', 'fortran_order' and 'shape', and nothing else, as NumPy does: "
                        + NpyHeader.shortened(text));
    }

    private void skipSpaces() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    /** Takes {@code c} if it stands here, after spaces. */
    private boolean isNext(char c) {
        skipSpaces();
        boolean is = at < text.length() && text.charAt(at) == c;
        at += is ? 1 : 0;
        return is;
    }

    private void expect(char c) {
        if (!isNext(c)) {
            throw wrong();
        }
    }

    private String string() {
        char quote = isNext('\'') ? '\'' : '"';
        if (quote == '"') {
            expect('"');
        }
        int end = text.indexOf(quote, at);
        if (end < 0) {
            throw wrong();
        }
        String content = text.substring(at, end);
        at = end + 1;
        if (content.chars().anyMatch(c -> c == '\\' || c == '\n' || c == '\r')) {
            throw wrong();
        }
        return content;
    }

    private String type() {
        if (isNext('[')) {
            throw new IllegalArgumentException("it holds a structured array; " + NpyHeader.READABLE_TYPES);
        }
        return string();
    }

    private boolean truth() {
        skipSpaces();
        for (boolean truth : new boolean[] {true, false}) {
            String word = truth ? "True" : "False";
            if (text.startsWith(word, at)) {
                at += word.length();
                return truth;
            }
        }
        throw wrong();
    }

    /** Returns a tuple: with one number there has to be a comma. */
    private int[] sizes() {
        List<Integer> sizes = new ArrayList<>();
        expect('(');
        boolean isTuple = true;
        while (!isNext(')')) {
            if (!isTuple) {
                throw wrong();
            }
            sizes.add(size());
            isTuple = isNext(',');
        }
        if (sizes.size() == 1 && !isTuple) {
            throw wrong();
        }
        if (sizes.size() > MOST_AXES) {
            throw new IllegalArgumentException(
                    "its shape has " + sizes.size() + " axes; NumPy's arrays have " + MOST_AXES + " at most");
        }
        return sizes.stream().mapToInt(Integer::intValue).toArray();
    }

    private int size() {
        skipSpaces();
        int from = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        String digits = text.substring(from, at);
        if (digits.isEmpty() || digits.length() > 1 && digits.startsWith("0")) {
            throw wrong();
        }
        if (isOfPython2 && at < text.length() && text.charAt(at) == 'L') {
            at++;
        }
        if (digits.length() > MOST_DIGITS || Long.parseLong(digits) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "an axis of its shape has " + NpyHeader.shortened(digits) + " elements, more than 2^31 - 1");
        }
        return Integer.parseInt(digits);
    }
}
