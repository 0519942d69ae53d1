package io.clarion.tensorflow.translate;

import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensorflow.runtime.Output;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Scalar functions of elements at the same place. */
record Elementwise(Nodes tf) {
    /**
     * Emits {@code t}, an elementwise function. TensorFlow's operations broadcast: what is broadcast for this function
     * alone is read as it was before, and what all inputs repeat is computed once.
     */
    Output of(Tensor t, ScalarFn fn, Function<Tensor, Output> values) {
        Optional<FirstMaximum> pooled = FirstMaximum.of(t);
        if (pooled.isPresent()) {
            return pooled.get().emit(tf, t.shape(), values);
        }
        List<Tensor> narrow = t.inputs().stream().map(Elementwise::unstretched).toList();
        List<Tensor> in = Broadcasting.isSupported(narrow.stream().map(x -> x.shape().sizes()).toList()) ? narrow
                : t.inputs();
        DType of = t.input(in.size() - 1).dtype();
        boolean widens = fn.rule() != ScalarFn.Rule.LOGIC && fn.rule() != ScalarFn.Rule.CHOICE && Nodes.isNarrow(of)
                && !isOfBools(fn, of);
        Output[] operands = in.stream().map(values).map(x -> widens ? tf.widened(x, of) : x).toArray(Output[]::new);
        Output y = tf.op(operation(fn), operands);
        return tf.broadcast(widens ? tf.narrowed(y, t.dtype()) : y, common(in), t.shape().sizes());
    }

    private static boolean isOfBools(ScalarFn fn, DType of) {
        return of == DType.BOOL && (fn == ScalarFn.EQUAL || fn == ScalarFn.NOT_EQUAL);
    }

    /** Returns the tensor that {@code t} stretches, {@code t} itself if it stretches none. */
    private static Tensor unstretched(Tensor t) {
        Tensor at = t;
        while (at.op() instanceof Op.View(Movement.Broadcast b)) {
            at = at.input(0);
        }
        return at;
    }

    /** Returns the shape to which the inputs broadcast. */
    private static int[] common(List<Tensor> in) {
        int[] sizes = in.get(0).shape().sizes();
        for (Tensor t : in) {
            for (int a = 0; a < sizes.length; a++) {
                sizes[a] = sizes[a] == 1 ? t.shape().size(a) : sizes[a];
            }
        }
        return sizes;
    }

    private static String operation(ScalarFn fn) {
        return switch (fn) {
            case NEG -> "Neg";
            case SIGN -> "Sign";
            case ABS -> "Abs";
            case SQRT -> "Sqrt";
            case EXP -> "Exp";
            case LOG -> "Log";
            case SIN -> "Sin";
            case COS -> "Cos";
            case TANH -> "Tanh";
            case SIGMOID -> "Sigmoid";
            case SOFTPLUS -> "Softplus";
            case EXPM1 -> "Expm1";
            case RELU -> "Relu";
            case ROUND -> "Rint";
            case FLOOR -> "Floor";
            case ADD -> "AddV2";
            case SUB -> "Sub";
            case MUL -> "Mul";
            case DIV -> "RealDiv";
            case POW -> "Pow";
            case MAXIMUM -> "Maximum";
            case MINIMUM -> "Minimum";
            case EQUAL -> "Equal";
            case NOT_EQUAL -> "NotEqual";
            case GREATER -> "Greater";
            case GREATER_EQUAL -> "GreaterEqual";
            case LESS -> "Less";
            case LESS_EQUAL -> "LessEqual";
            case AND -> "LogicalAnd";
            case OR -> "LogicalOr";
            case NOT -> "LogicalNot";
            case SELECT -> "SelectV2";
        };
    }
}
