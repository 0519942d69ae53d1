"""Computes graphs of Clarion's with Theano, Aesara or PyTensor, as a child process of the Theano engine.

Messages come on standard input and go to what was standard output: the length in four bytes, most significant first, then JSON. Arrays lie in
a file that both processes have mapped; a message says where. An answer follows each message, in order. The process ends with its input.
"""

import collections
import contextlib
import importlib
import json
import mmap
import operator
import os
import queue
import struct
import sys
import threading
import traceback
import warnings
from functools import reduce

# A call's products are small, and threads of NumPy's that wait for each other cost more than they give where other devices use the cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402

LENGTH = struct.Struct(">I")
LAST_LINES = 12


class Library:
    """The one of the three libraries that is used: what they name differently, under one name."""

    def __init__(self, name, folder):
        # Every operation computes by NumPy: nothing is compiled, so a function is ready in milliseconds.
        os.environ[name.upper() + "_FLAGS"] = "cxx=,floatX=float32,base_compiledir=" + folder
        self.name = name
        self.module = importlib.import_module(name)
        self.tensor = importlib.import_module(name + ".tensor")
        self.ifelse = importlib.import_module(name + ".ifelse").ifelse
        self.version = self.module.__version__
        is_first = name == "theano"
        graph = importlib.import_module(name + (".gof" if is_first else ".graph.basic"))
        operation = graph.Op if is_first else importlib.import_module(name + ".graph.op").Op
        self.conversion = conversion(operation, graph.Apply)
        mode = importlib.import_module(name + ".compile.mode").Mode
        vm = importlib.import_module(name + (".gof.vm" if is_first else ".link.vm"))
        linker = vm.VM_Linker if is_first else vm.VMLinker
        self.mode = mode(linker=linker(use_cloop=False, c_thunks=False), optimizer=None)

    def variable(self, dtype, shape):
        """Returns a symbolic value of a known shape."""
        sizes = tuple(n == 1 for n in shape) if self.name == "theano" else tuple(shape)
        return self.tensor.TensorType(dtype, sizes)()

    def constant(self, value):
        return self.tensor.constant(value)

    def fixed(self, x, shape):
        """Returns x, whose type says its shape, which operations do not always know."""
        known = x.type.broadcastable if self.name == "theano" else x.type.shape
        wanted = tuple(n == 1 for n in shape) if self.name == "theano" else tuple(shape)
        return x if known == wanted else self.reshaped(x, shape)

    def reshaped(self, x, shape):
        return self.tensor.reshape(x, np.asarray(shape, dtype="int64"), ndim=len(shape))

    def products(self, a, b):
        """Returns the product of each of a's matrices with that of b's."""
        return self.tensor.batched_dot(a, b) if self.name == "theano" else self.tensor.matmul(a, b)

    def scan(self, step, sequences, first, others, steps, reverse):
        """Returns what each step gave, a stack for each value; those of a loop in reverse from the last element to the first."""
        with_state = [None if state is None else {"initial": state, "taps": [-1]} for state in first]
        made = self.module.scan(step, sequences=sequences, outputs_info=with_state, non_sequences=others, n_steps=steps,
                                go_backwards=reverse, strict=True, mode=self.mode)
        stacks = made[0] if isinstance(made, tuple) and len(made) == 2 and isinstance(made[1], dict) else made
        return list(stacks) if isinstance(stacks, (list, tuple)) else [stacks]

    def function(self, inputs, outputs):
        function = self.module.function(inputs, outputs, mode=self.mode, on_unused_input="ignore")
        function.trust_input = True
        return function


def conversion(operation, node):
    """Returns a kind of operation that converts all elements at once. The libraries' own takes them one by one where nothing is compiled."""

    class Conversion(operation):
        __props__ = ("dtype",)

        def __init__(self, dtype):
            self.dtype = dtype

        def make_node(self, x):
            return node(self, [x], [x.type.clone(dtype=self.dtype)()])

        def perform(self, node, inputs, outputs):
            outputs[0][0] = np.asarray(inputs[0]).astype(self.dtype)

    return Conversion


