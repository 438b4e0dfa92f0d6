"""Judges of results: they compare a result with the right one, or with that of another call.

A judge is a function of an `Example`, and yields a fact if it sees the fault. A script has its source.
"""

import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..closeness import largest_magnitude
from ..finding import Comparison, Result, Script
from .example import Example, Place, compare_values, compute_results, find_result, move_inputs


def show_result(comparison: Comparison, **values: Any) -> Script:
    """Return the script for a wrong output or gradient; `values` are other arguments of the judge."""
    expected = comparison.expected
    if isinstance(expected, np.ndarray):
        return show_difference(judge_result, comparison, expected=expected, **values)
    values = {"place": locate(comparison.result), **values}
    if expected is not None:
        return Script(judge_dtype, {"dtype": str(expected), **values}, comparison.cotangents)
    return Script(judge_finite, {"is_judged": comparison.is_wrong, **values}, comparison.cotangents)


def show_difference(judge: Callable[..., Iterator[str]], comparison: Comparison, **values: Any) -> Script:
    """Return the script of a judge that compares two results.

    The tolerance is half of the largest error, since a right result is far nearer; only the wrong places
    count.
    """
    actual, expected = np.asarray(comparison.result.values), np.asarray(comparison.expected)
    tolerance: Any = 1e-9 * (1 + largest_magnitude(expected))
    if actual.shape == expected.shape and actual.dtype.kind in "fc":
        error = np.nan_to_num(np.abs(actual - expected), nan=0.0, posinf=0.0)
        tolerance = float(error.max(initial=0.0, where=comparison.is_wrong)) / 2
        tolerance = tolerance or 1e-3 * (1 + largest_magnitude(expected))  # not finite on one side
        if not np.all(comparison.is_wrong):
            tolerance = np.where(comparison.is_wrong, tolerance, np.inf)
    values = {"place": locate(comparison.result), "tolerance": tolerance, **values}
    return Script(judge, values, comparison.cotangents)


def show_acceptance(script: Script | None = None) -> Script:
    """Return the script for a call that has to be refused, or that may be.

    script: the script for a call that is accepted; by default it is wrong in any case.
    """
    script = script or Script(judge_accepted)
    return script._replace(judge=judge_unless_refused, values={"judge": script.judge, **script.values})


def locate(result: Result) -> Place:
    """Return the place of a result in `compute_results`."""
    return int(result.is_gradient), result.position


def judge_result(
    example: Example, place: Place, tolerance: Any, expected: Any, weights: Any = ()
) -> Iterator[str]:
    """Yield that a result is not the right one, or has another dtype."""
    actual = np.asarray(find_result(example, place, weights))
    yield from compare_values(actual, expected, tolerance)
    if actual.dtype.kind != expected.dtype.kind or (
        expected.dtype.kind == "f" and actual.dtype != expected.dtype
    ):
        yield f"the dtype is {actual.dtype}, expected {expected.dtype}"


def judge_dtype(example: Example, place: Place, dtype: str) -> Iterator[str]:
    """Yield that a result, or its real part, has another dtype."""
    actual = np.asarray(find_result(example, place)).dtype
    if np.finfo(actual).dtype != dtype:
        yield f"the dtype is {actual}, expected {dtype}"


def judge_finite(example: Example, place: Place, is_judged: Any, weights: Any = ()) -> Iterator[str]:
    """Yield that a result is not finite at some places."""
    actual = np.asarray(find_result(example, place, weights))
    if not np.isfinite(actual[is_judged]).all():
        yield f"the result is {actual}"


def judge_truncation(example: Example, place: Place) -> Iterator[str]:
    """Yield that a float64 result has the digits of float32."""
    actual = find_result(example, place)
    if np.all(actual == np.float32(actual)):
        yield f"the result is {actual}"


def judge_lost_nan(example: Example, *, in_all: bool) -> Iterator[str]:
    """Yield that a NaN in the inputs makes no output NaN, or not all outputs."""
    floats = [np.ravel(y) for y in example.call(*example.inputs)[0] if y.dtype.kind in "fc"]
    is_nan = np.isnan(np.concatenate(floats))
    if not (is_nan.all() if in_all else is_nan.any()):
        yield f"the outputs are {floats}"


def judge_linearity(
    example: Example, place: Place, tolerance: Any, terms: Any, factor: float
) -> Iterator[str]:
    """Yield that a gradient is not `factor` times the sum of the gradients for some terms of `grads`."""
    expected = factor * sum(compute_results(example, grads=term)[1][place[1]] for term in terms)
    yield from compare_values(find_result(example, place), expected, tolerance)


def judge_second_pull(example: Example, place: Place, tolerance: Any) -> Iterator[str]:
    """Yield that a gradient differs if the pullback of one call runs a second time, after another call."""
    pull = example.call(*example.inputs)[1]
    expected = np.copy(pull(*example.grads)[place[1]])
    example.call(*move_inputs(example))
    yield from compare_values(pull(*example.grads)[place[1]], expected, tolerance)


