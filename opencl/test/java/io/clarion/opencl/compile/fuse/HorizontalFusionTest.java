package io.clarion.opencl.compile.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.compile.Compiler;
import io.clarion.opencl.compile.program.Buffer;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Node;
import io.clarion.opencl.compile.strategy.GpuTile;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which small works are one launch. */
class HorizontalFusionTest {
    private static final Strategy CPU = Strategy.cpu(8, 2);
    private static final Strategy GPU = Strategy.gpu(8, 32, 64, GpuTile.WIDE);

    private static Tensor placeholder(int... sizes) {
        return K.placeholder(sizes, DType.FLOAT32);
    }

    private static int launches(Strategy strategy, List<Tensor> inputs, List<Tensor> outputs) {
        return Compiler.compile(new Graph(inputs, outputs, List.of()), strategy).steps().size();
    }

    @Test
    void sumsThatNeedNothingOfEachOtherAreOneLaunch() {
        Tensor x = placeholder(100, 20);
        Tensor y = placeholder(30, 50);
        List<Tensor> sums = List.of(K.sum(x, 0), K.sum(y, 1), x.slice(0, 0, Dim.of(7)).times(2));
        assertEquals(1, launches(CPU, List.of(x, y), sums));
        assertEquals(3, launches(GPU, List.of(x, y), sums));
    }

    @Test
    void whatNeedsAnotherIsALaunchOfItsOwn() {
        Tensor x = placeholder(5, 7);
        Tensor s = K.sum(x, 0);
        assertEquals(2, launches(CPU, List.of(x), List.of(s, K.cumsum(s, 0).times(3))));
        Tensor small = K.sum(x, 1);
        Tensor large = placeholder(1000, 1000);
        Tensor between = large.plus(small.slice(0, 0, Dim.ONE));
        assertEquals(3,
                launches(CPU, List.of(x, large), List.of(small, between, K.sum(between.slice(0, 0, Dim.of(9)), 0))));
    }

    @Test
    void largeKernelsAreNotJoined() {
        Tensor x = placeholder(1000, 1000);
        Tensor y = placeholder(1000, 500);
        assertEquals(2, launches(CPU, List.of(x, y), List.of(x.times(2), y.times(3))));
    }

    @Test
    void aLaunchHasNoMoreThanAKernelHasArgumentsFor() {
        List<Tensor> inputs = IntStream.range(1, 41).mapToObj(n -> placeholder(n + 1, 3)).toList();
        assertEquals(3, launches(CPU, inputs, inputs.stream().map(x -> K.sum(x, 0)).toList()));
    }

    @Test
    void updatesOfVariablesStayInPlace() {
        var inputs = new ArrayList<Tensor>();
        var updates = new ArrayList<Graph.Update>();
        for (int n = 2; n < 6; n++) {
            var b = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(n)), "b" + n);
            Tensor x = placeholder(9, n);
            inputs.add(x);
            updates.add(new Graph.Update(b, Tensor.of(new Op.Read(b)).minus(K.sum(x, 0))));
        }
        Compiler.Compiled compiled = Compiler.compile(new Graph(inputs, List.of(), updates), CPU);
        assertEquals(1, compiled.steps().size());
        assertEquals(List.of(), compiled.copies());
        assertEquals(List.of(), compiled.slots());
    }

    @Test
    void noneIsGivenThePlaceOfWhatAnotherReads() {
        var x = Buffer.scratch(DType.FLOAT32, Shape.of(4));
        Buffer variable = content();
        Buffer both = content();
        Kernel one = copy(x, Map.of(x, true, variable, true, both, true));
        Kernel other = copy(both, Map.of(both, true));
        assertEquals(Map.of(x, false, variable, true, both, false), new Node.SideBySide(List.of(one, other)).reads());
    }

    private static Buffer content() {
        return new Buffer(DType.FLOAT32, Shape.of(4),
                new Buffer.Source.Content(new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(4)), "v"), false));
    }

    private static Kernel copy(Buffer from, Map<Buffer, Boolean> reads) {
        return new Kernel(null, List.of(new Kernel.Store(Buffer.scratch(from.dtype(), from.shape()), Expr.load(from))),
                reads, false);
    }

    private static Tensor read() {
        return Tensor.of(new Op.Read(new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(4)), "v")));
    }

    @Test
    void aVariableThatAnotherReadsIsChangedAfterwards() {
        Tensor read = read();
        Variable b = ((Op.Read) read.op()).variable();
        Tensor x = placeholder(9, 4);
        Compiler.Compiled compiled = Compiler.compile(
                new Graph(List.of(x), List.of(read.times(3)), List.of(new Graph.Update(b, read.minus(K.sum(x, 0))))),
                CPU);
        assertEquals(2, compiled.steps().size());
        assertEquals(List.of(), compiled.copies());
    }
}
