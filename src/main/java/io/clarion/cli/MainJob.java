package io.clarion.cli;

import io.clarion.K;
import io.clarion.check.device.Extent;
import io.clarion.cli.terminal.CliContext;
import io.clarion.cli.terminal.DigitArt;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Engine;
import io.clarion.engine.PlatformReport;
import io.clarion.model.Digits;
import io.clarion.model.Digits.Labelled;
import io.clarion.model.Model;
import io.clarion.model.Net;
import io.clarion.model.Trainer;
import io.clarion.model.Training;
import io.clarion.model.optimizer.Adam;
import io.clarion.tensor.NDArray;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The job of {@code clarion} without arguments: devices, a short check, a net trained and some digits that it reads.
 */
record MainJob(CliContext context) {
    private static final int EPOCHS = 3;
    private static final int DIGITS_SHOWN = 3;

    /** Returns the exit code: 1 if a device failed its check. */
    int run() throws IOException {
        for (Engine engine : context.engines().get()) {
            OptionalInt done = engine.provide();
            if (done.isPresent()) {
                return done.getAsInt();
            }
        }
        listDevices();
        List<Checked> checked = check();
        rank(checked);
        Optional<DeviceChoice> preferred = DefaultDevice.of(context.engines().get(), context.err()::println);
        Optional<DeviceChoice> device = trusted(checked, preferred);
        if (device.isEmpty()) {
            context.err().println("no device passed its check; `clarion check` tells more");
            return 1;
        }
        trainOn(device.get());
        return checked.stream().allMatch(Checked::passed) ? 0 : 1;
    }

    /** Line by line, as a slow driver should not keep the others from being seen. */
    private void listDevices() {
        context.say("Devices");
        for (Engine engine : context.engines().get()) {
            for (PlatformReport platform : engine.survey()) {
                platform.error().ifPresent(e -> context.say("  %-12s %s: %s", engine.name(), platform.name(), e));
                for (DeviceReport d : platform.devices()) {
                    context.say("  %-12s %s, %s, %d units, %s%s", d.id(), d.name(), d.type(), d.computeUnits(),
                            DevicesCommand.memory(d.memory()),
                            d.unusable().map(why -> "; not used: " + why).orElse(""));
                }
            }
        }
    }

    private List<Checked> check() {
        List<DeviceChoice> usable = context.usableDevices(null);
        List<DeviceChoice> fast = usable.stream().filter(c -> !isReference(c)).toList();
        if (fast.isEmpty()) {
            context.say(
                    "%nNo usable%s device: the reference engine, plain Java, does the work. `clarion doctor` says why.",
                    context.engines().get().stream()
                            .filter(e -> e.role() == Engine.Role.DEFAULT).map(e -> " " + e.title())
                            .collect(Collectors.joining(" or")));
        }
        context.say("%nCheck");
        var checked = new ArrayList<Checked>();
        for (DeviceChoice choice : fast.isEmpty() ? usable : fast) {
            Checked result = Checked.of(choice, Extent.SAMPLE, context);
            context.say("  %-12s %s", choice.report().id(), result.summary());
            if (!result.passed() && result.problem().isEmpty()) {
                result.table(true).print(context);
            }
            checked.add(result);
        }
        return checked;
    }

    /** Measures the devices that passed, where there are several and it has not been done, to know the fastest. */
    private void rank(List<Checked> checked) {
        List<String> known = DeviceChoice.ranking().stream().map(DeviceChoice.Ranked::device).toList();
        List<DeviceChoice> sound = checked.stream().filter(Checked::passed).map(Checked::choice).toList();
        if (sound.size() > 1 && !known.containsAll(sound.stream().map(c -> c.report().id()).toList())) {
            var probed = new LinkedHashMap<String, Probing>();
            sound.forEach(c -> probed.put(c.report().id(), Probing.of(c, context)));
            List<DeviceChoice.Ranked> ranking = Probing.ranking(probed);
            DeviceChoice.remember(ranking);
            context.say("%nFrom fast to slow: %s",
                    String.join(", ", ranking.stream().map(DeviceChoice.Ranked::device).toList()));
        }
    }

    /** Returns the preferred device if it did not fail, else one that passed, else the reference engine. */
    private Optional<DeviceChoice> trusted(List<Checked> checked, Optional<DeviceChoice> preferred) {
        List<DeviceChoice> failed = checked.stream().filter(c -> !c.passed()).map(Checked::choice).toList();
        return preferred.filter(p -> failed.stream().noneMatch(f -> sameDevice(f, p)))
                .or(() -> context.usableDevices(null).stream()
                        .filter(c -> failed.stream().noneMatch(f -> sameDevice(f, c)))
                        .min(Comparator.comparing(MainJob::isReference)));
    }

    private static boolean sameDevice(DeviceChoice a, DeviceChoice b) {
        return a.report().id().equals(b.report().id());
    }

    private static boolean isReference(DeviceChoice choice) {
        return choice.engine().role() == Engine.Role.REFERENCE;
    }

    private void trainOn(DeviceChoice device) throws IOException {
        context.say("%nTraining");
        K.useDevice(device.open());
        boolean slow = isReference(device);
        if (slow) {
            context.say(
                    "the reference engine is for checking, not for speed: a small perceptron rather than the convolutional net");
        }
        var lesson = new Lesson(slow ? Net.MLP : Net.CNN, new Training(EPOCHS, 128, 1), new Adam(),
                Optional.empty(), Optional.empty());
        Digits digits = Digits.bundled();
        try (Trainer learned = lesson.give(context, digits)) {
            show(learned.model(), digits.test().part(0, DIGITS_SHOWN));
        }
    }

    private void show(Model net, Labelled some) {
        NDArray said = net.predictClasses(some.fitting(net).inputs().get(0));
        context.say("%nSome digits that it had never seen");
        DigitArt.beside(IntStream.range(0, some.samples())
                .mapToObj(i -> DigitArt.draw(some.images(), i, context.printsBlocks())).toList())
                .forEach(context.out()::println);
        var captions = new StringBuilder();
        for (int i = 0; i < some.samples(); i++) {
            captions.append(String.format(Locale.ROOT, "    %-20s",
                    "it says " + (int) said.get(i) + ", it is " + (int) some.labels().get(i)));
        }
        context.out().println(captions.toString().stripTrailing());
    }
}
