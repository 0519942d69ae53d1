package io.clarion.graph;

import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A sum of products over named axes: for every point of the axes' box that satisfies all windows,
 * {@code out[outAxes] += product of the operands at their own axes}.
 *
 * <p>Matrix products, convolutions, pooling by mean and sums are contractions, and so are all their gradients: that of
 * an operand is the same contraction with that operand and the output exchanged.
 *
 * @param extents  the size of each axis, which is named by its place in this list
 * @param operands the axes of each operand, outermost first; none twice in one operand
 * @param out      the axes of the result
 */
public record Contraction(List<Dim> extents, List<List<Integer>> operands, List<Integer> out, List<Window> windows) {

    /**
     * Ties three axes: {@code position = stride·place + dilation·tap − pad}.
     *
     * @param open what is to be added to the pad once a call has told sizes
     */
    public record Window(int position, int place, int tap, int stride, int dilation, int pad, Dim open) {
        public Window(int position, int place, int tap, int stride, int dilation, int pad) {
            this(position, place, tap, stride, dilation, pad, Dim.of(0));
        }

        public Window {
            if (open.isKnown()) {
                pad += open.size();
                open = Dim.of(0);
            }
        }

        public List<Integer> axes() {
            return List.of(position, place, tap);
        }

        private Window resolve(Map<Dim.Symbol, Integer> sizes) {
            return new Window(position, place, tap, stride, dilation, pad, open.resolve(sizes));
        }
    }

    public Contraction {
        extents = List.copyOf(extents);
        operands = operands.stream().map(List::copyOf).toList();
        out = List.copyOf(out);
        windows = List.copyOf(windows);
    }

    /**
     * Returns the contraction that gives the gradient of operand {@code i} from (others, the result's gradient in place
     * of i).
     */
    public Contraction exchanged(int i) {
        var swapped = new ArrayList<>(operands);
        swapped.set(i, out);
        return new Contraction(extents, swapped, operands.get(i), windows);
    }

    /** Returns the axes summed over: in no place of the result. Windows may determine some of them. */
    public List<Integer> summed() {
        return IntStream.range(0, extents.size()).boxed().filter(a -> !out.contains(a)).toList();
    }

    /** Returns whether it sums its one operand over some of its axes and leaves the others in order. */
    public boolean isSum() {
        return operands.size() == 1 && windows.isEmpty() && operands.get(0).size() == extents.size()
                && operands.get(0).stream().filter(out::contains).toList().equals(out);
    }

    /**
     * Returns the number of products that are summed in all: of a window's three axes, place and tap determine the
     * position.
     */
    public double products() {
        Set<Integer> positions = windows.stream().map(Window::position).collect(Collectors.toSet());
        return IntStream.range(0, extents.size()).filter(a -> !positions.contains(a))
                .mapToDouble(a -> extents.get(a).size()).reduce(1, (a, b) -> a * b);
    }

    Shape shape(List<Shape> in) {
        for (int i = 0; i < operands.size(); i++) {
            if (!sizes(operands.get(i)).accepts(in.get(i))) {
                throw new IllegalArgumentException("operand " + i + " has shape " + in.get(i) + ", not "
                        + sizes(operands.get(i)));
            }
        }
        return sizes(out);
    }

    private Shape sizes(List<Integer> axes) {
        return new Shape(axes.stream().map(extents::get).toList());
    }

    Contraction resolve(Map<Dim.Symbol, Integer> sizes) {
        return new Contraction(extents.stream().map(d -> d.resolve(sizes)).toList(), operands, out,
                windows.stream().map(w -> w.resolve(sizes)).toList());
    }

    /**
     * Applies to tensors whose shapes fit the operands. A contraction that only places its one operand's elements
     * becomes a view.
     */
    public Tensor apply(List<Tensor> in) {
        boolean moves = in.size() == 1 && windows.isEmpty() && out.containsAll(operands.get(0))
                && summed().isEmpty();
        return moves ? moved(in.get(0)) : Tensor.of(new Op.Contract(this), in);
    }

    private Tensor moved(Tensor x) {
        List<Integer> axes = operands.get(0);
        List<Integer> present = out.stream().filter(axes::contains).toList();
        Tensor ordered = x.permute(present.stream().map(axes::indexOf).toList());
        Shape wide = new Shape(out.stream().map(a -> axes.contains(a) ? extents.get(a) : Dim.ONE).toList());
        return ordered.reshape(wide).broadcast(sizes(out));
    }
}
