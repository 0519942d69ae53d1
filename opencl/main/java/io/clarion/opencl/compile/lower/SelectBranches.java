package io.clarion.opencl.compile.lower;

import io.clarion.graph.Body;
import io.clarion.graph.Bundle;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Turns branches whose sides accumulate nothing into selections, which kernels compute without a branch of their own.
 */
public final class SelectBranches {
    private final Map<Tensor, SortedSet<Integer>> used = new HashMap<>();

    private SelectBranches() {}

    public static Graph of(Graph graph) {
        var pass = new SelectBranches();
        for (Tensor t : Graph.allTensors(graph.results())) {
            if (t.op() instanceof Op.Result(int number)) {
                pass.used.computeIfAbsent(t.input(0), x -> new TreeSet<>()).add(number);
            }
        }
        Map<Tensor, List<Tensor>> chosen = new HashMap<>();
        return graph.rewrite((t, in) -> {
            if (!(t.op() instanceof Op.Result(int number)) || !(in.get(0).op() instanceof Bundle.Branch branch)
                    || !branch.bodies().stream().allMatch(body -> pass.isLight(body, t.input(0)))) {
                return t.with(in);
            }
            List<Tensor> results = chosen.computeIfAbsent(in.get(0),
                    b -> selected(branch, b.inputs(), pass.used.get(t.input(0))));
            return results.get(pass.used.get(t.input(0)).headSet(number).size());
        });
    }

    private boolean isLight(Body body, Tensor branch) {
        List<Tensor> wanted = used.get(branch).stream().map(body.results()::get).toList();
        return Graph.tensors(wanted).stream().noneMatch(t -> t.op().accumulates() || t.op() instanceof Bundle);
    }

    private static List<Tensor> selected(Bundle.Branch branch, List<Tensor> in, SortedSet<Integer> used) {
        List<Tensor> captured = in.subList(1, in.size());
        List<List<Tensor>> sides = branch.bodies().stream()
                .map(body -> new Body(body.parameters(), used.stream().map(body.results()::get).toList())
                        .applied(captured))
                .toList();
        Tensor condition = in.get(0).cast(DType.BOOL);
        return IntStream.range(0, used.size())
                .mapToObj(i -> Tensor.map(ScalarFn.SELECT, condition, sides.get(0).get(i), sides.get(1).get(i)))
                .toList();
    }
}
