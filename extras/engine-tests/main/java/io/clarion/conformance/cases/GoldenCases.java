package io.clarion.conformance.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The golden cases among the resources: what Keras functions give, computed by TensorFlow in double precision. */
public final class GoldenCases {
    private static final List<
            String> GROUPS = List.of("elementwise", "reductions", "shapes", "linalg", "nn", "conv", "rnn", "ctc");

    private GoldenCases() {}

    /** Returns every case, each with a name of its own. */
    public static Stream<GoldenCase> all() {
        return GROUPS.stream().flatMap(GoldenCases::group);
    }

    private static Stream<GoldenCase> group(String group) {
        try (InputStream in = GoldenCases.class
                .getResourceAsStream("/io/clarion/conformance/golden/" + group + ".json")) {
            JsonNode cases = new ObjectMapper().readTree(in);
            return IntStream.range(0, cases.size()).mapToObj(i -> new GoldenCase(group, i, cases.get(i)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
