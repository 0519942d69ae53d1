package io.clarion.graph;

import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.Map;

/** Several values at once, which {@link Op.Result}s tell apart; as a tensor it is a bool scalar without meaning. */
public sealed interface Bundle extends Op {
    List<Body> bodies();

    /** Returns the same with other bodies, of the same results. */
    Bundle with(List<Body> bodies);

    int results();

    Shape shape(int result);

    DType dtype(int result);

    /** Refuses inputs that do not fit. */
    void check(List<Tensor> in);

    @Override
    default Shape shape(List<Tensor> in) {
        check(in);
        return Shape.SCALAR;
    }

    @Override
    default DType dtype(List<Tensor> in) {
        return DType.BOOL;
    }

    /**
     * A body repeated for each step, from carried values to new ones; made by {@link Loops}.
     *
     * <p>The inputs, and the body's parameters, are the carried values, sequences along axis 0 of which a step gets an
     * element, and what is the same in all steps. The body's results are the new carried values, then what the steps
     * stack. So are the results of the loop: the last carried values, then the stacks, along a new axis 0.
     *
     * @param carried   the number of carried values
     * @param sequences the number of sequences
     * @param reversed  whether the steps go from the last element of the sequences, and of the stacks, to the first
     */
    record Loop(Body body, int carried, int sequences, Dim steps, boolean reversed) implements Bundle {
        @Override
        public List<Body> bodies() {
            return List.of(body);
        }

        @Override
        public Loop with(List<Body> bodies) {
            return new Loop(bodies.get(0), carried, sequences, steps, reversed);
        }

        @Override
        public Op resolve(Map<Dim.Symbol, Integer> sizes) {
            return new Loop(body, carried, sequences, steps.resolve(sizes), reversed);
        }

        @Override
        public int results() {
            return body.results().size();
        }

        @Override
        public Shape shape(int result) {
            Shape shape = body.results().get(result).shape();
            return result < carried ? shape : new Shape(List.of(steps)).then(shape);
        }

        @Override
        public DType dtype(int result) {
            return body.results().get(result).dtype();
        }

        @Override
        public void check(List<Tensor> in) {
            for (int i = 0; i < in.size(); i++) {
                Tensor parameter = body.parameters().get(i);
                boolean sequence = i >= carried && i < carried + sequences;
                Shape wanted = sequence ? new Shape(List.of(steps)).then(parameter.shape()) : parameter.shape();
                require(wanted.accepts(in.get(i).shape()) && parameter.dtype() == in.get(i).dtype(),
                        "what the steps are given", in.get(i), parameter);
            }
            for (int i = 0; i < carried; i++) {
                Tensor now = body.results().get(i);
                require(now.shape().accepts(in.get(i).shape()) && now.dtype() == in.get(i).dtype(),
                        "state " + i + " at first", in.get(i), now);
            }
        }

        private static void require(boolean holds, String what, Tensor given, Tensor made) {
            if (!holds) {
                throw new IllegalArgumentException(
                        what + " is " + given.dtype().word() + given.shape() + ", and a step has "
                                + made.dtype().word() + made.shape() + "; they have to be the same");
            }
        }
    }

    /**
     * One of two bodies, of the same results: {@code then} unless the first input, a scalar, is 0. The other inputs are
     * the parameters of both. Only the side chosen is computed. Made by {@link Branches}.
     */
    record Branch(Body then, Body otherwise) implements Bundle {
        @Override
        public List<Body> bodies() {
            return List.of(then, otherwise);
        }

        @Override
        public Branch with(List<Body> bodies) {
            return new Branch(bodies.get(0), bodies.get(1));
        }

        @Override
        public int results() {
            return then.results().size();
        }

        @Override
        public Shape shape(int result) {
            Shape shape = then.results().get(result).shape();
            return shape.isKnown() ? shape : otherwise.results().get(result).shape();
        }

        @Override
        public DType dtype(int result) {
            return then.results().get(result).dtype();
        }

        @Override
        public void check(List<Tensor> in) {
            if (in.get(0).rank() != 0) {
                throw new IllegalArgumentException(
                        "the condition has shape " + in.get(0).shape() + "; a scalar would do");
            }
            for (int i = 0; i < results(); i++) {
                Tensor a = then.results().get(i);
                Tensor b = otherwise.results().get(i);
                if (!a.shape().accepts(b.shape()) || a.dtype() != b.dtype()) {
                    throw new IllegalArgumentException("the sides are " + a.dtype().word() + a.shape() + " and "
                            + b.dtype().word() + b.shape() + "; they have to be the same");
                }
            }
        }
    }
}
