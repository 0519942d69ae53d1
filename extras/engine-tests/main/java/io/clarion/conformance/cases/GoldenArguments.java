package io.clarion.conformance.cases;

import com.fasterxml.jackson.databind.JsonNode;
import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.PoolMode;
import io.clarion.graph.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** The arguments of a golden case: by place or, from some place on, by Keras's name. */
record GoldenArguments(JsonNode json, List<Tensor> inputs) {
    private JsonNode at(int i) {
        return json.get("args").get(i);
    }

    private JsonNode at(String name) {
        return json.get("kwargs").path(name);
    }

    boolean has(String name) {
        return json.get("kwargs").hasNonNull(name);
    }

    Tensor tensor(int i) {
        return inputs.get(at(i).get("tensor").intValue());
    }

    List<Tensor> tensors(int i) {
        return StreamSupport.stream(at(i).spliterator(), false).map(t -> inputs.get(t.get("tensor").intValue()))
                .toList();
    }

    double number(int i) {
        return at(i).doubleValue();
    }

    double number(String name, double otherwise) {
        return has(name) ? at(name).doubleValue() : otherwise;
    }

    int whole(int i) {
        return at(i).intValue();
    }

    int whole(String name) {
        return at(name).intValue();
    }

    int[] ints(int i) {
        return ints(at(i));
    }

    int[] ints(String name) {
        return ints(at(name));
    }

    /** Returns the numbers of a list, one number as a list of one, null for null. */
    static int[] ints(JsonNode node) {
        return node.isNull() || node.isMissingNode() ? null : node.isArray()
                ? IntStream.range(0, node.size()).map(i -> node.get(i).intValue()).toArray()
                : new int[] {node.intValue()};
    }

    boolean flag(String name) {
        return at(name).booleanValue();
    }

    DimOrdering ordering() {
        return DimOrdering.of(at("dim_ordering").textValue());
    }

    DimOrdering ordering(int i) {
        return DimOrdering.of(at(i).textValue());
    }

    BorderMode border() {
        return BorderMode.of(at("border_mode").textValue());
    }

    PoolMode pool() {
        return PoolMode.of(at("pool_mode").textValue());
    }
}
