package io.clarion.jmh;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a call costs beside its arithmetic, on the device that CLARION_DEVICE or the ranking says. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Calls {
    /** One kernel and the wait for it; nothing is copied. */
    @State(Scope.Thread)
    public static class Launch {
        /** How many kernels, each of which needs the one before. */
        @Param({"1", "10"})
        int kernels;

        private Function function;

        @Setup
        public void build() {
            Tensor x = K.variable(NDArray.zeros(DType.FLOAT32, Shape.of(64, 64)));
            Tensor y = x;
            for (int i = 0; i < kernels; i++) {
                y = K.dot(y, x);
            }
            function = K.function(List.of(), List.of(), List.of(K.update(K.variable(NDArray.zeros(DType.FLOAT32, Shape.of(64, 64))), y)));
        }

        @TearDown
        public void close() {
            function.close();
        }
    }

    /** A function of a batch of any size, of which it knows several. */
    @State(Scope.Thread)
    public static class Signatures {
        private final NDArray[] batches = new NDArray[16];
        private Function function;
        private int next;

        @Setup
        public void build() {
            Tensor x = K.placeholder(K.NONE, 4);
            function = K.function(List.of(x), List.of(x.times(2)));
            for (int i = 0; i < batches.length; i++) {
                batches[i] = NDArray.zeros(DType.FLOAT32, Shape.of(i + 1, 4));
                function.call(batches[i]);
            }
        }

        @TearDown
        public void close() {
            function.close();
        }
    }

    /** Numbers to the device and back. */
    @State(Scope.Thread)
    public static class Copies {
        @Param({"1000", "1000000"})
        int numbers;

        private NDArray values;
        private Function function;

        @Setup
        public void build() {
            values = NDArray.zeros(DType.FLOAT32, Shape.of(numbers));
            Tensor x = K.placeholder(numbers);
            function = K.function(List.of(x), List.of(x.plus(1)));
        }

        @TearDown
        public void close() {
            function.close();
        }
    }

    @Benchmark
    public List<NDArray> launch(Launch state) {
        return state.function.call();
    }

    @Benchmark
    public List<NDArray> signature(Signatures state) {
        state.next = (state.next + 1) % state.batches.length;
        return state.function.call(state.batches[state.next]);
    }

    @Benchmark
    public List<NDArray> copies(Copies state) {
        return state.function.call(state.values);
    }
}
