package io.clarion.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.clarion.cli.terminal.CliContext;
import io.clarion.cli.terminal.WrongUse;
import io.clarion.config.Home;
import io.clarion.tensor.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code clarion timeline}: the page of a trace, one file that needs no other. */
@Command(name = "timeline", description = {
        "Makes a page of a trace that was written before: what ran on each device, and when.",
        "-Dclarion.trace=FILE or CLARION_TRACE=FILE has any other command write a trace. The page is one HTML file that needs no other."})
final class TimelineCommand implements Callable<Integer> {
    private final CliContext context;

    @Parameters(paramLabel = "OUT.html", description = "The page to write.")
    private Path out;

    @Option(names = "--trace", paramLabel = "FILE",
            description = "The trace; by default the file that -Dclarion.trace or CLARION_TRACE names.")
    private Path trace;

    TimelineCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Path from = trace != null ? trace : Home.trace().orElseThrow(
                () -> new WrongUse(
                        "no trace is named: --trace FILE does, or -Dclarion.trace or CLARION_TRACE, as when it was written"));
        Path folder = out.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(out.toString(), null, "there is no folder " + folder + " to write it into");
        }
        if (Files.exists(out) && Files.exists(from) && Files.isSameFile(out, from)) {
            throw new WrongUse(out + " is the trace itself, and the page needs another name");
        }
        Timeline timeline = TraceReader.read(from);
        byte[] page = page(timeline).getBytes(StandardCharsets.UTF_8);
        WholeFile.write(out, file -> file.write(page));
        int devices = timeline.devices().size();
        context.say("%s: %d commands on %d device%s in %.3f s, to be opened in a browser", out, timeline.bars(),
                devices, devices == 1 ? "" : "s", timeline.seconds());
        return 0;
    }

    private static String page(Timeline timeline) throws IOException {
        try (InputStream template = Objects.requireNonNull(TimelineCommand.class.getResourceAsStream("timeline.html"),
                "timeline.html is not on the class path")) {
            // In JSON, "<" stands in texts alone, where it may be written so: no text can end the script.
            String data = new ObjectMapper().writeValueAsString(timeline).replace("<", "\\u003c");
            return new String(template.readAllBytes(), StandardCharsets.UTF_8).replace("@TIMELINE@", data);
        }
    }
}
