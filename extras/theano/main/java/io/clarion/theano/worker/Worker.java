package io.clarion.theano.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * The Python process that computes. Messages take turns; each is answered, or the process is ended and every later
 * message fails.
 *
 * <p>The process ends with its standard input, so it never outlives this one. Thread-safe.
 */
public final class Worker implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    /**
     * The program comes as the first message, so that no file of it lies anywhere. The current folder holds no modules
     * for it.
     */
    private static final String START = "import sys; del sys.path[0]; "
            + "exec(compile(sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(4), 'big')), 'worker.py', 'exec'))";
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "clarion theano: patience");
        thread.setDaemon(true);
        return thread;
    });

    private final Process process;
    private final DataOutputStream messages;
    private final DataInputStream answers;
    private final LastLines said;
    private final MappedFile file;
    private final Duration patience;
    private final String library;
    private volatile boolean isLate;
    private volatile String end;

    private Worker(Process process, MappedFile file, String module, Path folder, Duration patience) {
        this.process = process;
        this.file = file;
        this.patience = patience;
        this.messages = new DataOutputStream(process.getOutputStream());
        this.answers = new DataInputStream(process.getInputStream());
        this.said = new LastLines(process);
        JsonNode hello = ask(message("hello").put("module", module).put("file", file.path().toString()).put("folder",
                folder.toString()), program());
        this.library = hello.get("module").asText() + " " + hello.get("version").asText() + " of Python "
                + hello.get("python").asText();
    }

    /**
     * Starts a process and waits until it is ready.
     *
     * @param python   the command
     * @param module   which library it is to use
     * @param folder   where the library keeps what it compiles
     * @param patience how long an answer may take
     */
    public static Worker start(String python, String module, Path folder, Duration patience) {
        var file = new MappedFile();
        try {
            return new Worker(new ProcessBuilder(List.of(python, "-c", START)).start(), file, module, folder, patience);
        } catch (IOException e) {
            file.close();
            throw new WorkerFailure("Theano's process cannot be started: " + e.getMessage(), false, true);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static byte[] program() {
        try (InputStream in = Worker.class.getResourceAsStream("worker.py")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a message that says what to do, to be filled in. */
    public static ObjectNode message(String what) {
        return JsonNodeFactory.instance.objectNode().put("do", what);
    }

    /** Returns the library that computes, with its version and Python's. */
    public String library() {
        return library;
    }

    /** Returns the number by which the system knows the process. */
    public long pid() {
        return process.pid();
    }

    /** Returns whether messages can be answered. */
    public boolean isAlive() {
        return end == null && process.isAlive();
    }

    /** Sends a message that frees something, if there is a process that holds it still. */
    public void sendIfAlive(ObjectNode message) {
        try {
            if (isAlive()) {
                exchange(message, 0, put -> {}, (answer, arrays) -> null);
            }
        } catch (WorkerFailure e) {
            // The process has ended meanwhile, and what it held is free.
        }
    }

    /**
     * Sends a message and waits for the answer.
     *
     * @param size how large the file has to be for the arrays that go with it
     * @param put  puts arrays into the file before
     * @param get  is given the answer, and gets arrays from the file
     * @throws WorkerFailure if it fails, with what Python says
     */
    public synchronized <T> T exchange(ObjectNode message, long size, Consumer<MappedFile> put,
            BiFunction<JsonNode, MappedFile, T> get) {
        file.grow(size);
        put.accept(file);
        return get.apply(ask(message.put("size", file.size())), file);
    }

    private JsonNode ask(ObjectNode message, byte[]... before) {
        if (end != null) {
            throw new WorkerFailure("Theano's process is gone: " + end, false, true);
        }
        ScheduledFuture<?> alarm = CLOCK.schedule(this::giveUp, patience.toMillis(), TimeUnit.MILLISECONDS);
        JsonNode answer;
        try {
            for (byte[] bytes : before) {
                send(bytes);
            }
            send(JSON.writeValueAsString(message).getBytes(StandardCharsets.UTF_8));
            messages.flush();
            answer = JSON.readTree(answers.readNBytes(answers.readInt()));
        } catch (IOException e) {
            throw ended(message.get("do").asText());
        } finally {
            alarm.cancel(false);
        }
        if (answer.has("error")) {
            throw new WorkerFailure(
                    message.get("do").asText() + " failed; Python says:\n" + answer.get("said").asText(),
                    answer.get("error").asText().equals("memory"), true);
        }
        return answer;
    }

    private void send(byte[] bytes) throws IOException {
        messages.writeInt(bytes.length);
        messages.write(bytes);
    }

    private void giveUp() {
        isLate = true;
        process.destroyForcibly();
    }

    private WorkerFailure ended(String what) {
        process.destroyForcibly();
        end = (isLate
                ? "it has not answered " + what + " for " + patience.toSeconds()
                        + " s (CLARION_PATIENCE allows more), and was ended"
                : "it ended during " + what + status()) + said.afterItsEnd();
        file.close();
        return new WorkerFailure("Theano's process failed: " + end, false, false);
    }

    private String status() {
        try {
            return process.waitFor(1, TimeUnit.SECONDS) ? ", with exit code " + process.exitValue() : "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** Ends the process. Waits for no answer that another thread waits for: that one fails. */
    @Override
    public void close() {
        if (end == null) {
            end = "it was closed";
        }
        process.destroyForcibly();
        file.close();
    }
}
