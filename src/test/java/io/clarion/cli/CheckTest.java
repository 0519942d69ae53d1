package io.clarion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.check.device.Check;
import io.clarion.check.device.Checker;
import io.clarion.check.device.Extent;
import io.clarion.check.device.Verdict;
import io.clarion.engine.Device;
import io.clarion.engine.Engines;
import io.clarion.graph.Bundle;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CheckTest {
    private static final Check CHECK = Check.of("c", 2, 0, List.of(), in -> Check.Computation.of());

    @Test
    void everyKindOfNodeMovementReductionAndScalarFunctionIsChecked() {
        Set<Object> seen = new HashSet<>();
        for (Check check : Extent.ALL.groups().stream().flatMap(g -> g.checks().stream()).toList()) {
            for (Tensor t : tensors(check)) {
                seen.add(t.op().getClass());
                switch (t.op()) {
                    case Op.View(Movement m) -> seen.add(m.getClass());
                    case Op.Reduce(Op.Reduce.Kind kind, List<Integer> axes) -> seen.add(kind);
                    case Op.Elementwise(ScalarFn fn) -> seen.add(fn);
                    default -> {}
                }
            }
        }
        var wanted = new ArrayList<Object>(List.of(ScalarFn.values()));
        wanted.addAll(List.of(Op.Reduce.Kind.values()));
        wanted.addAll(Arrays.asList(Movement.class.getPermittedSubclasses()));
        wanted.addAll(Arrays.asList(Op.Leaf.class.getPermittedSubclasses()));
        wanted.addAll(Arrays.asList(Bundle.class.getPermittedSubclasses()));
        wanted.addAll(Arrays.asList(Op.Alias.class.getPermittedSubclasses()));
        wanted.addAll(Arrays.asList(Op.Observed.class.getPermittedSubclasses()));
        wanted.addAll(Arrays.asList(Op.class.getPermittedSubclasses()));
        wanted.removeAll(List.of(Op.Leaf.class, Bundle.class, Op.Alias.class, Op.Observed.class));
        wanted.removeAll(seen);
        assertEquals(List.of(), wanted);
    }

    private static List<Tensor> tensors(Check check) {
        List<Tensor> in = check.inputs().stream().map(v -> Tensor.of(new Op.Placeholder(v.dtype(), v.shape(), "x")))
                .toList();
        Check.Computation c = check.graph().apply(in);
        return Graph.allTensors(new Graph(in, c.outputs(), c.updates()).results());
    }

    @Test
    void theReferenceEngineAgreesWithCommonsMathAndItself() {
        Device reference = Engines.named("reference").orElseThrow().open("reference:0");
        var verdicts = new ArrayList<Verdict>();
        Extent.ALL.groups().forEach(g -> new Checker(reference, reference).run(g, false, verdicts::add));
        assertTrue(verdicts.stream().allMatch(Verdict::passed),
                () -> verdicts.stream().filter(v -> !v.passed()).toList().toString());
        assertEquals(Extent.ALL.groups().stream().mapToInt(g -> g.checks().size()).sum(), verdicts.size());
    }

    @Test
    void oneCheckThatCannotBeBuiltDoesNotHideTheOthers() {
        Device reference = Engines.named("reference").orElseThrow().open("reference:0");
        Check broken = Check.of("broken", 0, 0, List.of(), in -> {
            throw new IllegalArgumentException("no such thing");
        });
        Check whole = Check.of("whole", 0, 0, List.of(), in -> Check.Computation.of(Tensor.literal(DType.FLOAT32, 1)));
        var verdicts = new ArrayList<Verdict>();
        new Checker(reference, reference).run(new Check.Group("g", 1, List.of(broken, whole)), false, verdicts::add);
        assertEquals("no such thing", verdicts.get(0).error());
        assertTrue(verdicts.get(1).passed());
    }

    @Test
    void errorsAreCountedInUlpOfTheGreaterOfNumberAndFloor() {
        assertEquals(3, verdict(0, 1 + 3 * Math.ulp(1f), 1).ulps());
        assertEquals(3, verdict(1, 3 * Math.ulp(1f), 0).ulps());
        assertFalse(verdict(0, 1 + 3 * Math.ulp(1f), 1).passed());
        assertTrue(verdict(0, 1 + 2 * Math.ulp(1f), 1).passed());
    }

    @Test
    void whatIsNotFiniteMustBeTheSame() {
        assertTrue(verdict(0, Float.NaN, Double.NaN).passed());
        assertTrue(verdict(0, Float.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY).passed());
        assertFalse(verdict(0, Float.NaN, 1).passed());
        assertFalse(verdict(0, 1, Double.NaN).passed());
        assertFalse(verdict(0, Float.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY).passed());
    }

    @Test
    void integersMustBeTheSame() {
        NDArray got = NDArray.of(new int[] {1, 2}, 2);
        assertTrue(Verdict.of("g", CHECK, got, new double[] {1, 2}, got.shape()).passed());
        assertFalse(Verdict.of("g", CHECK, got, new double[] {1, 3}, got.shape()).passed());
        assertFalse(Verdict.of("g", CHECK, got, new double[] {1, 2}, Shape.of(1, 2)).passed());
    }

    @Test
    void aVerdictComesBackFromItsLineEvenWhenInfinite() {
        Verdict v = Verdict.failed("g", CHECK, "a \"reason\"\nof two lines");
        assertEquals(v, ChildLine.parse(ChildLine.of(v).text()).orElseThrow().verdict());
    }

    private static Verdict verdict(double floor, double got, double want) {
        Check check = Check.of("c", 2, floor, List.of(), in -> Check.Computation.of());
        NDArray array = NDArray.of(new float[] {(float) got}, 1);
        return Verdict.of("g", check, array, new double[] {want}, array.shape());
    }
}
