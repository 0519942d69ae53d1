package io.clarion.model;

import io.clarion.model.optimizer.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A course of training: epochs over shuffled samples in batches, the last of an epoch shorter where they do not divide,
 * and an evaluation on others after each.
 *
 * @param epochs how often each sample is seen
 * @param batch  samples a step
 * @param seed   of the order of the samples
 */
public record Training(int epochs, int batch, long seed) {
    private static final Logger LOG = LoggerFactory.getLogger(Training.class);

    public Training {
        if (epochs < 1 || batch < 1) {
            throw new IllegalArgumentException(
                    epochs + " epochs in batches of " + batch + " train nothing; both must be 1 or more");
        }
    }

    /**
     * An epoch that was finished.
     *
     * @param number     from 1
     * @param train      of each batch before the model learned from it
     * @param test       on the samples to test with afterwards, none if there are none
     * @param seconds    of training, without the evaluation
     * @param throughput samples a second; in the first epoch without its first batch and the shorter one, for which
     *                   functions are compiled
     */
    public record Epoch(int number, Score train, Score test, double seconds, double throughput) {
        /** Returns all values, those of the test with "val_" before their names. */
        public Map<String, Double> values() {
            var all = new LinkedHashMap<>(train.values());
            test.values().forEach((name, value) -> all.put("val_" + name, value));
            return all;
        }

        /** Returns the value of that name. */
        public double value(String name) {
            if (!values().containsKey(name)) {
                throw new IllegalArgumentException("an epoch has no \"" + name + "\"; it has " + values().keySet()
                        + (test.samples() == 0 ? ", and no samples to test with were given" : ""));
            }
            return values().get(name);
        }
    }

    /** The epochs that were finished; all of them unless it was {@code stopped}. */
    public record History(List<Epoch> epochs, boolean stopped) {
        public History {
            epochs = List.copyOf(epochs);
        }

        /** Samples a second of training, evaluation apart; without the first epoch if there are several. */
        public double throughput() {
            if (epochs.size() < 2) {
                return epochs.isEmpty() ? 0 : epochs.get(0).throughput();
            }
            List<Epoch> later = epochs.subList(1, epochs.size());
            return later.stream().mapToInt(e -> e.train().samples()).sum()
                    / later.stream().mapToDouble(Epoch::seconds).sum();
        }
    }

    /**
     * Trains until the end or until a callback ends it; the model keeps what it has learned by then.
     *
     * @param test what to evaluate after each epoch; null for nothing
     */
    public History run(Trainer trainer, Samples train, Samples test, Callback... callbacks) {
        Settings.check(train.size() > 0, "training: there are no samples to learn from; one or more would do");
        var random = new SplittableRandom(seed);
        var finished = new ArrayList<Epoch>();
        List<Callback> told = Stream.concat(Stream.of(callbacks), Stream.of(new DivergenceWarning(LOG::warn))).toList();
        told.forEach(c -> c.begin(trainer, this));
        boolean stopped = false;
        for (int number = 1; number <= epochs && !stopped; number++) {
            Epoch epoch = epoch(number, trainer, train, test, random, told);
            stopped = epoch == null;
            if (!stopped) {
                finished.add(epoch);
                told.forEach(c -> c.epoch(epoch));
            }
        }
        var history = new History(finished, stopped);
        told.forEach(c -> c.end(history));
        return history;
    }

    /** Returns the epoch; null if a callback ended it. */
    private Epoch epoch(int number, Trainer trainer, Samples train, Samples test, SplittableRandom random,
            List<Callback> told) {
        int[] order = shuffled(train.size(), random);
        Score score = Score.NONE;
        double seconds = 0;
        double steadySeconds = 0;
        int steadySamples = 0;
        for (int from = 0; from < order.length; from += batch) {
            if (told.stream().anyMatch(Callback::stops)) {
                return null;
            }
            long start = System.nanoTime();
            Samples samples = train.pick(Arrays.copyOfRange(order, from, Math.min(from + batch, order.length)));
            score = score.and(trainer.trainOnBatch(samples));
            double taken = (System.nanoTime() - start) * 1e-9;
            seconds += taken;
            if (number > 1 || from > 0 && samples.size() == batch || order.length <= batch) {
                steadySeconds += taken;
                steadySamples += samples.size();
            }
            Score soFar = score;
            told.forEach(c -> c.batch(number, soFar));
        }
        Score tested = Score.NONE;
        int most = Math.max(batch, 500);
        for (int from = 0; test != null && from < test.size(); from += most) {
            if (told.stream().anyMatch(Callback::stops)) {
                return null;
            }
            tested = tested.and(trainer.testOnBatch(test.part(from, Math.min(from + most, test.size()))));
        }
        return new Epoch(number, score, tested, seconds, steadySamples / steadySeconds);
    }

    private static int[] shuffled(int n, SplittableRandom random) {
        int[] order = IntStream.range(0, n).toArray();
        for (int i = n - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }
}
