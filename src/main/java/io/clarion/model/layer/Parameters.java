package io.clarion.model.layer;

import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.model.layer.weight.Constraint;
import io.clarion.model.layer.weight.Initialiser;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** The weights of a model, and where its layers get theirs: variables named after the layer, drawn on the host. */
public final class Parameters {
    private static final Weight PLAIN = Weight.of(Initialiser.ZERO);
    private final RandomGenerator random;
    private final List<Kept> kept;
    private final String name;
    private final boolean trained;

    /** A weight, whether it is trained, and what is said of it. */
    private record Kept(Tensor weight, boolean trained, Weight said) {}

    private Parameters(RandomGenerator random, List<Kept> kept, String name, boolean trained) {
        this.random = random;
        this.kept = kept;
        this.name = name;
        this.trained = trained;
    }

    /** Returns no weights yet; the first values of those to come are drawn from {@code random}. */
    public static Parameters drawnFrom(RandomGenerator random) {
        return new Parameters(random, new ArrayList<>(), "", true);
    }

    /** Returns the same, for what is called {@code part} here. */
    public Parameters of(String part) {
        return new Parameters(random, kept, name.isEmpty() ? part : name + "/" + part, trained);
    }

    /** Returns the same, for weights that are not trained. */
    public Parameters frozen() {
        return new Parameters(random, kept, name, false);
    }

    /** Returns new weights to be trained. */
    public Tensor add(String what, Weight weight, int... shape) {
        return add(what, weight, DimOrdering.TF, shape);
    }

    /** Returns new weights to be trained; {@code ordering} tells where a kernel has its channels. */
    public Tensor add(String what, Weight weight, DimOrdering ordering, int... shape) {
        return add(what, weight, draw(weight.first(), ordering, shape));
    }

    /** Returns first values for {@link #add(String, Weight, NDArray)}, where they are put together from parts. */
    public NDArray draw(Initialiser first, DimOrdering ordering, int... shape) {
        return first.draw(shape, ordering, random);
    }

    /** Returns new weights to be trained, with these first values. */
    public Tensor add(String what, Weight weight, NDArray first) {
        return keep(what, first, trained, weight);
    }

    /** Returns new weights that the layer itself updates. */
    public Tensor addUntrained(String what, Initialiser first, int... shape) {
        return keep(what, draw(first, DimOrdering.TF, shape), false, PLAIN);
    }

    private Tensor keep(String what, NDArray first, boolean train, Weight said) {
        Tensor w = K.variable(first, K.floatx(), name + "/" + what);
        keep(new Kept(w, train, said));
        return w;
    }

    private void keep(Kept one) {
        String full = variable(one.weight).name();
        if (all().stream().anyMatch(w -> variable(w).name().equals(full))) {
            throw new IllegalArgumentException(
                    "two weights would be called " + full + "; give the layers different names");
        }
        kept.add(one);
    }

    /** Returns whether there are weights of what is called {@code part}. */
    public boolean has(String part) {
        return all().stream().anyMatch(w -> variable(w).name().startsWith(part + "/"));
    }

    /** Takes weights of another model in, with what is said of them; each once. */
    public void adopt(Parameters others, Predicate<Tensor> which) {
        others.kept.stream().filter(k -> which.test(k.weight) && !all().contains(k.weight))
                .forEach(k -> keep(new Kept(k.weight, k.trained && trained, k.said)));
    }

    /** Returns all weights, in the order in which they were made. */
    public List<Tensor> all() {
        return kept.stream().map(Kept::weight).toList();
    }

    /** Returns the weights to be trained, likewise. */
    public List<Tensor> trained() {
        return kept.stream().filter(Kept::trained).map(Kept::weight).toList();
    }

    /** Returns what the trained weights cost, scalars to be added to the loss. */
    public List<Tensor> penalties() {
        return kept.stream().filter(k -> k.trained && !k.said.regulariser().isNone())
                .map(k -> k.said.regulariser().of(k.weight)).toList();
    }

    /** Returns what holds for trained weights after each step. */
    public Map<Variable, Constraint> constraints() {
        var constraints = new IdentityHashMap<Variable, Constraint>();
        kept.stream().filter(k -> k.trained && k.said.constraint() != Constraint.NONE)
                .forEach(k -> constraints.put(variable(k.weight), k.said.constraint()));
        return constraints;
    }

    private static Variable variable(Tensor weight) {
        return ((Op.Read) weight.op()).variable();
    }
}
