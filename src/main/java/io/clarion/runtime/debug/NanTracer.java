package io.clarion.runtime.debug;

import io.clarion.engine.Device;
import io.clarion.engine.Executable;
import io.clarion.graph.Body;
import io.clarion.graph.Bundle;
import io.clarion.graph.Graph;
import io.clarion.graph.Listing;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.TopologicalOrder;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds the first operation that produced NaN or infinity from finite inputs. It goes backwards from bad results,
 * through bad tensors, into the bodies of loops and branches, whose steps it computes one by one.
 */
final class NanTracer {
    private final Device device;
    private final Map<Dim.Symbol, Integer> sizes;
    private final long draw;

    private NanTracer(Device device, Map<Dim.Symbol, Integer> sizes, long draw) {
        this.device = device;
        this.sizes = sizes;
        this.draw = draw;
    }

    /** Tells who it was in a call of {@code graph}, whose inputs are placeholders. */
    static String of(Graph graph, Device device, List<NDArray> inputs, Map<Dim.Symbol, Integer> sizes, long draw) {
        var region = new Region(graph.results(), graph.inputs(), new IdentityHashMap<>(), "");
        String told = new NanTracer(device, sizes, draw).in(region, inputs);
        return told != null ? told
                : "a result is infinite or no number, but none of the tensors that lead to it is once all of them are kept: it is so by rounding";
    }

    /** Returns the places of elements that are infinite or no numbers. */
    static int[] badElements(NDArray value) {
        return !value.dtype().isFloating() ? new int[0]
                : IntStream.range(0, value.elements()).filter(i -> !Double.isFinite(value.get(i))).toArray();
    }

    /**
     * A graph or a body.
     *
     * @param placeholders what it is given
     * @param known        what its tensors are in terms of the placeholders; it grows
     * @param where        it is, in words
     */
    private record Region(List<Tensor> results, List<Tensor> placeholders, Map<Tensor, Tensor> known, String where) {
        static Region of(Body body, List<Tensor> results, String where) {
            Map<Tensor, Tensor> known = new IdentityHashMap<>();
            body.parameters().forEach(p -> known.put(p, Tensor.of(new Op.Placeholder(p.dtype(), p.shape(), "given"))));
            return new Region(results, body.parameters().stream().map(known::get).toList(), known, where);
        }

        Region with(List<Tensor> others, String place) {
            return new Region(others, placeholders, known, place);
        }

        /** Returns all that leads to the results and may be bad, inputs first. */
        List<Tensor> numbers() {
            return Graph.tensors(results).stream().filter(t -> t.dtype().isFloating() && !(t.op() instanceof Bundle))
                    .toList();
        }
    }

    private Executable compiled(Region region, List<Tensor> tensors) {
        return device.compile(
                new Graph(region.placeholders, Body.substituted(tensors, region.known), List.of()).specialise(sizes));
    }

    private List<NDArray> computed(Region region, List<Tensor> tensors, List<NDArray> given) {
        try (Executable all = compiled(region, tensors)) {
            return all.call(given, draw);
        }
    }

    private String in(Region region, List<NDArray> given) {
        List<Tensor> order = region.numbers();
        return told(region, given, Trail.of(region, order, computed(region, order, given)));
    }

    /**
     * The bad values on the way to bad results.
     *
     * @param values of what is bad, be it on the way or not
     * @param first  of those on the way, one whose inputs are finite; null if there is none
     */
    private record Trail(Map<Tensor, NDArray> values, Set<Tensor> onTheWay, Tensor first) {
        static Trail of(Region region, List<Tensor> order, List<NDArray> values) {
            Map<Tensor, NDArray> bad = new IdentityHashMap<>();
            for (int i = 0; i < order.size(); i++) {
                if (badElements(values.get(i)).length > 0) {
                    bad.put(order.get(i), values.get(i));
                }
            }
            var way = new HashSet<>(TopologicalOrder.of(region.results.stream().filter(bad::containsKey).toList(),
                    t -> sources(t).filter(bad::containsKey).toList()));
            Tensor first = order.stream().filter(t -> way.contains(t) && !(t.op() instanceof Op.Parameter))
                    .filter(t -> sources(t).noneMatch(bad::containsKey)).findFirst().orElse(null);
            return new Trail(bad, way, first);
        }

        /** Returns which results of a bundle are on the way. */
        List<Integer> of(Tensor bundle) {
            return onTheWay.stream().filter(t -> t.op() instanceof Op.Result && t.input(0) == bundle)
                    .map(t -> ((Op.Result) t.op()).number()).sorted().toList();
        }

