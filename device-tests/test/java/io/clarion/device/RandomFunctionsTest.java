package io.clarion.device;

import io.clarion.K;
import io.clarion.RandomCase;
import io.clarion.RandomCases;
import io.clarion.graph.Tensor;
import io.clarion.reference.Samples;
import io.clarion.tensor.DType;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each differentiable function of K on random shapes and options, values and gradients, on every device.
 *
 * <p>{@code -Dclarion.samples} says how many calls of each are drawn (one, without it), {@code -Dclarion.draw} the first seed.
 */
class RandomFunctionsTest {
    /** Functions that are computed by one graph: a driver builds one large program sooner than many small ones. */
    private static final int TOGETHER = 20;

    @TestFactory
    Stream<DynamicTest> functionsOfRandomShapes() {
        List<RandomCase> all = RandomCases.all();
        long first = Long.getLong("clarion.draw", new Random().nextInt(1_000_000));
        return IntStream.range(0, Integer.getInteger("clarion.samples", 1)).boxed().flatMap(i -> IntStream
                .iterate(0, at -> at < all.size(), at -> at + TOGETHER).mapToObj(at -> {
                    List<RandomCase> some = all.subList(at, Math.min(at + TOGETHER, all.size()));
                    return DynamicTest.dynamicTest(some.get(0) + " to " + some.getLast() + ", seed " + (first + i), () -> check(some, first + i));
                }));
    }

    private static void check(List<RandomCase> cases, long seed) {
        K.useDevice(Comparison.reference());
        var c = new Comparison();
        for (RandomCase random : cases) {
            RandomCase.Trial trial = random.trial(seed, DType.FLOAT32);
            for (int i = 0; i < trial.inputs().size(); i++) {
                c.input(trial.inputs().get(i), trial.values().get(i));
            }
            Tensor loss = trial.loss(new Samples(~seed));
            c.expect(trial.what(), trial.y(), Tolerance.composed(4, 30));
            K.gradients(loss, trial.inputs()).forEach(g -> c.expect("gradient of " + trial.what(), g, Tolerance.composed(8, 60)));
        }
        c.check();
    }
}