def computed(dtype):
    """Returns the dtype in which numbers of a dtype are computed: half precision is for keeping them."""
    return "float32" if dtype == "float16" else dtype


def is_floating(dtype):
    return dtype.startswith("float")


def count(sizes):
    return reduce(operator.mul, sizes, 1)


# A tensor of which each axis is one of a contraction's, named by its number there.
Term = collections.namedtuple("Term", ["value", "axes"])


class Builder:
    """Makes symbolic values of the nodes of a graph, or of the body of a loop or branch."""

    def __init__(self, library, arrays, arguments, parameters=()):
        """
        arguments: what a call gives
        parameters: what the loop or branch around gives
        """
        self.lib = library
        self.t = library.tensor
        self.arrays = arrays
        self.arguments = arguments
        self.parameters = parameters
        self.nodes = []
        self.values = []

    def build(self, nodes):
        """Returns the values of all nodes; that of a node with several is a list."""
        self.nodes = nodes
        for node in nodes:
            value = getattr(self, "make_" + node["op"])(node, *self.inputs(node))
            self.values.append(value if isinstance(value, list) else self.exactly(value, node))
        return self.values

    def exactly(self, x, node):
        """Returns a value in the dtype and of the shape of its node: one library or another computes some of them in a wider dtype."""
        return self.lib.fixed(self.converted(x, computed(node["dtype"])), node["shape"])

    def inputs(self, node):
        return [self.values[i] for i in node["in"]]

    def dtype(self, node, place=0):
        """Returns the dtype of an input."""
        return self.nodes[node["in"][place]]["dtype"]

    def shape(self, node, place=0):
        """Returns the shape of an input."""
        return self.nodes[node["in"][place]]["shape"]

    def scalar(self, value, dtype):
        number = int(value) if not is_floating(dtype) and np.isfinite(value) else value
        return self.lib.constant(np.asarray(number, dtype=dtype))

    def converted(self, x, dtype):
        """Returns the elements in another dtype, as NumPy converts them."""
        return x if x.dtype == dtype else self.lib.conversion(dtype)(x)

    def filled(self, value, dtype, shape):
        return self.t.alloc(self.scalar(value, dtype), *shape) if shape else self.scalar(value, dtype)

    # Values that are given.

    def make_argument(self, node):
        return self.arguments[node["number"]]

    def make_parameter(self, node):
        return self.parameters[node["number"]]

    def make_alias(self, node, x, *others):
        return x

    def make_constant(self, node):
        return self.lib.constant(loaded(self.arrays.view(node["at"], node["dtype"], node["shape"]), copy=True))

    def make_literal(self, node):
        return self.lib.constant(literal(node["value"], node["dtype"]))

    def make_iota(self, node):
        return self.lib.constant(np.arange(node["shape"][0], dtype="int32"))

    # Elements at the same place.

    def make_elementwise(self, node, *inputs):
        """The libraries broadcast: what is stretched for this function alone is read as it was before."""
        narrow = [self.values[self.unstretched(i)] for i in node["in"]]
        y = getattr(Scalars(self), node["fn"])(*narrow)
        return self.stretched(y, [self.nodes[self.unstretched(i)]["shape"] for i in node["in"]], node["shape"])

    def unstretched(self, number):
        """Returns the number of the node that a node stretches; its own if it stretches none."""
        while self.nodes[number]["op"] == "broadcast":
            number = self.nodes[number]["in"][0]
        return number

    def stretched(self, y, shapes, shape):
        common = [max(sizes, key=lambda n: n != 1) for sizes in zip(*shapes)]
        return self.make_broadcast({"shape": shape}, y) if common != shape else y

    def make_cast(self, node, x):
        """Floats become integers towards zero and stop at the ends of the range; NaN becomes 0. Integers wrap."""
        before, after = computed(self.dtype(node)), computed(node["dtype"])
        if before == after:
            return x
        if after == "bool":
            return self.t.neq(x, self.scalar(0, before))
        if not is_floating(before) or is_floating(after):
            return self.converted(x, after)
        ends = np.iinfo(after)
        is_below = self.t.le(x, self.scalar(float(ends.min), before))
        is_above = self.t.ge(x, self.scalar(float(ends.max) if after == "uint8" else -float(ends.min), before))
        is_outside = self.t.or_(self.t.or_(is_below, is_above), self.t.isnan(x))
        whole = self.converted(self.t.switch(is_outside, self.scalar(0, before), x), after)
        greatest = self.lib.constant(np.asarray(ends.max, dtype=after))
        return self.t.switch(is_below, self.scalar(ends.min, after), self.t.switch(is_above, greatest, whole))

    # The same elements in other places.

    def make_reshape(self, node, x):
        return self.lib.reshaped(x, node["shape"])

    def make_permute(self, node, x):
        return x.dimshuffle(*node["order"])

    def make_broadcast(self, node, x):
        return self.t.alloc(x, *node["shape"])

    def make_slice(self, node, x):
        return x[slices(node["start"], node["step"], node["shape"])]

    def make_pad(self, node, x):
        around = self.t.alloc(self.lib.constant(literal(node["value"], node["dtype"])), *node["shape"])
        if 0 in self.shape(node):
            return around
        return self.t.set_subtensor(around[slices(node["before"], node["step"], self.shape(node))], x)

    def make_reverse(self, node, x):
        return x[tuple(slice(None, None, -1 if axis in node["axes"] else 1) for axis in range(len(node["shape"])))]

    def make_windows(self, node, x):
        axis, places, taps = node["axis"], node["shape"][node["axis"]], node["shape"][node["axis"] + 1]
        if taps == node["stride"] and node["dilation"] == 1:
            covered = x[along(axis, slice(0, places * taps))]
            return self.lib.reshaped(covered, node["shape"])
        at = node["stride"] * np.arange(places)[:, None] + node["dilation"] * np.arange(taps)
        return x[along(axis, self.lib.constant(at))]

    def make_concat(self, node, *inputs):
        return self.t.concatenate(inputs, axis=node["axis"]) if len(inputs) > 1 else inputs[0]

    # Reductions and recurrences.

    def make_reduce(self, node, x):
        axes, dtype, kind = node["axes"], computed(self.dtype(node)), node["kind"]
        if 0 in (self.shape(node)[a] for a in axes):
            return self.reduced_nothing(kind, dtype, node["shape"])
        if kind == "PROD":
            return self.t.prod(x, axis=axes, dtype=dtype, acc_dtype="float64" if is_floating(dtype) else dtype)
        # Of integers the complement turns the order around, of floats the negative does; a NaN stays one.
        turn = operator.invert if not is_floating(dtype) else operator.neg
        if kind in ("ARGMAX", "ARGMIN"):
            kept = [a for a in range(len(self.shape(node))) if a not in axes]
            rows = x.dimshuffle(*kept, *axes)
            rows = self.lib.reshaped(rows, node["shape"] + [count(self.shape(node)[a] for a in axes)])
            return self.converted(self.t.argmax(rows if kind == "ARGMAX" else turn(rows), axis=len(kept)), "int32")
        return turn(self.t.max(turn(x), axis=axes)) if kind == "MIN" else self.t.max(x, axis=axes)

    def reduced_nothing(self, kind, dtype, shape):
        if kind in ("PROD", "ARGMAX", "ARGMIN"):
            return self.filled(1 if kind == "PROD" else 0, dtype if kind == "PROD" else "int32", shape)
        if is_floating(dtype):
            return self.filled(np.inf if kind == "MIN" else -np.inf, dtype, shape)
        ends = (0, 1) if dtype == "bool" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
        return self.filled(ends[1] if kind == "MIN" else ends[0], dtype, shape)

    def make_scan(self, node, factors, terms):
        axis, dtype = node["axis"], computed(node["dtype"])
        length = node["shape"][axis]
        if 0 in node["shape"]:
            return terms
        if self.is_one(node["in"][0]):
            turned = slice(None, None, -1 if node["reversed"] else 1)
            where = along(axis, turned)
            wide = self.converted(terms, "float64" if is_floating(dtype) else "int64")
            return self.converted(self.t.cumsum(wide[where], axis=axis)[where], dtype)
        row = node["shape"][:axis] + node["shape"][axis + 1:]
        first = [axis] + [a for a in range(len(node["shape"])) if a != axis]
        stack = self.lib.scan(lambda factor, term, before: self.lib.fixed(factor * before + term, row),
                              [factors.dimshuffle(*first), terms.dimshuffle(*first)], [self.filled(0, dtype, row)], [], length, node["reversed"])[0]
        in_order = self.lib.fixed(stack[::-1] if node["reversed"] else stack, [length] + row)
        return in_order.dimshuffle(*[first.index(a) for a in range(len(first))])

    def is_one(self, number):
        """Returns whether all elements of a node are the literal 1."""
        node = self.nodes[number]
        while node["op"] in ("reshape", "permute", "broadcast", "slice", "reverse", "windows"):
            node = self.nodes[node["in"][0]]
        return node["op"] == "literal" and float(node["value"]) == 1

    # Rows named by indices.

    def make_gather(self, node, rows, indices):
        """An index outside reads a row of NaN, of 0 for types without one."""
        rows_there, dtype = self.shape(node)[0], computed(node["dtype"])
        none = np.nan if is_floating(dtype) else 0
        if rows_there == 0 or 0 in node["shape"]:
            return self.filled(none, dtype, node["shape"])
        at = self.t.flatten(indices, ndim=1)
        is_inside = self.is_inside(at, rows_there)
        found = rows[self.t.switch(is_inside, at, self.scalar(0, "int32"))]
        wide = is_inside.dimshuffle(0, *["x"] * (len(self.shape(node)) - 1))
        return self.make_reshape(node, self.t.switch(wide, found, self.scalar(none, dtype)))

    def make_scatter(self, node, updates, indices):
        """An index outside is led to one more row, which is cut off."""
        rows, row, dtype = node["shape"][0], node["shape"][1:], computed(node["dtype"])
        if 0 in self.shape(node):
            return self.filled(0, dtype, node["shape"])
        at = self.t.flatten(indices, ndim=1)
        safe = self.t.switch(self.is_inside(at, rows), at, self.scalar(rows, "int32"))
        flat = self.lib.reshaped(updates, [count(self.shape(node, 1))] + row)
        return self.t.inc_subtensor(self.filled(0, dtype, [rows + 1] + row)[safe], flat)[:rows]

    def is_inside(self, indices, rows):
        return self.t.and_(self.t.ge(indices, self.scalar(0, "int32")), self.t.lt(indices, self.scalar(rows, "int32")))

    def make_contract(self, node, *inputs):
        dtype = computed(node["dtype"])
        if dtype != "bool":
            return Contraction(self, node, dtype).of(inputs)
        sums = Contraction(self, node, "int64").of([self.converted(x, "int64") for x in inputs])
        return self.t.neq(sums, self.scalar(0, "int64"))

    # Several values at once.

    def body(self, body, given):
        """Returns the values of a body's results."""
        values = Builder(self.lib, self.arrays, self.arguments, given).build(body["nodes"])
        return [values[i] for i in body["results"]]

    def make_result(self, node, values):
        return values[node["number"]]

    def make_branch(self, node, condition, *inputs):
        """Only the side that is chosen is computed."""
        sides = [self.body(body, inputs) for body in node["bodies"]]
        shapes = [body["nodes"][i]["shape"] for body in node["bodies"][:1] for i in body["results"]]
        then, otherwise = ([self.lib.fixed(value, shape) for value, shape in zip(side, shapes)] for side in sides)
        is_chosen = self.t.neq(condition, self.scalar(0, computed(self.dtype(node))))
        made = self.lib.ifelse(is_chosen, then, otherwise)
        return list(made) if isinstance(made, (list, tuple)) else [made]

    def make_loop(self, node, *inputs):
        """Results that nobody reads are None."""
        body, carried, sequences, steps = node["body"], node["carried"], node["sequences"], node["steps"]
        shapes = [body["nodes"][i]["shape"] for i in body["results"]]
        wanted = list(range(carried)) + node["stacks"]
        first, elements, others = inputs[:carried], inputs[carried:carried + sequences], inputs[carried + sequences:]
        results = [None] * len(shapes)
        if steps == 0:
            results[:carried] = first
            for i in node["stacks"]:
                results[i] = self.filled(0, computed(body["nodes"][body["results"][i]]["dtype"]), [0] + shapes[i])
            return results

        def step(*given):
            """Scan gives the elements of sequences before the states."""
            ordered = given[sequences:sequences + carried] + given[:sequences] + given[sequences + carried:]
            fixed = [self.lib.fixed(x, parameter["shape"]) for x, parameter in zip(ordered, body["parameters"])]
            made = self.body(body, fixed)
            return [self.lib.fixed(made[i], shapes[i]) for i in wanted]

        stacks = self.lib.scan(step, list(elements), list(first) + [None] * len(node["stacks"]), list(others), steps, node["reversed"])
        for i, stack in zip(wanted, stacks):
            all_steps = self.lib.fixed(stack, [steps] + shapes[i])
            results[i] = self.lib.fixed(all_steps[-1], shapes[i]) if i < carried else all_steps[::-1] if node["reversed"] else all_steps
        return results


