package io.clarion.opencl.compile.program;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Programs that break a rule. */
class ProgramVerifierTest {
    private final Buffer in = new Buffer(DType.FLOAT32, Shape.of(4), new Buffer.Source.Input(0));
    private final Buffer out = Buffer.scratch(DType.FLOAT32, Shape.of(4));

    private static Kernel kernel(Expr value, Buffer to, Map<Buffer, Boolean> reads) {
        return new Kernel(null, List.of(new Kernel.Store(to, value)), reads, false);
    }

    private static Expr negative(Expr e) {
        return new Expr(new Operation.Compute(new Op.Elementwise(ScalarFn.NEG)), List.of(e), e.dtype(), e.shape());
    }

    private static void assertRefused(String rule, List<Node> nodes, Buffer output) {
        String message = assertThrows(AssertionError.class,
                () -> ProgramVerifier.verify("a test", new Program(nodes, List.of(output), List.of()))).getMessage();
        assertTrue(message.startsWith("after a test: ") && message.contains(rule), message);
    }

    @Test
    void aSoundProgramIsAccepted() {
        ProgramVerifier.verify("a test",
                new Program(List.of(kernel(negative(Expr.load(in)), out, Map.of(in, true))), List.of(out), List.of()));
    }

    @Test
    void aBufferIsWrittenBeforeItIsRead() {
        Buffer late = Buffer.scratch(DType.FLOAT32, Shape.of(4));
        assertRefused("is read before it is written", List.of(kernel(Expr.load(late), out, Map.of(late, true))), out);
        assertRefused("is written by no node", List.of(), out);
    }

    @Test
    void whatIsStoredIsOfTheBuffersShapeAndDtype() {
        Buffer other = Buffer.scratch(DType.INT32, Shape.of(4));
        assertRefused("float32(4,) is stored as int32(4,)", List.of(kernel(Expr.load(in), other, Map.of(in, true))),
                other);
        Buffer longer = Buffer.scratch(DType.FLOAT32, Shape.of(5));
        assertRefused("is stored as float32(5,)", List.of(kernel(Expr.load(in), longer, Map.of(in, true))), longer);
    }

    @Test
    void aKernelReadsWhatItSays() {
        assertRefused("it reads [] and loads", List.of(kernel(Expr.load(in), out, Map.of())), out);
    }

    @Test
    void aKernelReadsWhatItWritesAtThePlaceOfTheOutputAlone() {
        Node first = kernel(Expr.load(in), out, Map.of(in, true));
        assertRefused("is read and written at different places",
                List.of(first, kernel(negative(Expr.load(out)), out, Map.of(out, false))), out);
    }

    @Test
    void aKernelHasOneAccumulation() {
        Expr sum = new Expr(new Operation.Compute(new Op.Reduce(Op.Reduce.Kind.MAX, List.of(0))),
                List.of(Expr.load(in)), DType.FLOAT32, Shape.SCALAR);
        Buffer scalar = Buffer.scratch(DType.FLOAT32, Shape.SCALAR);
        assertRefused("a second accumulation, max over [0]", List.of(kernel(sum, scalar, Map.of(in, false))), scalar);
    }

    @Test
    void aGivenBufferIsNotWritten() {
        assertRefused("is written, which is given", List.of(kernel(Expr.load(in), in, Map.of(in, true))), in);
    }

    @Test
    void fusedRowsHaveAsManyRows() {
        Node rows = new Node.FusedRows(List.of(kernel(Expr.load(in), out, Map.of(in, true))), 5, Set.of());
        assertRefused("has not 5 rows", List.of(rows), out);
    }

    @Test
    void aLoopLeavesAllItsBuffers() {
        Buffer both = Buffer.scratch(DType.FLOAT32, Shape.of(2, 4));
        Node first = kernel(Expr.load(in), both.slice(Index.ZERO), Map.of(in, true));
        Node loop = new Node.Repeat(0, 3, false, first.outputs(), List.of(both), List.of());
        assertRefused("a region leaves not all buffers", List.of(first, loop), both);
    }
}
