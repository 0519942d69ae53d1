package io.clarion.cli;

import io.clarion.cli.terminal.Children.End;
import io.clarion.cli.terminal.CliContext;
import io.clarion.engine.Engine;
import io.clarion.engine.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code clarion doctor}. */
@Command(name = "doctor", description = "Examines the drivers and says what is wrong and what would cure it.")
final class DoctorCommand implements Callable<Integer> {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private final CliContext context;

    DoctorCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        boolean wrong = false;
        for (Engine engine : context.engines().get()) {
            context.say("%s", engine.title());
            for (Finding f : findings(engine)) {
                context.say("  %-7s  %s", word(f.severity()), f.what());
                if (!f.cure().isBlank()) {
                    context.say("  %-7s  -> %s", "", f.cure());
                }
                wrong |= f.severity() == Finding.Severity.ERROR;
            }
        }
        return wrong ? 1 : 0;
    }

    private List<Finding> findings(Engine engine) {
        List<Finding> findings = Collections.synchronizedList(new ArrayList<>());
        End end = context.children().run(List.of(ChildCommand.NAME, "doctor", engine.name()), LIMIT,
                line -> ChildLine.parse(line).ifPresent(l -> {
                    if (l.finding() != null) {
                        findings.add(l.finding());
                    } else if (l.error() != null) {
                        findings.add(new Finding(Finding.Severity.ERROR, "the examination failed: " + l.error(), ""));
                    }
                }));
        if (!(end instanceof End.Done)) {
            findings.add(new Finding(Finding.Severity.ERROR, "the examination " + end.describe(),
                    "a driver does not survive being asked: remove or update it (the drivers are listed in /etc/OpenCL/vendors, "
                            + "or where OCL_ICD_VENDORS says)"));
        }
        return List.copyOf(findings);
    }

    private static String word(Finding.Severity severity) {
        return switch (severity) {
            case GOOD -> "good";
            case WARNING -> "warning";
            case ERROR -> "ERROR";
        };
    }
}