def judge_variation(
    example: Example, place: Place, tolerance: Any, inputs: Any, cotangents: Any, needs: Any
) -> Iterator[str]:
    """Yield that a result depends on memory layouts, or on `needs`; see `Variation`."""
    has_layout = needs or [True] * len(example.inputs)
    pairs = zip(example.inputs, has_layout, strict=True)
    varied = [inputs(x) if moved and isinstance(x, np.ndarray) else x for x, moved in pairs]
    grads = [cotangents(g) for g in example.grads]
    expected = compute_results(example, grads=[np.array(g) for g in grads])[place[0]][place[1]]
    actual = compute_results(example, varied, grads, needs)[place[0]][place[1]]
    yield from compare_values(actual, expected, tolerance)


def judge_repetition(example: Example, place: Place, tolerance: Any, others: Any) -> Iterator[str]:
    """Yield that a result changes if other calls run before the call and between its two passes."""

    def call_others() -> None:
        for inputs in others:
            outputs, pull = example.call(*inputs)
            if example.grads:
                pull(*map(np.ones_like, outputs))

    expected = np.copy(find_result(example, place))
    for _ in range(20):
        call_others()
        outputs, pull = example.call(*example.inputs)
        call_others()
        results = outputs, pull(*example.grads) if example.grads else ()
        yield from compare_values(results[place[0]][place[1]], expected, tolerance)


def judge_types(example: Example, place: Place, tolerance: Any, dtypes: Any) -> Iterator[str]:
    """Yield that a result differs if inputs have other dtypes; None keeps a dtype."""

    def compute(inputs: Sequence[Any]) -> Any:
        needs = [isinstance(x, np.ndarray) and x.dtype.kind in "fc" for x in inputs]
        outputs, pull = example.call(*inputs, needs=needs)
        grads = [g.astype(y.dtype) for g, y in zip(example.grads, outputs)]  # noqa: B905 - there may be none
        return (outputs, pull(*grads) if grads else ())[place[0]][place[1]]

    pairs = zip(example.inputs, dtypes, strict=True)
    others = [x if dtype is None else x.astype(dtype) for x, dtype in pairs]
    yield from compare_values(compute(example.inputs), compute(others), tolerance)


def judge_race(example: Example, file: str) -> Iterator[str]:
    """Yield that a result changes if another thread comes between two lines of a file."""
    others = move_inputs(example)

    def trace(frame: Any, event: str, _: Any) -> Any:
        if frame.f_code.co_filename != file:
            return None
        if event == "line":
            thread = threading.Thread(target=compute_results, args=(example, others), daemon=True)
            thread.start()
            thread.join(0.25)  # the function may hold a lock
        return trace

    def list_results() -> list[Any]:
        return [None if y is None else np.copy(y) for results in compute_results(example) for y in results]

    compute_results(example, others)
    expected = list_results()
    sys.settrace(trace)
    try:
        actual = list_results()
    finally:
        sys.settrace(None)
    for x, y in zip(actual, expected, strict=True):
        if x is not None and not np.allclose(x, y, equal_nan=True):
            yield f"result:\n{x}\nexpected:\n{y}"


def judge_count(example: Example, expected: int) -> Iterator[str]:
    """Yield that the number of outputs is another one."""
    outputs = example.call(*example.inputs)[0]
    if len(outputs) != expected:
        yield f"there are {len(outputs)} outputs, expected {expected}"


def judge_tuple_of_one(example: Example) -> Iterator[str]:
    """Yield that forward returns a tuple of one output."""
    ctx = SimpleNamespace(needs=example.needs, save=lambda *_: None)
    outputs = example.op.forward(ctx, *example.inputs, **example.settings)
    if isinstance(outputs, tuple) and len(outputs) == 1:
        yield f"forward returns {outputs}"


def judge_call(example: Example, weights: Any = (), errors: Any = Exception) -> Iterator[str]:
    """Yield that a call raises, warns if `errors` are warnings, or returns no arrays of numbers.

    weights: for gradients that cannot be differentiated, one array for each gradient.
    """
    if issubclass(errors, Warning):
        warnings.simplefilter("error")
    try:
        outputs = compute_results(example)[0]
        if weights:
            example.differentiate(weights)
    except errors as error:
        yield f"{type(error).__name__}: {error}"
    else:
        kinds = [y.dtype.kind for y in outputs if type(y) is np.ndarray or isinstance(y, np.generic)]
        if len(kinds) < len(outputs) or not set(kinds) <= set("biufc"):
            yield f"the outputs are {outputs}"


def judge_accepted(_: Example) -> Iterator[str]:
    """Yield that a call is accepted."""
    yield "the call is accepted"


def judge_mismatch(example: Example) -> Iterator[str]:
    """Yield that sizes are accepted although they do not fit, and the operation does not broadcast."""
    if not getattr(example.op, "broadcasts", False):
        yield "the sizes do not fit, and are accepted"


def judge_unless_refused(
    example: Example, judge: Callable[..., Iterator[str]], **values: Any
) -> Iterator[str]:
    """Yield the facts of another judge, unless the call is refused."""
    try:
        example.call(*example.inputs)
        facts = list(judge(example, **values))
    except Exception as error:
        print("refused:", error)
        facts = []
    yield from facts
