package io.clarion.model;

import io.clarion.K;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The values of variables in an {@code .npz} file, by the variables' names; NumPy reads and writes the same. */
public final class Weights {
    private Weights() {}

    /** Writes the values; a file that is there is replaced once the new one is complete. */
    public static void save(Path file, List<Tensor> variables) throws IOException {
        var arrays = new LinkedHashMap<String, NDArray>();
        for (Tensor t : variables) {
            if (arrays.put(variable(t).name(), K.getValue(t)) != null) {
                throw new IllegalArgumentException("save: two variables are called " + variable(t).name());
            }
        }
        Npz.write(file, arrays);
    }

    /**
     * Sets the variables to the values in {@code file}: all of them, or none if something does not fit.
     *
     * @throws IllegalArgumentException naming the file, if it lacks one, has another or one of another shape
     */
    public static void load(Path file, List<Tensor> variables) throws IOException {
        Map<String, NDArray> arrays = Npz.read(file);
        List<String> names = variables.stream().map(t -> variable(t).name()).toList();
        if (!arrays.keySet().equals(Set.copyOf(names))) {
            throw new IllegalArgumentException(file + " holds " + listed(List.copyOf(arrays.keySet()))
                    + "; this net needs " + listed(names));
        }
        var values = new ArrayList<Map.Entry<Tensor, NDArray>>();
        for (Tensor t : variables) {
            NDArray value = arrays.get(variable(t).name());
            if (!value.shape().equals(t.shape())) {
                throw new IllegalArgumentException(file + ": " + variable(t).name() + " has shape " + value.shape()
                        + ", this net needs " + t.shape());
            }
            values.add(Map.entry(t, value));
        }
        K.batchSetValue(values);
    }

    private static String listed(List<String> names) {
        return names.isEmpty() ? "nothing" : String.join(", ", names);
    }

    private static Variable variable(Tensor t) {
        if (t.op() instanceof Op.Read(Variable v)) {
            return v;
        }
        throw new IllegalArgumentException(t.described() + " is not a variable; only variables have weights");
    }
}
