"""Large, tiny and missing values."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import Dominant, Floats
from ..call import forward, watched_forward
from ..closeness import finite
from ..finding import Broken, Check, Finding
from ..gradient import as_function
from ..oracle import LONG
from ..sample import Sample, is_float

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from ..call import Call
    from ..study import Study

# What is this close to the largest number may overflow half-way: grad * exp(x) / n.
LARGEST = float(np.finfo(np.float64).max) * 1e-6


def extremes(study: Study) -> Iterator[Finding]:
    """No overflow where the true result is finite, no NaN that vanishes, no spurious warning.

    Tried: values around 1,000; 1e200 and 1e-200 for elementwise operations that scale with their input; one
    NaN. The true result is longdouble's. NaN may vanish only if the result does not depend on that input,
    or if the docstring says what happens to NaN.
    Faults: `log(sum(exp(x)))`, `1 / (1 + exp(-x))`, `where(x > 0, log(x), 0)`, `where(x > 0, x, 0)` for NaN.
    Fix: shift by the maximum, use both halves, choose the arguments before the function instead of the
    results after it.
    """
    for call in _calls(study):
        if finding := _judged(study, call):
            yield finding
            return
    yield from _swallowed(study)


def _calls(study: Study) -> Iterator[Call]:
    """Yield calls with ordinary and with large values; what has to raise is not among them."""
    yield from study.calls
    yield from study.derived("styles")
    for sample in _samples(study):
        with suppress(Broken):
            yield watched_forward(study.op, sample)
    if study.broadcasts:
        yield from _huge(study)


def _samples(study: Study) -> Iterator[Sample]:
    for call in study.several_calls:
        first = call is study.first
        yield from _scaled(call.sample, (1000.0, 300.0) if first else (1000.0,))
        if first:
            yield from _scaled(call.sample, (1000.0,), only_some=True)


def _huge(study: Study) -> Iterator[Call]:
    """Yield calls with values whose squares overflow, where f(2 x) = 2 f(x): none has to.

    Of an output that keeps its value beside one that doubles, as an angle does beside a length, the
    derivative may be too small for a float64: nobody listens then.
    """
    sample = study.first.sample
    f = as_function(study.op, sample, list(sample.floats))
    xs = [sample.inputs[i] for i in sample.floats]
    once, twice = f(xs), f([2 * x for x in xs])
    doubles = np.abs(twice - 2 * once) <= 1e-13 * np.abs(twice)
    if not doubles.any() or not (doubles | (twice == once)).all():
        return
    run, factors = (watched_forward, (1e200, 1e-200)) if doubles.all() else (forward, (1e200,))
    for huge in _scaled(sample, factors):
        with suppress(Broken):
            yield run(study.op, huge)


def _scaled(sample: Sample, factors: tuple[float, ...], *, only_some: bool = False) -> Iterator[Sample]:
    """Yield the sample with larger values, where the domain has them: all, or every other one."""
    for factor in factors:
        inputs, changed = list(sample.inputs), False
        for i in sample.floats:
            domain, x = sample.domains[i], inputs[i]
            if not isinstance(domain, Floats) or (domain.low, domain.high) not in (
                (-np.inf, np.inf),
                (0.0, np.inf),
            ):
                continue
            dominant = isinstance(domain, Dominant)  # as a whole, or it is so no longer
            large = factor * (x if dominant else x + np.sign(x) * 0.3)
            some = only_some and not dominant
            inputs[i] = np.array(
                np.where(np.arange(x.size).reshape(x.shape) % 2 == 0, large, x) if some else large
            )
            changed = True
        if changed:
            yield sample.with_inputs(tuple(inputs))


def _results(study: Study, call: Call) -> tuple[list[str], list[Any], tuple[str, ...]]:
    """Return names, values and warnings of the outputs and gradients."""
    names = [f"output {k}" if call.many else "the output" for k in range(len(call.outputs))]
    values, told = list(call.outputs), call.told or ()
    if study.differentiable and call.sample.floats:
        names += [f"the gradient for input {i}" for i, g in enumerate(call.received) if g is not None]
        values += [g for g in call.received if g is not None]
        told += call.swept.told
    return names, values, told


def _judged(study: Study, call: Call) -> Finding | None:
    try:
        names, values, told = _results(study, call)
    except Broken:
        return None
    if not all(map(finite, values)):
        return _overflows(study, call.sample, names, values)
    if not told:
        return None
    fact = f"{told[0]}, though every result is finite ({_range(call.sample)})"
    return Finding("spurious-warning", fact, call.sample)


def _overflows(study: Study, sample: Sample, names: list[str], values: list[Any]) -> Finding | None:
    if not LONG:
        return None
    try:
        _, exact, _ = _results(study, forward(study.op, sample.cast(np.longdouble)))
    except Broken:
        return None
    for name, mine, true in zip(names, values, exact, strict=True):
        if true.dtype != np.longdouble or true.shape != mine.shape:
            continue
        lost = ~np.isfinite(mine) & np.isfinite(true) & (np.abs(true) < LARGEST)
        if lost.any():
            got = float(mine[lost].flat[0]) if mine.ndim else float(mine)
            expected = float(true[lost].flat[0]) if true.ndim else float(true)
            return Finding(
                "overflow",
                f"{name} is {got}, though the true value is {expected:.4g} ({_range(sample)})",
                sample,
            )
    return None


def _swallowed(study: Study) -> Iterator[Finding]:
    if declares_nan(study.op):
        return
    for call in study.several_calls:
        if not study.broadcasts and _selects(call):
            continue
        for i in call.sample.floats:
            for places in _places(study, call, call.sample.inputs[i]):
                yield from _swallows(study, call, i, places)


def _places(study: Study, call: Call, x: NDArray[Any]) -> Iterable[Any]:
    """Return where NaN is put: some results depend on the largest value alone, others on the smallest.

    Everywhere at once, where each value has a result of its own.
    """
    if not x.size:
        return ()
    if call.elementwise:
        return (slice(None),)
    if call is not study.first:
        return (x.size - 1,)
    return dict.fromkeys((int(x.argmax()), int(x.argmin()), 0, x.size // 2))


def _selects(call: Call) -> bool:
    """Whether the output is some of the input's values: then NaN may be among the others, as in a sort."""
    given = np.concatenate([call.sample.inputs[i].ravel() for i in call.sample.floats])
    floats = [y for y in call.outputs if y.dtype.kind == "f"]  # beside them, perhaps, where they were found
    return all(y.size < given.size and np.isin(y, given).all() for y in floats)


