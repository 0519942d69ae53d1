package io.clarion.runtime;

import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Surfacing.Shown;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The values of a call that a function lets others see: the values of inputs before it, of other tensors after it,
 * those in loops step by step.
 *
 * @param ofInputs watches of placeholders, each with the place of its placeholder
 * @param others   all others, whose values are outputs behind those that were asked for
 */
record Watches(List<OfInput> ofInputs, List<Shown> others) {
    private record OfInput(int place, Op.Watcher watcher) {}

    /** Something that is shown, and when: lexicographically after what has a smaller turn. */
    private record Event(int[] turn, Runnable showing) {}

    /** Returns what is shown, the values first that are known first. */
    static Watches of(List<Shown> shown, List<Tensor> placeholders) {
        var watches = new Watches(new ArrayList<>(), new ArrayList<>());
        for (Shown s : shown) {
            int place = placeholders.indexOf(s.value());
            if (place >= 0 && s.when() == null) {
                watches.ofInputs.add(new OfInput(place, s.watcher()));
            } else {
                watches.others.add(s);
            }
        }
        return watches;
    }

    /** Returns what is shown after a call, and where not all of it is, which. */
    List<Tensor> watched() {
        return others.stream().flatMap(s -> s.when() == null ? Stream.of(s.value()) : Stream.of(s.value(), s.when()))
                .toList();
    }

    void before(Inputs.Given given) {
        ofInputs.forEach(w -> w.watcher.see(given.array(w.place), List.of()));
    }

    /** Shows what a call has computed, the values of {@link #watched}. */
    void after(List<NDArray> values) {
        var events = new ArrayList<Event>();
        var next = values.iterator();
        for (Shown s : others) {
            add(s, next.next(), s.when() == null ? null : next.next(), new int[0], events);
        }
        events.sort((a, b) -> Arrays.compare(a.turn, b.turn));
        events.forEach(e -> e.showing.run());
    }

    /** Adds what is to be shown of a value in the given steps of the loops around. */
    private static void add(Shown s, NDArray value, NDArray when, int[] steps, List<Event> events) {
        if (steps.length < s.place().size() - 1) {
            for (int i = 0; i < value.shape().size(0); i++) {
                int[] inner = Arrays.copyOf(steps, steps.length + 1);
                inner[steps.length] = i;
                add(s, value.row(i), when == null ? null : when.row(i), inner, events);
            }
        } else if (when == null || when.item() != 0) {
            int[] turn = IntStream.range(0, 2 * steps.length + 1)
                    .map(i -> i % 2 == 0 ? s.place().get(i / 2) : steps[i / 2]).toArray();
            events.add(new Event(turn, () -> s.watcher().see(value, Arrays.stream(steps).boxed().toList())));
        }
    }
}
