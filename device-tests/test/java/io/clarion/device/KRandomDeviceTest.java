package io.clarion.device;

import io.clarion.K;
import io.clarion.RandomCase;
import io.clarion.RandomCases;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.reference.Samples;
import io.clarion.tensor.DType;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each differentiable function of K on random shapes and options, values and gradients, on every device as on the
 * reference engine.
 *
 * <p>{@code -Dclarion.samples} says how many calls of each are drawn (one, without it), {@code -Dclarion.draw} the first seed.
 */
class KRandomDeviceTest {
    /** Functions that are computed by one: a driver builds one large program sooner than many small ones. */
    private static final int TOGETHER = 24;
    /** Functions of sums that lead to an element, as a multiple of which it may be off. */
    private static final int LONGEST = 16;

    @TestFactory
    Stream<DynamicContainer> valuesAndGradientsAreThoseOfTheReference() {
        long first = Long.getLong("clarion.draw", 1);
        int samples = Integer.getInteger("clarion.samples", 1);
        List<RandomCase> all = RandomCases.all();
        return Devices.everyLayout().stream().map(d -> DynamicContainer.dynamicContainer(d.title(), LongStream.range(first, first + samples).boxed()
                .flatMap(seed -> IntStream.iterate(0, i -> i < all.size(), i -> i + TOGETHER)
                        .mapToObj(i -> all.subList(i, Math.min(i + TOGETHER, all.size())))
                        .map(some -> DynamicTest.dynamicTest(d.facts().id() + ", seed " + seed + ": " + some.getFirst() + " to " + some.getLast(),
                                () -> check(d, some, seed))))));
    }

    private static void check(TestedDevice device, List<RandomCase> cases, long seed) {
        K.useDevice(Comparison.reference());
        var together = new Comparison();
        cases.forEach(c -> expect(together, c.trial(seed, DType.FLOAT32), seed));
        together.check(List.of(device));
    }

    private static void expect(Comparison compared, RandomCase.Trial trial, long seed) {
        IntStream.range(0, trial.inputs().size()).forEach(i -> compared.input(trial.inputs().get(i), trial.values().get(i)));
        Tensor loss = trial.loss(new Samples(~seed));
        compared.expect(trial.what(), trial.y(), near(trial.y()));
        List<Tensor> gradients = K.gradients(loss, trial.inputs());
        for (int i = 0; i < gradients.size(); i++) {
            compared.expect("gradient " + i + " of " + trial.what(), gradients.get(i), near(gradients.get(i)));
        }
    }

    /** Numbers are about 1, and what cancels to less is off by as much. */
    private static Tolerance near(Tensor t) {
        return new Tolerance(Tolerance.FUNCTION * LONGEST, t.apply(ScalarFn.ABS).plus(1), true);
    }
}
