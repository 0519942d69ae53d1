package io.clarion.tensorflow.runtime;

import java.util.List;
import org.tensorflow.internal.c_api.TF_Operation;
import org.tensorflow.internal.c_api.TF_Output;

/** A value within a function that is being built: an output of one of its operations. */
public final class Output {
    private final TF_Operation operation;
    private final int index;
    private final TF_Output pointer;

    Output(TF_Operation operation, int index) {
        this.operation = operation;
        this.index = index;
        this.pointer = new TF_Output().oper(operation).index(index);
    }

    TF_Operation operation() {
        return operation;
    }

    /** Returns the pointer to give to the C API. */
    TF_Output pointer() {
        return pointer;
    }

    /** Returns the given outputs one after another in memory. */
    static TF_Output array(List<Output> outputs) {
        TF_Output array = new TF_Output(Math.max(1, outputs.size()));
        for (int i = 0; i < outputs.size(); i++) {
            array.position(i).oper(outputs.get(i).operation).index(outputs.get(i).index);
        }
        return array.position(0);
    }
}
