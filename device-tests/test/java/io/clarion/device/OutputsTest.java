package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.OpenClDevice;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;

/** Outputs that the host reads: large ones are written into its memory where a device can work in it. */
class OutputsTest {
    private static final int LARGE = 30_000;
    private final Tensor x = K.placeholder(K.NONE);

    private static Function function(Device device, List<Tensor> in, Tensor... out) {
        return new Function(new Graph(in, List.of(out), List.of()), device);
    }

    private static NDArray counting(int n, int from) {
        NDArray all = NDArray.zeros(DType.FLOAT32, Shape.of(n));
        IntStream.range(0, n).forEach(i -> all.set(i, from + i));
        return all;
    }

    private static void assertCounts(int from, double factor, NDArray got) {
        for (int i = 0; i < got.elements(); i++) {
            assertEquals(factor * (from + i), got.get(i));
        }
    }

    @EveryDevice(inEveryLayout = true)
    void eachCallHasArraysOfItsOwn(Device device) {
        try (Function f = function(device, List.of(x), x.times(2))) {
            NDArray first = f.call(counting(LARGE, 0)).get(0);
            NDArray second = f.call(counting(LARGE, 7)).get(0);
            NDArray few = f.call(counting(5, 3)).get(0);
            assertCounts(0, 2, first);
            assertCounts(7, 2, second);
            assertCounts(3, 2, few);
        }
    }

    @EveryDevice(inEveryLayout = true)
    void arraysThatThereAreTakeThem(Device device) {
        NDArray large = NDArray.zeros(DType.FLOAT32, Shape.of(LARGE));
        NDArray unaligned = NDArray.zeros(DType.FLOAT32, Shape.of(LARGE + 1)).rows(1, LARGE + 1);
        try (Function f = function(device, List.of(x), x.times(2), x.times(3))) {
            for (int i = 0; i < 3; i++) {
                f.callInto(i == 1 ? List.of(unaligned, large) : List.of(large, unaligned), List.of(counting(LARGE, i)));
                assertCounts(i, i == 1 ? 3 : 2, large);
                assertCounts(i, i == 1 ? 2 : 3, unaligned);
            }
        }
    }

    /** Memory of JavaCPP's, as native libraries give it. */
    @EveryDevice(inEveryLayout = true)
    void memoryOfOthersIsReadAndWrittenWithoutACopy(Device device) {
        try (var in = new FloatPointer(LARGE); var out = new FloatPointer(LARGE);
                Function f = function(device, List.of(x), x.times(2))) {
            NDArray given = NDArray.over(in.asByteBuffer(), DType.FLOAT32, LARGE);
            NDArray got = NDArray.over(out.asByteBuffer(), DType.FLOAT32, LARGE);
            for (int i = 0; i < 2; i++) {
                in.put(1, i + 3);
                f.callInto(List.of(got), List.of(given));
                assertEquals(2 * i + 6, out.get(1));
            }
        }
    }

    @EveryDevice(inEveryLayout = true)
    void anArrayMayBeGivenAndTakeAnOutput(Device device) {
        NDArray both = counting(LARGE, 0);
        try (Function f = function(device, List.of(x), K.reverse(x, 0))) {
            f.callInto(List.of(both), List.of(both));
            for (int i = 0; i < LARGE; i++) {
                assertEquals(LARGE - 1 - i, both.get(i));
            }
        }
    }

    @EveryDevice(inEveryLayout = true)
    void whatIsReadTwiceOrGivenOrAVariableIsReadAsWell(Device device) {
        var v = new Variable(counting(LARGE, 1), "v");
        Tensor read = Tensor.of(new Op.Read(v));
        Tensor doubled = x.times(2);
        try (Function f = function(device, List.of(x), doubled, doubled, x, read, doubled.plus(read))) {
            for (int i = 0; i < 2; i++) {
                List<NDArray> got = f.call(counting(LARGE, i));
                assertCounts(i, 2, got.get(0));
                assertCounts(i, 2, got.get(1));
                assertCounts(i, 1, got.get(2));
                assertCounts(1, 1, got.get(3));
                assertEquals(3 * (LARGE - 1) + 2 * i + 1, got.get(4).get(LARGE - 1));
            }
        }
        v.close();
    }

    @EveryDevice(inEveryLayout = true)
    void whatIsComputedOnceIsThereInEachCall(Device device) {
        var v = new Variable(counting(LARGE, 0).reshape(LARGE / 100, 100), "v");
        Tensor turned = Tensor.of(new Op.Read(v)).permute(List.of(1, 0));
        Tensor rows = K.placeholder(K.NONE, 100);
        try (Function f = function(device, List.of(rows), K.dot(rows, turned), turned)) {
            NDArray ones = counting(200, 0).reshape(2, 100);
            float[] first = f.call(ones).get(0).toFloats();
            assertArrayEquals(first, f.call(ones).get(0).toFloats());
            v.set(NDArray.zeros(DType.FLOAT32, Shape.of(LARGE / 100, 100)));
            assertArrayEquals(new float[2 * LARGE / 100], f.call(ones).get(0).toFloats());
        }
        v.close();
    }

    @EveryDevice(inEveryLayout = true)
    void nothingIsLeftOpen(OpenClDevice device) {
        try (Function f = function(device, List.of(x), x.times(2))) {
            f.call(counting(LARGE, 0));
            int before = device.liveHandles();
            for (int i = 0; i < 4; i++) {
                f.call(counting(LARGE, i));
            }
            assertEquals(before, device.liveHandles());
        }
    }

    /** Kernels of several outputs, some of which others read, some at other places. */
    @Test
    void severalOutputsOfOneKernelAgreeWithTheReference() {
        var c = new Comparison();
        var draw = new Draw(17);
        Tensor x = c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(31, 65)));
        Tensor bias = c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(65)));
        Tensor y = x.plus(bias);
        Tensor t = y.apply(ScalarFn.TANH);
        Tensor s = t.sum(List.of(0));
        c.expect("a sum", y, Tolerance.composed(1, 1));
        c.expect("its function", t, Tolerance.composed(2, 1));
        c.expect("its square", t.times(t), Tolerance.composed(2, 1));
        c.expect("transposed", t.permute(List.of(1, 0)), Tolerance.composed(2, 1));
        c.expect("a sum over rows", s, Tolerance.composed(2, 31));
        c.expect("what depends on that sum", t.times(s).plus(y), Tolerance.composed(2, 31));
        c.expect("a mask", y.greater(0), Tolerance.EXACT);
        c.check();
    }
}