def _swallows(study: Study, call: Call, i: int, places: Any) -> Iterator[Finding]:
    f = as_function(study.op, call.sample, [i])
    x, domain = call.sample.inputs[i], call.sample.domains[i]
    moved, missing = x.copy(), x.copy()
    moved.flat[places] = x.flat[places] * (1 - 2.0**-10 if domain is not None else 1.001)
    missing.flat[places] = np.nan
    try:
        nan = np.isnan(f([missing]))
        if nan.shape != call.flat.shape or (nan.all() if call.elementwise else nan.any()):
            return
        if not (~nan & (call.flat != f([moved]))).any():
            return
    except Broken:
        return
    yield Finding(
        "swallows-nan",
        f"input {i}: a NaN that the result depends on vanishes: the output is finite",
        call.sample,
    )


def declares_nan(op: Any) -> bool:
    """Whether the operation says what it does to NaN, or is a NumPy function that drops it."""
    functions = [getattr(f, "__name__", "") for f in getattr(op, "implements", ())]
    names = [str(getattr(op, "name", "")), *functions]
    return bool(re.search(r"\bnans?\b", type(op).__doc__ or "", re.IGNORECASE)) or any(
        re.match(r"nan|fmax|fmin|is|sort|argsort", name) for name in names
    )


def _range(sample: Sample) -> str:
    values = [x for x in sample.inputs if is_float(x) and x.size]
    if not values:
        return "no values"
    return (
        f"inputs from {min(float(x.min()) for x in values):.3g} to {max(float(x.max()) for x in values):.3g}"
    )


CHECK = Check("extremes", extremes, after=("protocol",))