def slices(start, step, sizes):
    return tuple(slice(s, s + (n - 1) * d + 1 if n else s, d) for s, d, n in zip(start, step, sizes))


def literal(text, dtype):
    """Returns a number in a dtype; one beyond an integer's range is its end."""
    value = float(text)
    if dtype != "bool" and not is_floating(dtype):
        ends = np.iinfo(dtype)
        value = 0 if np.isnan(value) else int(min(max(value, ends.min), ends.max))
    return np.asarray(value, dtype=computed(dtype))


class Scalars:
    """Scalar functions, by their names. Each takes symbolic values that broadcast to one shape."""

    def __init__(self, builder):
        self.builder = builder
        t = self.t = builder.t
        self.NEG, self.ABS, self.SQRT, self.EXP, self.LOG = operator.neg, abs, t.sqrt, t.exp, t.log
        self.SIGN = t.sign if hasattr(t, "sign") else t.sgn
        self.SIN, self.COS, self.TANH, self.EXPM1, self.FLOOR = t.sin, t.cos, t.tanh, t.expm1, t.floor
        self.ADD, self.SUB, self.MUL, self.DIV, self.POW = t.add, t.sub, t.mul, t.true_div, t.pow
        self.MAXIMUM, self.MINIMUM, self.SELECT = t.maximum, t.minimum, t.switch
        self.EQUAL, self.NOT_EQUAL, self.GREATER, self.GREATER_EQUAL, self.LESS, self.LESS_EQUAL = t.eq, t.neq, t.gt, t.ge, t.lt, t.le
        self.AND, self.OR, self.NOT = t.and_, t.or_, t.invert

    def zero(self, like):
        return self.builder.scalar(0, like.dtype)

    def is_negative(self, x):
        return self.t.lt(x, self.zero(x))

    def RELU(self, x):
        return self.t.switch(self.is_negative(x), self.zero(x), x)

    def ROUND(self, x):
        return self.t.round(x, mode="half_to_even")

    def SIGMOID(self, x):
        """Of the exponential of what is not positive, which does not overflow."""
        e = self.t.exp(-abs(x))
        one = self.builder.scalar(1, x.dtype)
        return self.t.switch(self.is_negative(x), e, one) / (one + e)

    def SOFTPLUS(self, x):
        return self.t.maximum(x, self.zero(x)) + self.t.log1p(self.t.exp(-abs(x)))


