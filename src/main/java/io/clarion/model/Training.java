package io.clarion.model;

import io.clarion.model.Digits.Labelled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * A course of training: epochs over shuffled samples in batches, the last of an epoch shorter where they do not divide,
 * and an evaluation on the test set after each.
 *
 * @param epochs how often each sample is seen
 * @param batch  samples a step
 * @param seed   of the order of the samples
 */
public record Training(int epochs, int batch, long seed) {
    public Training {
        if (epochs < 1 || batch < 1) {
            throw new IllegalArgumentException(epochs + " epochs in batches of " + batch + " train nothing; both must be 1 or more");
        }
    }

    /** Told of what happens. */
    public interface Progress {
        /** After each batch: the epoch, from 1, and the score of its samples so far. */
        void batch(int epoch, Score soFar);

        /** After each epoch. */
        void epoch(Epoch epoch);
    }

    /**
     * An epoch that was finished.
     *
     * @param number     from 1
     * @param train      of each batch before the net learned from it
     * @param test       on the test set afterwards
     * @param seconds    of training, without the evaluation
     * @param throughput samples a second; in the first epoch without its first batch and the shorter one, for which
     *                   functions are compiled
     */
    public record Epoch(int number, Score train, Score test, double seconds, double throughput) {}

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
            return later.stream().mapToInt(e -> e.train().samples()).sum() / later.stream().mapToDouble(Epoch::seconds).sum();
        }
    }

    /** Trains until the end or, asked before each batch, {@code stop}; the net keeps what it has learned by then. */
    public History run(Classifier net, Digits digits, Progress progress, BooleanSupplier stop) {
        var random = new SplittableRandom(seed);
        var finished = new ArrayList<Epoch>();
        for (int number = 1; number <= epochs; number++) {
            int[] order = shuffled(digits.train().samples(), random);
            Score train = Score.NONE;
            double seconds = 0;
            double steadySeconds = 0;
            int steadySamples = 0;
            for (int from = 0; from < order.length; from += batch) {
                if (stop.getAsBoolean()) {
                    return new History(finished, true);
                }
                long start = System.nanoTime();
                Labelled samples = digits.train().pick(Arrays.copyOfRange(order, from, Math.min(from + batch, order.length)));
                train = train.and(net.learn(samples));
                double taken = (System.nanoTime() - start) * 1e-9;
                seconds += taken;
                if (number > 1 || from > 0 && samples.samples() == batch || order.length <= batch) {
                    steadySeconds += taken;
                    steadySamples += samples.samples();
                }
                progress.batch(number, train);
            }
            Score test = net.evaluate(digits.test(), Math.max(batch, 500));
            var epoch = new Epoch(number, train, test, seconds, steadySamples / steadySeconds);
            finished.add(epoch);
            progress.epoch(epoch);
        }
        return new History(finished, false);
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
