package io.clarion.model;

import static io.clarion.model.Nets.floats;
import static io.clarion.model.Nets.numbers;
import static io.clarion.model.Nets.on;
import static io.clarion.model.Nets.out;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.PoolMode;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.Activation;
import io.clarion.model.layer.Layer;
import io.clarion.model.layer.convolution.Conv;
import io.clarion.model.layer.convolution.Deconv;
import io.clarion.model.layer.convolution.GlobalPool;
import io.clarion.model.layer.convolution.Pool;
import io.clarion.model.layer.convolution.SeparableConv;
import io.clarion.model.layer.convolution.UpSampling;
import io.clarion.model.layer.convolution.Window;
import io.clarion.model.layer.convolution.ZeroPadding;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ConvolutionLayersTest {
    private static final double ULPS = 1e-5;

    @BeforeAll
    static void onTheReferenceEngine() {
        K.useDevice("reference:0");
    }

    @Test
    void convolutionsAreKsOnTheirKernelsWithABias() {
        agree(numbers(2, 9, 3), new Conv(4, 3), Shape.of(2, 7, 4),
                (x, w) -> K.conv1d(x, w.get(0), 1, BorderMode.VALID));
        agree(numbers(2, 9, 3), new Conv(4, Window.of(3).strides(2).same(), Activation.LINEAR), Shape.of(2, 5, 4),
                (x, w) -> K.conv1d(x, w.get(0), 2, BorderMode.SAME));
        agree(numbers(2, 6, 5, 3), new Conv(4, Window.of(3, 2).strides(2, 1), Activation.TANH), Shape.of(2, 2, 4, 4),
                (x, w) -> K.tanh(K.conv2d(x, w.get(0), new int[] {2, 1}, BorderMode.VALID)));
        agree(numbers(2, 3, 6, 5), new Conv(4, Window.of(3, 3).ordering(DimOrdering.TH).same(), Activation.RELU),
                Shape.of(2, 4, 6, 5),
                (x, w) -> K.relu(K.conv2d(x, w.get(0), new int[] {1, 1}, BorderMode.SAME, DimOrdering.TH)));
        agree(numbers(2, 7, 7, 2), new Conv(3, Window.of(3, 3).dilation(2, 2), Activation.LINEAR), Shape.of(2, 3, 3, 3),
                (x, w) -> K.atrousConv2d(x, w.get(0), 2));
        agree(numbers(1, 4, 4, 4, 2), new Conv(3, 2, 2, 2), Shape.of(1, 3, 3, 3, 3), (x, w) -> K.conv3d(x, w.get(0)));
    }

    @Test
    void aDilatedSequenceSkipsSteps() {
        NDArray x = floats(new double[] {1, 2, 3, 4, 5}, 1, 5, 1);
        try (Model model = on(x, new Conv(1, Window.of(2).dilation(3), Activation.LINEAR))) {
            K.setValue(model.weights().get(0), floats(new double[] {1, 10}, 2, 1, 1));
            assertArrayEquals(new double[] {41, 52}, model.predict(x).toDoubles());
        }
    }

    @Test
    void theBiasIsAddedToEachFilter() {
        NDArray x = numbers(1, 3, 3, 2);
        try (Model model = on(x, new Conv(2, 3, 3))) {
            double[] before = model.predict(x).toDoubles();
            K.setValue(model.weights().get(1), floats(new double[] {10, -5}, 2));
            assertArrayEquals(new double[] {before[0] + 10, before[1] - 5}, model.predict(x).toDoubles(), 1e-4);
            assertEquals(List.of("conv_1/kernel", "conv_1/bias"), LayersTest.names(model));
        }
        assertEquals(1, on(x, new Conv(2, 3, 3).bias(null)).weights().size());
    }

    @Test
    void deconvolutionsAreKs() {
        agree(numbers(2, 3, 4, 2), new Deconv(3, 3, 3), Shape.of(2, 5, 6, 3),
                (x, w) -> K.deconv2d(x, w.get(0), new int[] {K.NONE, 5, 6, 3}));
        Window by2 = Window.of(3, 3).strides(2, 2).same();
        agree(numbers(2, 3, 4, 2), new Deconv(3, by2, Activation.LINEAR), Shape.of(2, 6, 8, 3),
                (x, w) -> K.deconv2d(x, w.get(0), new int[] {K.NONE, 6, 8, 3}, new int[] {2, 2}, BorderMode.SAME));
        assertEquals(Shape.of(2, 5, 7, 3),
                out(numbers(2, 3, 4, 2), new Deconv(3, by2, Activation.LINEAR).output(5, 7)).shape());
    }

    @Test
    void separableConvolutionsAreKs() {
        agree(numbers(2, 5, 5, 3), new SeparableConv(4, Window.of(3, 3), 2, Activation.LINEAR), Shape.of(2, 3, 3, 4),
                (x, w) -> K.separableConv2d(x, w.get(0), w.get(1)));
    }

    private static void agree(NDArray x, Layer layer, Shape shape, BiFunction<Tensor, List<Tensor>, Tensor> byK) {
        try (Model model = on(x, layer)) {
            NDArray y = model.predict(x);
            assertEquals(shape, y.shape());
            assertArrayEquals(K.eval(byK.apply(K.constant(x), model.weights())).toDoubles(), y.toDoubles(), ULPS);
        }
    }

    @Test
    void poolsLieSideBySideUnlessStridesSayOtherwise() {
        NDArray steps = floats(new double[] {1, 5, 2, 4, 3, 9}, 1, 6, 1);
        assertArrayEquals(new double[] {5, 4, 9}, out(steps, Pool.max(2)).toDoubles());
        assertArrayEquals(new double[] {3, 3, 6}, out(steps, Pool.average(2)).toDoubles());
        assertArrayEquals(new double[] {5, 5, 4, 4, 9},
                out(steps, new Pool(PoolMode.MAX, Window.of(2).strides(1))).toDoubles());
        NDArray image = floats(IntStream.range(0, 16).asDoubleStream().toArray(), 1, 4, 4, 1);
        assertArrayEquals(new double[] {5, 7, 13, 15}, out(image, Pool.max(2, 2)).toDoubles());
        assertArrayEquals(new double[] {2.5, 4.5, 10.5, 12.5}, out(image, Pool.average(2, 2)).toDoubles());
        assertEquals(Shape.of(2, 2, 1, 1, 3), out(numbers(2, 4, 2, 3, 3), Pool.max(2, 2, 2)).shape());
    }

    @Test
    void globalPoolsKeepSamplesAndChannels() {
        NDArray x = floats(new double[] {1, 10, 3, 30, 2, 20}, 1, 3, 2);
        assertArrayEquals(new double[] {3, 30}, out(x, GlobalPool.max()).toDoubles());
        assertArrayEquals(new double[] {2, 20}, out(x, GlobalPool.average()).toDoubles());
        assertEquals(Shape.of(2, 5), out(numbers(2, 3, 4, 5), GlobalPool.max()).shape());
        assertEquals(Shape.of(2, 3), out(numbers(2, 3, 4, 5), new GlobalPool(PoolMode.AVG, DimOrdering.TH)).shape());
    }

    @Test
    void paddingAndUpSamplingChangeTheSpatialAxes() {
        NDArray steps = floats(new double[] {1, 2}, 1, 2, 1);
        assertArrayEquals(new double[] {0, 1, 2, 0}, out(steps, new ZeroPadding(1)).toDoubles());
        assertArrayEquals(new double[] {1, 2, 0, 0},
                out(steps, new ZeroPadding(List.of(0), List.of(2), DimOrdering.TF)).toDoubles());
        assertEquals(Shape.of(2, 5, 8, 3), out(numbers(2, 3, 4, 3), new ZeroPadding(1, 2)).shape());
        assertEquals(Shape.of(2, 5, 5, 5, 3), out(numbers(2, 3, 3, 3, 3), new ZeroPadding(1, 1, 1)).shape());
        assertArrayEquals(new double[] {1, 1, 1, 2, 2, 2}, out(steps, new UpSampling(3)).toDoubles());
        assertEquals(Shape.of(2, 6, 12, 3), out(numbers(2, 3, 4, 3), new UpSampling(2, 3)).shape());
        assertEquals(Shape.of(2, 6, 6, 6, 3), out(numbers(2, 3, 3, 3, 3), new UpSampling(2, 2, 2)).shape());
    }

    @Test
    void wrongWindowsAndInputsAreToldInOneSentence() {
        assertEquals("layer conv_1: the input has shape (None, 5, 3); a batch of images would do",
                assertThrows(IllegalArgumentException.class, () -> on(numbers(2, 5, 3), new Conv(2, 3, 3)))
                        .getMessage());
        assertEquals("window [3, 3] with strides [2] and dilation []: each has to be a positive number for each axis",
                assertThrows(IllegalArgumentException.class, () -> Window.of(3, 3).strides(2)).getMessage());
        assertEquals("a pool's window cannot be dilated, here by [2]",
                assertThrows(IllegalArgumentException.class, () -> new Pool(PoolMode.MAX, Window.of(3).dilation(2)))
                        .getMessage());
    }
}