class Contraction:
    """A sum of products over named axes. Windows are taken out of the operands, or added up in the result, and products are left."""

    def __init__(self, builder, node, dtype):
        self.b = builder
        self.lib = builder.lib
        self.t = builder.t
        self.dtype = dtype
        self.extents = node["extents"]
        self.operands = node["operands"]
        self.out = node["out"]
        self.windows = node["windows"]

    def of(self, inputs):
        if 0 in self.extents:
            return self.b.filled(0, self.dtype, self.sizes(self.out))
        terms = [Term(x, axes) for x, axes in zip(inputs, self.operands)]
        out = list(self.out)
        overlapping = []
        for w in self.windows:
            is_read = any(w["position"] in t.axes for t in terms)
            if is_read and w["position"] not in out and all(self.is_replaceable(w, t) for t in terms):
                terms = [self.patches(w, t) if w["position"] in t.axes else t for t in terms]
            elif not is_read and w["position"] in out and w["place"] not in out and w["tap"] not in out:
                out = replaced(out, w)
                overlapping.append(w)
            else:
                terms.append(self.mask(w))
        y = self.product(self.repeated(terms, out), out)
        for w in reversed(overlapping):
            y = self.added(w, y)
        return self.arranged(y, self.out)

    def is_replaceable(self, w, term):
        return w["position"] not in term.axes or w["place"] not in term.axes and w["tap"] not in term.axes

    def sizes(self, axes):
        return [self.extents[a] for a in axes]

    def positions(self, w):
        """Returns the position to which each place and tap lead; one may be outside."""
        places, taps = np.arange(self.extents[w["place"]]), np.arange(self.extents[w["tap"]])
        return w["stride"] * places[:, None] + w["dilation"] * taps - w["pad"]

    def patches(self, w, term):
        """The term with each window's elements in place of the position; a window sees 0 beyond the ends.

        The taps come after all places, so that the elements of a window in several directions lie side by side, as a product reads them.
        """
        axis, size, at = term.axes.index(w["position"]), self.extents[w["position"]], self.positions(w)
        before, after = max(0, -int(at.min())), max(0, int(at.max()) + 1 - size)
        value = term.value
        if before + after > 0:
            wide = self.sizes(term.axes)
            wide[axis] += before + after
            value = self.t.set_subtensor(self.b.filled(0, self.dtype, wide)[along(axis, slice(before, before + size))], value)
        first = at[0] + before
        length = (self.extents[w["place"]] - 1) * w["stride"] + 1
        taps = [value[along(axis, slice(int(start), int(start) + length, w["stride"]))] for start in first]
        axes = [w["place"] if a == w["position"] else a for a in term.axes]
        windowed = {a for v in self.windows for a in (v["position"], v["place"], v["tap"])}
        behind = 1 + max(i for i, a in enumerate(axes) if a in windowed)
        axes.insert(behind, w["tap"])
        return Term(self.lib.fixed(self.t.stack(taps, axis=behind), self.sizes(axes)), axes)

    def added(self, w, y):
        """Adds up, tap by tap, what windows hold of each position."""
        axes = [a for a in y.axes if a != w["tap"]]
        values = self.arranged(y, [w["tap"]] + axes)
        axis, size, at = axes.index(w["place"]), self.extents[w["position"]], self.positions(w)
        axes[axis] = w["position"]
        sums = self.b.filled(0, self.dtype, self.sizes(axes))
        for tap in range(self.extents[w["tap"]]):
            inside = np.flatnonzero((at[:, tap] >= 0) & (at[:, tap] < size))
            if inside.size:
                first, last = int(inside[0]), int(inside[-1])
                where = along(axis, slice(int(at[first, tap]), int(at[last, tap]) + 1, w["stride"]))
                sums = self.t.inc_subtensor(sums[where], values[tap][along(axis, slice(first, last + 1))])
        return Term(sums, axes)

    def mask(self, w):
        """1 where position, place and tap fit, else 0."""
        fits = self.positions(w)[:, :, None] == np.arange(self.extents[w["position"]])
        return Term(self.lib.constant(fits.astype(self.dtype)), [w["place"], w["tap"], w["position"]])

    def repeated(self, terms, out):
        """An axis that nothing reads repeats each term: a factor. Positions are determined by place and tap, and repeat nothing."""
        known = set(out).union(*(t.axes for t in terms), (w["position"] for w in self.windows))
        times = count(n for a, n in enumerate(self.extents) if a not in known)
        return terms if times == 1 else terms + [Term(self.b.scalar(times, self.dtype), [])]

    def product(self, terms, out):
        """Returns the terms' product, summed over the axes that are not in the result."""
        while len(terms) > 1:
            rest = terms[2:]
            terms = [self.pair(terms[0], terms[1], set(out).union(*(t.axes for t in rest)))] + rest
        return self.summed(terms[0], out)

    def summed(self, term, kept):
        axes = [place for place, a in enumerate(term.axes) if a not in kept]
        if not axes:
            return term
        wide = "float64" if is_floating(self.dtype) else self.dtype
        return Term(self.t.sum(term.value, axis=axes, dtype=self.dtype, acc_dtype=wide), [a for a in term.axes if a in kept])

    def pair(self, a, b, kept):
        """Returns the product of two terms, summed over the axes that are not kept."""
        a, b = self.summed(a, kept.union(b.axes)), self.summed(b, kept.union(a.axes))
        inner = [x for x in a.axes if x in b.axes and x not in kept]
        if not inner:
            axes = a.axes + [x for x in b.axes if x not in a.axes]
            return Term(self.aligned(a, axes) * self.aligned(b, axes), axes)
        batch = [x for x in a.axes if x in b.axes and x in kept]
        rows = [x for x in a.axes if x not in b.axes]
        columns = [x for x in b.axes if x not in a.axes]
        return self.matrices(a, b, batch, rows, inner, columns)

    def matrices(self, a, b, batch, rows, inner, columns):
        """Returns the products of matrices, one for each place of the batch's axes."""
        sizes = {name: count(self.sizes(axes)) for name, axes in (("b", batch), ("r", rows), ("i", inner), ("c", columns))}
        many = [sizes["b"]] if batch else []
        left = self.lib.reshaped(self.arranged(a, batch + rows + inner), many + [sizes["r"], sizes["i"]])
        right = self.lib.reshaped(self.arranged(b, batch + inner + columns), many + [sizes["i"], sizes["c"]])
        y = self.lib.products(left, right) if batch else self.t.dot(left, right)
        axes = batch + rows + columns
        return Term(self.lib.reshaped(y, self.sizes(axes)), axes)

    def arranged(self, term, axes):
        """Returns the value with its axes in another order; those that it lacks are repeated."""
        have = [a for a in axes if a in term.axes]
        order = [term.axes.index(a) for a in have]
        value = term.value if order == list(range(len(order))) else term.value.dimshuffle(*order)
        return value if have == list(axes) else self.t.alloc(self.aligned(Term(value, have), axes), *self.sizes(axes))

    def aligned(self, term, axes):
        """Returns the value with its axes in another order; those that it lacks have size 1."""
        value = self.lib.fixed(term.value, self.sizes(term.axes))
        return value.dimshuffle(*[term.axes.index(a) if a in term.axes else "x" for a in axes])