        private static Stream<Tensor> sources(Tensor t) {
            return t.op() instanceof Op.Result ? t.input(0).inputs().stream() : t.inputs().stream();
        }
    }

    /** Returns who it was at the start of a trail; null if nobody is found there. */
    private String told(Region region, List<NDArray> given, Trail trail) {
        if (trail.first != null && trail.first.op() instanceof Op.Result) {
            Tensor bundle = trail.first.input(0);
            List<NDArray> inputs = computed(region, bundle.inputs(), given);
            return switch ((Bundle) bundle.op()) {
                case Bundle.Loop loop -> inLoop(region, loop, trail.of(bundle), inputs);
                case Bundle.Branch branch -> {
                    Body side = branch.bodies().get(inputs.get(0).get(0) != 0 ? 0 : 1);
                    List<Tensor> results = trail.of(bundle).stream().map(side.results()::get).toList();
                    yield in(Region.of(side, results, " in a branch" + region.where), inputs.subList(1, inputs.size()));
                }
            };
        }
        return trail.first == null ? null : described(trail.first, trail.values.get(trail.first), region.where);
    }

    /** From the last step to the first, through what is carried; {@code bad} are results of the loop. */
    private String inLoop(Region around, Bundle.Loop loop, List<Integer> bad, List<NDArray> inputs) {
        List<Tensor> results = loop.body().results();
        List<Integer> kept = IntStream.range(0, loop.results()).filter(i -> i < loop.carried() || bad.contains(i))
                .boxed().toList();
        Region body = Region.of(loop.body(), kept.stream().map(results::get).toList(), "");
        List<List<NDArray>> given = new ArrayList<>();
        List<List<NDArray>> made = new ArrayList<>();
        int steps = loop.steps().resolve(sizes).size();
        run(body, loop, steps, inputs, given, made);
        List<Tensor> order = body.numbers();
        String told = null;
        try (Executable all = compiled(body, order)) {
            var wanted = new HashSet<>(bad.stream().filter(i -> i < loop.carried()).toList());
            for (int s = steps - 1; s >= 0; s--) {
                List<NDArray> here = made.get(s);
                IntStream.range(loop.carried(), kept.size()).filter(i -> badElements(here.get(i)).length > 0)
                        .forEach(i -> wanted.add(kept.get(i)));
                if (wanted.isEmpty()) {
                    continue;
                }
                Region step = body.with(wanted.stream().map(results::get).toList(),
                        " at step " + s + " of a loop of " + steps + around.where);
                Trail trail = Trail.of(step, order, all.call(given.get(s), draw));
                String earlier = told(step, given.get(s), trail);
                told = earlier != null ? earlier : told;
                wanted.clear();
                IntStream.range(0, loop.carried()).filter(i -> trail.onTheWay.contains(loop.body().parameters().get(i)))
                        .forEach(wanted::add);
            }
        }
        return told;
    }

    /** Runs a loop's steps; adds what each is given and what it makes. */
    private void run(Region body, Bundle.Loop loop, int steps, List<NDArray> inputs, List<List<NDArray>> given,
            List<List<NDArray>> made) {
        try (Executable step = compiled(body, body.results)) {
            List<NDArray> carried = inputs.subList(0, loop.carried());
            for (int s = 0; s < steps; s++) {
                var now = new ArrayList<>(carried);
                for (int i = loop.carried(); i < inputs.size(); i++) {
                    now.add(i < loop.carried() + loop.sequences()
                            ? inputs.get(i).row(loop.reversed() ? steps - 1 - s : s) : inputs.get(i));
                }
                given.add(now);
                made.add(step.call(now, draw));
                carried = made.getLast().subList(0, loop.carried());
            }
        }
    }

    private static String described(Tensor t, NDArray value, String where) {
        int[] bad = badElements(value);
        int[] strides = value.shape().strides();
        int[] place = new int[strides.length];
        int rest = bad[0];
        for (int a = 0; a < place.length; a++) {
            place[a] = rest / strides[a];
            rest %= strides[a];
        }
        boolean given = t.op() instanceof Op.Leaf;
        return Listing.words(t.op()) + where + (given ? " has " : " made ") + value.get(bad[0])
                + (given ? "" : " of finite numbers") + " at "
                + Arrays.toString(place) + ", and " + (bad.length - 1) + " more such in " + value.dtype().word()
                + value.shape()
                + (t.origin() == null ? "" : "; built at " + t.origin());
    }
}
