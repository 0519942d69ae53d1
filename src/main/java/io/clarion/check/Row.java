package io.clarion.check;

import java.util.function.Consumer;

/**
 * A function of K in the catalogue.
 *
 * @param name  the function's; of a method of {@code Tensor} after a point
 * @param often how often it is drawn, compared with others
 * @param draws adds calls of it to a sketch
 */
record Row(String name, double often, Consumer<Sketch> draws) {
    static Row of(String name, Consumer<Sketch> draws) {
        return new Row(name, 1, draws);
    }
}
