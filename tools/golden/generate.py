#!/usr/bin/env python3
"""Makes golden cases: calls of Keras's backend functions with the values and gradients that they have to give.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python generate.py            adds the cases of cases.json that the golden files lack
    venv/bin/python generate.py --check    computes all golden cases that tf_keras's backend has again, and says which differ

A case of cases.json says what to call and of what shapes; the values are drawn from a seed that the case's text gives, so
that the same case always has the same values. Expectations are computed in float64 and rounded to float32 once.
"""
import argparse
import inspect
import json
import pathlib
import sys
import zlib

import numpy
import tensorflow
from tf_keras import backend

HERE = pathlib.Path(__file__).parent
GOLDEN = HERE / "../../extras/engine-tests/main/resources/io/clarion/conformance/golden"
# Keras 1.2.2's names of arguments, as the cases have them, and tf_keras's.
ARGUMENTS = {
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "filter_dilation": "dilation_rate",
}
# Functions whose first two arguments Keras 1 has in the other order.
EXCHANGED = {"categorical_crossentropy", "sparse_categorical_crossentropy", "binary_crossentropy"}
# Functions that tf_keras's backend has no longer, by TensorFlow's own.
OTHERS = {
    "logsumexp": lambda x, axis, keepdims: tensorflow.reduce_logsumexp(x, axis, keepdims),
    "separable_conv1d": lambda x, depthwise, pointwise, strides, padding, data_format: tensorflow.squeeze(
        tensorflow.nn.separable_conv2d(tensorflow.expand_dims(x, 1), depthwise[None], pointwise[None],
                                       [1, strides, strides, 1], padding.upper()), 1),
    "slice": tensorflow.slice,
}
ORDERINGS = {"th": "channels_first", "tf": "channels_last"}


def drawn(case):
    """Returns the inputs of a case as arrays of float32 values (or of ints), given its entry of cases.json."""
    random = numpy.random.default_rng(zlib.crc32(json.dumps(case, sort_keys=True).encode()))
    arrays = []
    for tensor in case["tensors"]:
        shape = tensor["shape"]
        if tensor.get("dtype", "float32") == "int32":
            arrays.append(random.integers(tensor["low"], tensor["high"], shape, dtype=numpy.int32))
        else:
            low, high = tensor.get("low", -2.0), tensor.get("high", 2.0)
            arrays.append(random.uniform(low, high, shape).astype(numpy.float32))
    return arrays


def argument(value, tensors):
    """Returns an argument of a case: {"tensor": i} is an input, a list of those a list of inputs."""
    if isinstance(value, dict):
        return tensors[value["tensor"]]
    if isinstance(value, list):
        arguments = [argument(v, tensors) for v in value]
        return arguments if any(isinstance(v, dict) for v in value) else tuple(arguments)
    return value


def called(case, tensors):
    """Returns the outputs of the function that a case calls."""
    function = OTHERS.get(case["fn"]) or getattr(backend, case["fn"])
    names = inspect.signature(function).parameters
    arguments = [argument(a, tensors) for a in case["args"]]
    if case["fn"] in EXCHANGED:
        arguments[:2] = reversed(arguments[:2])
    keywords = {}
    for name, value in case["kwargs"].items():
        name = name if name in names else ARGUMENTS.get(name, name)
        keywords[name] = ORDERINGS.get(value, value) if name == "data_format" else \
            tuple(value) if isinstance(value, list) and name != "axis" else value
    outputs = function(*arguments, **keywords)
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def json_array(array, dtype=None):
    """Returns an array as the golden files have it: float32 numbers by their shortest text that reads back the same."""
    array = numpy.asarray(array)
    if array.dtype.kind == "f":
        array = array.astype(numpy.float32)
    word = dtype or ("bool" if array.dtype.kind == "b" else str(array.dtype))
    return {"dtype": word, "shape": list(array.shape), "data": [number(v) for v in array.ravel()]}


def number(value):
    if isinstance(value, (numpy.bool_, numpy.integer)):
        return int(value)
    if not numpy.isfinite(value):
        return "nan" if numpy.isnan(value) else "inf" if value > 0 else "-inf"
    return float(numpy.format_float_positional(value, unique=True)) if 1e-5 < abs(value) < 1e7 else float(str(value))