def along(axis, part):
    """Returns the index that takes a part of one axis and all of the others."""
    return (slice(None),) * axis + (part,)


def replaced(axes, window):
    """Returns the axes with a window's place and tap for its position."""
    at = axes.index(window["position"])
    return axes[:at] + [window["place"], window["tap"]] + axes[at + 1:]


def loaded(array, copy=False):
    """Makes of an array as it is kept one that is computed with."""
    return array.astype(computed(array.dtype.name), copy=copy)


class Arrays:
    """The file that both processes have mapped. Nobody but they can open it: its name is gone."""

    def __init__(self, path):
        self.file = open(path, "r+b")
        with contextlib.suppress(OSError):  # Windows keeps the name of what is open; the other process takes it away then.
            os.unlink(path)
        self.bytes = None

    def grow(self, size):
        """Maps the file anew if it has grown; views of before stay what they are."""
        if self.bytes is None or self.bytes.size < size:
            self.bytes = np.frombuffer(mmap.mmap(self.file.fileno(), size), dtype="uint8")

    def view(self, at, dtype, shape):
        size = count(shape) * np.dtype(dtype).itemsize
        return self.bytes[at:at + size].view(dtype).reshape(shape) if size else np.zeros(shape, dtype)


class Function:
    """A compiled graph."""

    def __init__(self, library, arrays, message):
        self.arrays = arrays
        self.inputs = message["inputs"]
        self.outputs = message["outputs"]
        self.updated = message["updated"]
        arguments = [library.variable(computed(entry["dtype"]), entry["shape"]) for entry in self.inputs + message["variables"]]
        values = Builder(library, arrays, arguments).build(message["nodes"])
        self.compiled = library.function(arguments, [values[i] for i in message["results"]])

    def operations(self):
        """Returns how many operations of each kind it consists of."""
        return collections.Counter(type(node.op).__name__ for node in self.compiled.maker.fgraph.toposort())

    def call(self, variables, storages):
        """Puts the outputs into the file and the new values into the storages, all computed from the old ones."""
        given = [loaded(self.arrays.view(entry["at"], entry["dtype"], entry["shape"])) for entry in self.inputs]
        results = self.compiled(*given, *(loaded(storages[v]) for v in variables))
        kept = [own(value, storages[variables[place]].dtype) for value, place in zip(results[len(self.outputs):], self.updated)]
        for entry, value in zip(self.outputs, results):
            self.arrays.view(entry["at"], entry["dtype"], entry["shape"])[...] = value
        for value, place in zip(kept, self.updated):
            storages[variables[place]] = value


