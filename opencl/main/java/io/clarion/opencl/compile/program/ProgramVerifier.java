package io.clarion.opencl.compile.program;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks a program's rules, after a pass: every buffer is written before it is read, what is stored is of its buffer's
 * shape and dtype, a kernel has one accumulation at most and reads nothing that it writes but at the place of the
 * output, and nothing that a region keeps to itself is read outside of it. An {@link AssertionError} says which pass
 * broke which rule.
 */
public final class ProgramVerifier {
    private final String pass;

    private ProgramVerifier(String pass) {
        this.pass = pass;
    }

    public static void verify(String pass, Program program) {
        var verifier = new ProgramVerifier(pass);
        Set<Buffer> written = verifier.region(program.nodes(), Set.of());
        program.outputs()
                .forEach(b -> verifier.require(written.contains(b), "output " + b + " is written by no node", b));
        program.updates().forEach(u -> verifier.require(written.contains(u.value()),
                "the new value of " + u.variable() + " is written by no node", u));
    }

    private void require(boolean holds, String rule, Object where) {
        if (!holds) {
            throw new AssertionError("after " + pass + ": " + rule + ", in " + where);
        }
    }

    /** Returns what is written once the nodes are done, given what is written before. */
    private Set<Buffer> region(List<Node> nodes, Set<Buffer> before) {
        Set<Buffer> written = new HashSet<>(before);
        for (Node node : nodes) {
            for (Buffer b : node.reads().keySet()) {
                boolean isGiven = !(b.source() instanceof Buffer.Source.Scratch) && !b.isSlice();
                require(isGiven || written.contains(b) || node instanceof Node.Control c && c.outputs().contains(b),
                        b + " is read before it is written", node);
            }
            switch (node) {
                case Kernel kernel -> kernel(kernel);
                case Node.SideBySide side -> side.kernels().forEach(this::kernel);
                case Node.FusedRows rows -> rows(rows);
                case Node.Control control -> control(control, written);
            }
            for (Buffer b : node.outputs()) {
                require(b.source() instanceof Buffer.Source.Scratch || b.isSlice(), b + " is written, which is given",
                        node);
                written.add(b);
            }
        }
        return written;
    }

    private void control(Node.Control control, Set<Buffer> before) {
        Set<Buffer> seen = new HashSet<>(before);
        seen.addAll(control.outputs());
        for (List<Node> region : control.regions()) {
            region(region, seen);
            Set<Buffer> homes = new HashSet<>();
            region.forEach(node -> node.outputs().stream().filter(Buffer::isSlice).forEach(b -> homes.add(b.home())));
            require(homes.containsAll(control.outputs()), "a region leaves not all buffers", control);
        }
    }

    private void rows(Node.FusedRows rows) {
        rows.stages().forEach(this::kernel);
        rows.made().forEach(b -> require(b.shape().rank() > 0 && b.shape().size(0) == rows.rows(),
                b + " has not " + rows.rows() + " rows", rows));
        require(rows.made().toList().containsAll(rows.locals()), "an array holds what no stage makes", rows);
    }

    private void kernel(Kernel kernel) {
        for (Kernel.Store s : kernel.stores()) {
            require(s.buffer().shape().equals(s.value().shape()) && s.buffer().dtype() == s.value().dtype(),
                    s.value() + " is stored as " + s.buffer(), kernel);
            require(s.value().elements() == kernel.elements(), "stores are of different numbers of elements", kernel);
            for (Map.Entry<Buffer, Boolean> read : kernel.reads().entrySet()) {
                require(s.buffer() != read.getKey() || read.getValue(),
                        read.getKey() + " is read and written at different places", kernel);
            }
        }
        Set<Buffer> loaded = new HashSet<>();
        for (Expr e : kernel.exprs()) {
            switch (e.op()) {
                case Operation.Load(Buffer b) -> loaded.add(b);
                case Operation.Element at ->
                        require(e.input(0).rank() == e.rank() + 1, "an element of " + e.input(0) + " is " + e, kernel);
                case Operation.Store s -> require(false, "a store is inside of a kernel", kernel);
                case Operation.Filled f -> require(false, "a buffer of control flow is not loaded", kernel);
                case Operation.Control c -> require(false, "control flow is inside of a kernel", kernel);
                case Operation.Product p -> require(e.input(1).op() instanceof Operation.Load,
                        "a product's second operand is not in a buffer", kernel);
                case Operation.SegmentSum sum -> {}
                case Operation.Compute c -> {}
            }
            require(!e.op().accumulates() || e == kernel.accumulation(), "a second accumulation, " + e.op().words(),
                    kernel);
        }
        require(kernel.reads().keySet().equals(loaded), "it reads " + kernel.reads().keySet() + " and loads " + loaded,
                kernel);
        require(!kernel.isAccumulating() || kernel.exprs().contains(kernel.accumulation()),
                "its accumulation is not used", kernel);
    }
}