def array(entry):
    """Returns an array of the golden files."""
    data = [float(v) if isinstance(v, str) else v for v in entry["data"]]
    return numpy.array(data, dtype=entry["dtype"]).reshape(entry["shape"])


def computed(case, arrays, weights):
    """Returns the outputs and the gradients of the inputs, in float64; weights are those of the outputs, or None."""
    tensors = [tensorflow.constant(a.astype(numpy.float64) if a.dtype.kind == "f" else a) for a in arrays]
    floating = [t for t in tensors if t.dtype.is_floating]
    with tensorflow.GradientTape() as tape:
        tape.watch(floating)
        outputs = called(case, tensors)
        if weights is None:
            return [o.numpy() for o in outputs], {}
        loss = sum(tensorflow.reduce_sum(o * tensorflow.constant(w.astype(numpy.float64))) for o, w in zip(outputs, weights))
    gradients = tape.gradient(loss, floating)
    found = {}
    for tensor, gradient in zip(floating, gradients):
        place = next(i for i, t in enumerate(tensors) if t is tensor)
        found[str(place)] = numpy.zeros(tensor.shape) if gradient is None else tensorflow.convert_to_tensor(gradient).numpy()
    return [o.numpy() for o in outputs], found


def made(case):
    """Returns the golden case of an entry of cases.json."""
    arrays = drawn(case)
    outputs, _ = computed(case, arrays, None)
    golden = {"fn": case["fn"], "args": case["args"], "kwargs": case["kwargs"],
              "tensors": [json_array(a) for a in arrays], "expect": [json_array(o) for o in outputs]}
    if all(o.dtype.kind == "f" for o in outputs):
        random = numpy.random.default_rng(zlib.crc32(json.dumps(case, sort_keys=True).encode()) + 1)
        weights = [random.uniform(-1, 1, o.shape).astype(numpy.float32) for o in outputs]
        _, gradients = computed(case, arrays, weights)
        golden["w"] = [json_array(w) for w in weights]
        golden["grads"] = {i: json_array(g) for i, g in gradients.items()}
    return golden


def is_same(golden, case):
    """Returns whether a golden case calls what an entry of cases.json says."""
    return (golden["fn"], golden["args"], golden["kwargs"]) == (case["fn"], case["args"], case["kwargs"]) \
        and [t["shape"] for t in golden["tensors"]] == [t["shape"] for t in case["tensors"]]


def add():
    for group, cases in json.loads((HERE / "cases.json").read_text()).items():
        file = GOLDEN / f"{group}.json"
        lines = file.read_text().rstrip().removesuffix("]").rstrip()
        known = json.loads(file.read_text())
        for case in cases:
            if not any(is_same(golden, case) for golden in known):
                lines += ",\n" + json.dumps(made(case), separators=(",", ":"))
                print(f"{group}: {case['fn']} {[t['shape'] for t in case['tensors']]} {case['kwargs']}")
        file.write_text(lines + "\n]\n")


def check():
    differ = 0
    for file in sorted(GOLDEN.glob("*.json")):
        checked = 0
        for index, golden in enumerate(json.loads(file.read_text())):
            try:
                weights = [array(w) for w in golden["w"]] if "w" in golden else None
                outputs, gradients = computed(golden, [array(t) for t in golden["tensors"]], weights)
            except (AttributeError, TypeError, ValueError, tensorflow.errors.OpError):
                continue  # Keras 1's form, which tf_keras's backend has no longer.
            checked += 1
            pairs = list(zip(outputs, golden["expect"])) + [(gradients.get(i), g) for i, g in golden.get("grads", {}).items()]
            for got, want in pairs:
                expected = array(want)
                if got is None or got.shape != expected.shape or not numpy.allclose(
                        got.astype(numpy.float64), expected.astype(numpy.float64), rtol=1e-6, atol=1e-6, equal_nan=True):
                    differ += 1
                    off = "" if got is None or got.shape != expected.shape else f" by {numpy.nanmax(abs(got - expected)):.2g}"
                    print(f"{file.stem} {index}: {golden['fn']} {golden['kwargs']} differs{off}")
                    break
        print(f"{file.stem}: {checked} cases computed again")
    return differ


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compute the golden cases again")
    backend.set_floatx("float64")
    sys.exit(check() if parser.parse_args().check else add())
