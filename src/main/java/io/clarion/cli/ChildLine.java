package io.clarion.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clarion.check.device.Verdict;
import io.clarion.engine.Finding;
import io.clarion.engine.Speed;
import java.util.Optional;

/** A line of JSON by which a child tells something; all fields but one are null. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ChildLine(Verdict verdict, Speed speed, Finding finding, Double figure, RandomRun.Line random, String error) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static ChildLine of(Verdict verdict) {
        return new ChildLine(verdict, null, null, null, null, null);
    }

    static ChildLine of(Speed speed) {
        return new ChildLine(null, speed, null, null, null, null);
    }

    static ChildLine of(Finding finding) {
        return new ChildLine(null, null, finding, null, null, null);
    }

    static ChildLine of(double figure) {
        return new ChildLine(null, null, null, figure, null, null);
    }

    static ChildLine of(RandomRun.Line random) {
        return new ChildLine(null, null, null, null, random, null);
    }

    /** Of what kept the child from its work. */
    static ChildLine of(Throwable error) {
        return new ChildLine(null, null, null, null, null,
                error.getMessage() == null ? error.toString() : error.getMessage());
    }

    String text() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(this + " cannot be written as JSON", e);
        }
    }

    /** Returns what a line says; empty if it is none of ours, as drivers print what they like. */
    static Optional<ChildLine> parse(String line) {
        try {
            return line.startsWith("{") ? Optional.of(JSON.readValue(line, ChildLine.class)) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
