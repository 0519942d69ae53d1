package io.clarion.opencl.driver.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jocl.Pointer;

/** Reads the answers of OpenCL's {@code clGet…Info} calls. */
public record Info(Query query) {
    /** One such call, with all but the parameter, the room and the answer's length bound. */
    @FunctionalInterface
    public interface Query {
        int ask(int parameter, long size, Pointer value, long[] sizeNeeded);
    }

    /** A query that the driver answered with a code other than CL_SUCCESS. */
    public static final class Unanswered extends RuntimeException {
        private static final long serialVersionUID = 1L;
        public final int code;

        Unanswered(int parameter, int code) {
            super("query 0x" + Integer.toHexString(parameter) + " was answered with " + Codes.name(code));
            this.code = code;
        }
    }

    /** Returns the raw answer, in the machine's byte order. */
    ByteBuffer bytes(int parameter) {
        long[] size = new long[1];
        answered(parameter, query.ask(parameter, 0, null, size));
        ByteBuffer value = ByteBuffer.allocateDirect(Math.toIntExact(Math.max(8, size[0])))
                .order(ByteOrder.nativeOrder());
        answered(parameter, query.ask(parameter, size[0], Pointer.to(value), null));
        return value.limit(Math.toIntExact(size[0]));
    }

    public String text(int parameter) {
        ByteBuffer value = bytes(parameter);
        byte[] chars = new byte[value.remaining()];
        value.get(chars);
        int end = 0;
        while (end < chars.length && chars[end] != 0) {
            end++;
        }
        return new String(chars, 0, end, StandardCharsets.UTF_8).strip();
    }

    List<String> words(int parameter) {
        return Stream.of(text(parameter).split("\\s+")).filter(w -> !w.isEmpty()).toList();
    }

    /** Returns a number of 4 or 8 bytes, whichever the driver gives; unsigned when 4. */
    public long number(int parameter) {
        ByteBuffer value = bytes(parameter);
        return value.remaining() >= 8 ? value.getLong(0) : Integer.toUnsignedLong(value.getInt(0));
    }

    boolean flag(int parameter) {
        return number(parameter) != 0;
    }

    List<Long> sizes(int parameter) {
        ByteBuffer value = bytes(parameter);
        return IntStream.range(0, value.remaining() / 8).mapToObj(i -> value.getLong(8 * i)).toList();
    }

    private static void answered(int parameter, int code) {
        if (code != 0) {
            throw new Unanswered(parameter, code);
        }
    }
}
