package io.clarion.theano.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The last lines that a process has said on its standard error, read by a thread of its own so that the process never
 * waits.
 */
final class LastLines {
    private static final int MOST = 12;
    private static final long WAIT_MILLIS = 2000;

    private final Deque<String> lines = new ArrayDeque<>();
    private final Thread reader;

    LastLines(Process process) {
        reader = new Thread(() -> read(process), "clarion theano: what Python says");
        reader.setDaemon(true);
        reader.start();
    }

    private void read(Process process) {
        try (BufferedReader said = process.errorReader()) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                add(line);
            }
        } catch (IOException e) {
            add(e.toString());
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
        if (lines.size() > MOST) {
            lines.remove();
        }
    }

    /** Returns the lines of a process that has ended, as the end of a sentence. */
    String afterItsEnd() {
        try {
            reader.join(WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            return lines.isEmpty() ? "; Python said nothing" : "; Python says:\n" + String.join("\n", lines);
        }
    }
}
