package io.clarion.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Damages files: bytes, numbers, lengths, pieces of other files, deep nesting, long runs. The same seed gives the same
 * damage.
 */
final class Mutation {
    private static final int MOST_BYTES = 1 << 18;
    private static final int LONGEST_RUN = 1 << 15;
    private static final long[] NUMBERS = {0, 1, -1, 2, 127, 128, 255, 256, 32767, 65535, 65536, 1 << 24, 1 << 28,
            1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE,
            1L << 31, 1L << 32, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE};
    private static final List<String> WORDS = List.of("0", "-1", "1", "2147483647", "2147483648", "-2147483649",
            "4294967296", "9223372036854775807",
            "9223372036854775808", "1e9", "1e308", "1e999", "-1e999", "1E+1000000000", "1e-999", "0.5", "NaN",
            "-Infinity", "null", "true", "\"\"", "[]", "{}", "[null]", "()",
            "0x7f", "00", "1_000", "1L", "'", "\"", "\\u0000", "\\ud800", "65536", "46341", "999999",
            "6 2 256 144 256 96", "9".repeat(400), "9".repeat(1500));
    private static final List<
            String> NESTS = List.of("[", "{\"a\":", "(", "[{\"a\":[", "{", "\\", "\"", "((1,", "traceEvents\":[");
    private static final Pattern TOKEN = Pattern.compile(
            "-?\\d[\\d.]*([eE][-+]?\\d+)?|\"[^\"]{0,40}\"|'[^']{0,40}'|true|false|True|False|null|[\\[\\]{}(),:=]");

    private final List<byte[]> valid;
    private final SplittableRandom random;

    private Mutation(List<byte[]> valid, long seed) {
        this.valid = valid;
        this.random = new SplittableRandom(seed);
    }

    /** Returns one of the valid files, damaged once or a few times. */
    static byte[] of(List<byte[]> valid, long seed) {
        var mutation = new Mutation(valid, seed);
        byte[] file = mutation.any();
        for (int times = 1 + Math.min(mutation.random.nextInt(6), mutation.random.nextInt(6)); times > 0; times--) {
            file = mutation.damaged(file);
        }
        return file.length > MOST_BYTES ? Arrays.copyOf(file, MOST_BYTES) : file;
    }

    private byte[] any() {
        return valid.get(random.nextInt(valid.size())).clone();
    }

    /** Returns a place in or right after the file; early ones are as likely as all others, as headers are there. */
    private int place(byte[] file) {
        return random.nextInt(1 + (random.nextBoolean() ? file.length : Math.min(file.length, 128)));
    }

    private byte[] damaged(byte[] file) {
        int at = place(file);
        int end = Math.min(file.length,
                at + (random.nextBoolean() ? 1 + random.nextInt(8) : random.nextInt(1 + file.length)));
        return switch (random.nextInt(12)) {
            case 0 -> bits(file);
            case 1 -> replaced(file, at, Math.min(file.length, at + 1), new byte[] {(byte) random.nextInt(256)});
            case 2 -> number(file, at);
            case 3 -> Arrays.copyOf(file, at);
            case 4 -> replaced(file, file.length, file.length, run((byte) random.nextInt(256)));
            case 5 -> replaced(file, at, end, new byte[0]);
            case 6 -> replaced(file, at, at, repeated(Arrays.copyOfRange(file, at, end), 1 + random.nextInt(200)));
            case 7 -> spliced(file, at);
            case 8, 9 -> token(file);
            case 10 -> replaced(file, at, at,
                    repeated(NESTS.get(random.nextInt(NESTS.size())).getBytes(StandardCharsets.US_ASCII),
                            1 << random.nextInt(15)));
            default -> replaced(file, at, at, run((byte) " \t\n0919\"',:-[e\\x".charAt(random.nextInt(16))));
        };
    }

    private byte[] bits(byte[] file) {
        for (int i = random.nextInt(8); i >= 0 && file.length > 0; i--) {
            file[Math.min(place(file), file.length - 1)] ^= (byte) (1 << random.nextInt(8));
        }
        return file;
    }

    private byte[] run(byte of) {
        byte[] run = new byte[random.nextBoolean() ? random.nextInt(16) : random.nextInt(LONGEST_RUN)];
        Arrays.fill(run, of);
        return run;
    }

    private static byte[] repeated(byte[] piece, int times) {
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < times && all.size() < MOST_BYTES; i++) {
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }

    private static byte[] replaced(byte[] file, int from, int to, byte[] by) {
        var all = new ByteArrayOutputStream();
        all.write(file, 0, from);
        all.writeBytes(by);
        all.write(file, to, file.length - to);
        return all.toByteArray();
    }

    /** Writes a number of one to eight bytes over what is there. */
    private byte[] number(byte[] file, int at) {
        ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0,
                random.nextInt(4) == 0 ? file.length : NUMBERS[random.nextInt(NUMBERS.length)]);
        int width = 1 << random.nextInt(4);
        boolean big = random.nextBoolean();
        for (int i = 0; i < width && at + i < file.length; i++) {
            file[at + i] = bytes.get(big ? width - 1 - i : i);
        }
        return file;
    }

    private byte[] spliced(byte[] file, int at) {
        byte[] other = any();
        return replaced(Arrays.copyOf(file, at), at, at, Arrays.copyOfRange(other, place(other), other.length));
    }

    /** Replaces a number or word of text. */
    private byte[] token(byte[] file) {
        List<MatchResult> tokens = new ArrayList<>();
        TOKEN.matcher(new String(file, 0, Math.min(file.length, 1 << 13), StandardCharsets.ISO_8859_1)).results()
                .forEach(tokens::add);
        if (tokens.isEmpty()) {
            return bits(file);
        }
        MatchResult token = tokens.get(random.nextInt(tokens.size()));
        return replaced(file, token.start(), token.end(),
                WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.US_ASCII));
    }
}