def own(value, dtype):
    """Returns an array of a dtype that is no view of others' memory."""
    array = np.asarray(value)
    return np.array(array, dtype=dtype) if array.base is not None or array.dtype != dtype else array


class Worker:
    """Answers messages, one after the other."""

    def __init__(self, library, arrays):
        self.library = library
        self.arrays = arrays
        self.functions = {}
        self.storages = {}

    def answer(self, message):
        self.arrays.grow(message.get("size", 0))
        return getattr(self, "do_" + message["do"])(message) or {}

    def do_compile(self, message):
        function = self.functions[message["function"]] = Function(self.library, self.arrays, message)
        return {"operations": function.operations()}

    def do_call(self, message):
        self.functions[message["function"]].call(message["variables"], self.storages)

    def do_forget(self, message):
        self.functions.pop(message["function"], None)

    def do_put(self, message):
        self.storages[message["variable"]] = self.arrays.view(0, message["dtype"], message["shape"]).copy()

    def do_get(self, message):
        value = self.storages[message["variable"]]
        self.arrays.view(0, value.dtype, value.shape)[...] = value

    def do_drop(self, message):
        self.storages.pop(message["variable"], None)


def told(error):
    """Returns what an answer says of an error."""
    lines = "".join(traceback.format_exception(type(error), error, error.__traceback__)).strip().splitlines()
    return {"error": "memory" if isinstance(error, MemoryError) else "failed", "said": "\n".join(lines[-LAST_LINES:])}


def received(stream, messages):
    """Puts messages into a queue, beside what is being computed; the process ends with its input, whatever it does."""
    while True:
        head = stream.read(LENGTH.size)
        body = stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
        if not body:
            os._exit(0)
        messages.put(json.loads(body))


def main():
    # Whatever prints must not print into the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    np.seterr(all="ignore")
    # What the libraries' authors tell each other would push the last lines of an error out.
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(100000)
    messages = queue.Queue()
    threading.Thread(target=received, args=(sys.stdin.buffer, messages), daemon=True).start()

    def send(answer):
        body = json.dumps(answer).encode()
        answers.write(LENGTH.pack(len(body)) + body)
        answers.flush()

    hello = messages.get()
    library = Library(hello["module"], hello["folder"])
    worker = Worker(library, Arrays(hello["file"]))
    send({"module": library.name, "version": library.version, "python": sys.version.split()[0]})
    while True:
        message = messages.get()
        try:
            answer = worker.answer(message)
        except Exception as error:
            answer = told(error)
        send(answer)


if __name__ == "__main__":
    main()
