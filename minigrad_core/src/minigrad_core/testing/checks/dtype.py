"""float32 stays float32, float64 stays float64."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np

from ..call import Call, forward
from ..finding import Broken, Check, DoesNotApply, Finding
from ..kinds import unlike, words
from ..sample import is_float
from .reference import numpy_result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..sample import Sample
    from ..study import Study


def dtype(study: Study) -> Iterator[Finding]:
    """float32 in gives float32 out and float32 gradients, float64 likewise; a Python scalar does not promote.

    Also for 0-d and empty arrays, and for every setting.
    Faults: `np.zeros(shape)` or `np.eye(n)` without a dtype, an int64 mask times float32, an `np.float64`
    setting.
    Fix: pass `dtype=x.dtype`, `.astype(grad.dtype)`; keep Python scalars Python scalars.
    """
    if "dtype" in study.signature.settings:
        raise DoesNotApply("its dtype is a setting")
    for call in study.calls:
        if finding := _judged(study, call, np.dtype(np.float64)):
            yield finding
            return
    families = ("sizes", "empties", "axes", "settings", "partners")
    derived = [call for family in families for call in study.derived(family)]
    for call in unlike((*study.calls, *derived), _kind):
        finding = _single(study, call)
        if finding and (call in study.calls or finding.code != "backward-raises"):
            where = "" if call in study.calls else f" (at {call.sample.recipe.label})"
            yield Finding(finding.code, finding.fact + where, finding.sample)
            return
    if study.broadcasts:
        yield from _scalars(study)


def _kind(sample: Sample) -> object:
    """Return what a dtype may depend on: 0-d and single values may turn into scalars, many go another way."""
    inputs = [(x.ndim > 0, min(x.size, 2), x.size > 16) if is_float(x) else None for x in sample.inputs]
    return (*inputs, *words(sample))


def _single(study: Study, call: Call) -> Finding | None:
    return _judged(study, call.single, np.dtype(np.float32)) if call.sample.floats else None


def _judged(study: Study, call: Call, kind: np.dtype[Any]) -> Finding | None:
    if not call.sample.floats or not study.differentiable:
        return None
    for k, y in enumerate(call.outputs):
        if y.dtype.kind in "fc" and np.finfo(y.dtype).dtype != kind and not _numpy_promotes(call, y.dtype):
            which = f"output {k}" if call.many else "the output"
            return Finding("wrong-dtype", f"{which} is {y.dtype} for {kind} inputs", call.sample)
    if not any(y.dtype.kind in "fc" for y in call.outputs):
        return Finding("wrong-dtype", f"no output is {kind}: got {call.outputs[0].dtype}", call.sample)
    try:
        received = call.received
    except Broken as broken:
        return Finding(broken.code, broken.fact, call.sample)
    return _gradients(call, received, kind)


def _gradients(call: Call, received: list[Any], kind: np.dtype[Any]) -> Finding | None:
    for i, g in enumerate(received):
        if g is not None and g.dtype != kind and not _numpy_promotes(call, g.dtype):
            return Finding(
                "wrong-dtype", f"the gradient for input {i} is {g.dtype} for {kind} inputs", call.sample
            )
    return None


def _numpy_promotes(call: Call, kind: np.dtype[Any]) -> bool:
    """Whether the NumPy function that the operation answers for gives this dtype too, as np.interp does."""
    return any(
        np.asarray(part).dtype == kind
        for function in getattr(call.op, "implements", ())
        if (theirs := numpy_result(call, function)) is not None
        for part in (theirs if isinstance(theirs, tuple | list) else (theirs,))
    )


def _scalars(study: Study) -> Iterator[Finding]:
    for call in study.calls:
        for i in call.sample.floats:
            if len(call.sample.floats) > 1 and (i or _takes_scalar_first(study.op)):
                inputs = list(call.sample.cast(np.float32).inputs)
                inputs[i] = float(np.ravel(inputs[i])[0])
                yield from _promoted(study, call.sample.with_inputs(tuple(inputs)), i)


def _takes_scalar_first(op: Any) -> bool:
    """Whether `2.0 * x` makes sense: np.clip(2.0, low, high) promotes in NumPy itself."""
    return all(isinstance(function, np.ufunc) for function in getattr(op, "implements", ()))


def _promoted(study: Study, sample: Sample, i: int) -> Iterator[Finding]:
    try:
        call = forward(study.op, sample, tuple(is_float(x) for x in sample.inputs))
    except Broken:
        return
    if any(y.dtype == np.float64 and not _numpy_promotes(call, y.dtype) for y in call.outputs):
        if _used_alone(study, sample, i):
            return
        yield Finding("scalar-promotes", f"a Python float for input {i} turns float32 into float64", sample)


class _Watched(float):
    """A Python float that knows whether a ufunc alone made a float64 of it, np.cos(t) or np.exp(-t) say.

    Such a function gives a float64, which promotes, in NumPy as here: nobody converted anything. So do some
    of SciPy's beside a float32 array, as scipy.special.betaln does. `seen` is shared with what Python's own
    arithmetic makes of it.
    """

    seen: list[Any]

    def __new__(cls, value: float, seen: list[Any]) -> _Watched:
        made = super().__new__(cls, value)
        made.seen = seen
        return made

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        plain = [float(x) if isinstance(x, _Watched) else x for x in inputs]
        result = getattr(ufunc, method)(*plain, **options)
        kinds = [x.dtype for x in inputs if isinstance(x, np.ndarray) and is_float(x)]
        if np.float64 not in kinds and getattr(result, "dtype", None) == np.float64:
            self.seen.append(ufunc)
        return result

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        self.seen.append(function)
        plain = [float(x) if isinstance(x, _Watched) else x for x in args]
        return function(*plain, **options)


def _watching(name: str) -> Any:
    plain = getattr(float, name)

    def method(self: _Watched, *others: Any) -> Any:
        result = plain(self, *others)
        return _Watched(result, self.seen) if type(result) is float else result

    return method


for _name in (
    "neg",
    "abs",
    "add",
    "radd",
    "sub",
    "rsub",
    "mul",
    "rmul",
    "truediv",
    "rtruediv",
    "pow",
    "rpow",
):
    setattr(_Watched, f"__{_name}__", _watching(f"__{_name}__"))


def _used_alone(study: Study, sample: Sample, i: int) -> bool:
    inputs: list[Any] = list(sample.inputs)
    watched = inputs[i] = _Watched(inputs[i], [])
    with contextlib.suppress(Broken):
        forward(study.op, sample.with_inputs(tuple(inputs)), tuple(is_float(x) for x in sample.inputs))
    return bool(watched.seen)


CHECK = Check("dtype", dtype, after=("protocol",))
