package io.clarion.config;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads small files of text, such as settings and what Clarion keeps of a device. */
public final class SmallFile {
    private static final int MOST_BYTES = 1 << 20;

    private SmallFile() {}

    /**
     * Returns the text of {@code file}.
     *
     * @throws IOException also if it is not UTF-8, or has more than a megabyte
     */
    public static String read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw new IOException("it has more than the " + MOST_BYTES + " bytes that such a file may have");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new IOException("it is not UTF-8 text", e);
        }
    }

    /** Returns what is wrong with JSON, and in which line if that is known. */
    public static String reason(JacksonException e) {
        return e.getOriginalMessage() + (e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")");
    }

    /** Returns what kept a file from being read, without its name. */
    public static String reason(IOException e) {
        return e instanceof JacksonException json ? reason(json) : e.getClass() == IOException.class ? e.getMessage() : e.toString();
    }
}
