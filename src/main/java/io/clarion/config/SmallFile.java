package io.clarion.config;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads files that are not to take more memory than such a file needs: settings, what Clarion keeps of a device,
 * compiled kernels.
 */
public final class SmallFile {
    private static final int MOST_BYTES = 1 << 20;

    private SmallFile() {}

    /**
     * Returns the text of {@code file}.
     *
     * @throws IOException also if it is not UTF-8, or has more than a megabyte
     */
    public static String read(Path file) throws IOException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(read(file, MOST_BYTES))).toString();
        } catch (CharacterCodingException e) {
            throw new IOException("it is not UTF-8 text", e);
        }
    }

    /**
     * Returns the content of {@code file}.
     *
     * @throws IOException also if it has more than {@code most} bytes
     */
    public static byte[] read(Path file, int most) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new IOException("it has more than the " + most + " bytes that such a file may have");
            }
            return bytes;
        }
    }

    /** Returns what is wrong with JSON, and in which line if that is known. */
    public static String reason(JacksonException e) {
        return e.getOriginalMessage() + (e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")");
    }

    /** Returns what kept a file from being read, without its name. */
    public static String reason(IOException e) {
        return e instanceof JacksonException json ? reason(json)
                : e.getClass() == IOException.class ? e.getMessage() : e.toString();
    }
}
