package io.clarion.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Headers as NumPy takes them.
 *
 * <p>A line of {@code npy-headers.txt} has what NumPy 2.4.6 says of a header, the format's version and the header's
 * text, with tabs between them. NumPy says {@code refused}, or {@code read} with dtype, order and shape; {@code more}
 * in place of {@code read} is what Clarion does not have to read: other dtypes, and Python that no program writes.
 */
class NpyHeaderTest {
    private record Header(String verdict, String version, String text) {
        @Override
        public String toString() {
            return text + " " + version;
        }

        byte[] bytes() {
            int[] numbers = Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
            return file(numbers[0], numbers[1], unescaped(text).getBytes(StandardCharsets.ISO_8859_1));
        }

        private static String unescaped(String text) {
            var whole = new StringBuilder();
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c != '\\') {
                    whole.append(c);
                    continue;
                }
                switch (text.charAt(++i)) {
                    case 'n' -> whole.append('\n');
                    case 'r' -> whole.append('\r');
                    case 't' -> whole.append('\t');
                    case 'x' -> {
                        whole.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                        i += 2;
                    }
                    default -> whole.append(text.charAt(i));
                }
            }
            return whole.toString();
        }
    }

    static Stream<Header> headers() throws IOException {
        try (var in = NpyHeaderTest.class.getResourceAsStream("npy-headers.txt")) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
            return lines.stream().map(l -> l.split("\t", 3)).map(f -> new Header(f[0], f[1], f[2]));
        }
    }

    private static byte[] file(int major, int minor, byte[] text) {
        ByteBuffer file = ByteBuffer.allocate(12 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(NpyHeader.MAGIC).put((byte) major).put((byte) minor);
        if (major == 1) {
            file.putShort((short) text.length);
        } else {
            file.putInt(text.length);
        }
        return Arrays.copyOf(file.put(text).array(), file.position());
    }

    private static byte[] file(String text) {
        return file(2, 0, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static NpyHeader read(byte[] file) throws IOException {
        return NpyHeader.read(new ByteArrayInputStream(file));
    }

    private static String refusal(byte[] file) {
        return assertThrows(IllegalArgumentException.class, () -> read(file)).getMessage();
    }

    @ParameterizedTest
    @MethodSource("headers")
    void whatNumPyRefusesIsRefusedAndWhatItReadsIsReadAlike(Header header) throws IOException {
        String[] verdict = header.verdict().split(" ");
        if (!verdict[0].equals("read")) {
            refusal(header.bytes());
            return;
        }
        NpyHeader read = read(header.bytes());
        assertEquals(verdict[1], read.descr().replaceAll("[<>](?=[biu]1)", "|"));
        assertEquals(verdict[2], read.fortranOrder() ? "F" : "C");
        assertArrayEquals(verdict[3].equals("-") ? new int[0]
                : Arrays.stream(verdict[3].split(",")).mapToInt(Integer::parseInt).toArray(), read.shape());
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 65, 3000})
    void aShapeHas64AxesAtMost(int axes) throws IOException {
        byte[] file = file("{'descr': '<f4', 'fortran_order': False, 'shape': (" + "1, ".repeat(axes) + "), }");
        if (axes <= 64) {
            assertEquals(axes, read(file).shape().length);
        } else {
            assertEquals("its shape has " + axes + " axes; NumPy's arrays have 64 at most", refusal(file));
        }
    }

    @Test
    void aHeaderHas10000BytesAtMost() throws IOException {
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
        assertArrayEquals(new int[] {2}, read(file(header + " ".repeat(10_000 - header.length()))).shape());
        assertEquals("its header claims to have 10001 bytes; as in NumPy, 10000 are the most",
                refusal(file(header + " ".repeat(10_001 - header.length()))));
        refusal(file("{'descr': '<f4', 'fortran_order': False, 'shape': (" + "1, ".repeat(10_000) + "), }"));
        refusal(file("{'descr': '<f4', 'fortran_order': False, 'shape': (1" + " ".repeat(20_000) + "x), }"));
    }

    @Test
    void whatAnErrorQuotesIsShortAndHasNoControlCharacters() {
        String message = refusal(
                file("{'descr': '\033[31m" + "<".repeat(5000) + "', 'fortran_order': False, 'shape': (2,), }"));
        assertTrue(message.length() < 200 && message.chars().noneMatch(Character::isISOControl), message);
    }
}
