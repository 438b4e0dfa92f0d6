"""Only values count, not how they lie in memory."""

from __future__ import annotations

from itertools import cycle, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..call import Call, backward, forward
from ..closeness import close, same
from ..finding import Broken, Check, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from ..study import Study


def layout(study: Study) -> Iterator[Finding]:
    """The same values in another memory layout give the same results: for inputs and for gradients.

    Fortran order, negative strides, read-only, a transposed base, gaps filled with NaN, zero strides
    (broadcast).
    Faults: `ravel("K")`, reading over the gaps of a strided buffer, writing into an input, `.base`,
    `np.frombuffer`.
    Fix: index and reshape; copy before writing. Results may differ by rounding: reductions reorder.
    """
    pairs = list(pairwise((*LAYOUTS, next(iter(LAYOUTS)))))
    others = (*_other_dimensions(study), *study.several_calls[1:])
    in_turns = zip(others, cycle(reversed(pairs)))  # gaps first: a vector has no other layout
    for call, pair in (*((study.first, pair) for pair in pairs), *in_turns):
        if finding := next(_both(study, call, *pair), None):
            yield finding
            return
    if study.differentiable and study.first.sample.floats:
        last = max(g.ndim for g in study.first.grads) - 1
        for axis in {0, last}:
            if finding := next(_constant(study.first, axis), None):
                yield finding
                return


def _other_dimensions(study: Study) -> Iterator[Call]:
    """Yield a vector and a block for arguments of any shape: strides are special in each number of axes."""
    for label in ("shape (5,)", "shape (2, 3, 4)"):
        yield from [call for call in study.derived("sizes") if call.sample.recipe.label == label][:2]


def _fortran(x: NDArray[Any]) -> NDArray[Any]:
    return np.array(x, order="F")


def _reversed(x: NDArray[Any]) -> NDArray[Any]:
    flip: Any = (..., *(slice(None, None, -1),) * x.ndim)  # the ellipsis keeps a 0-d array an array
    view = np.array(x[flip])[flip]
    view.flags.writeable = False
    return view


def _gaps(x: NDArray[Any]) -> NDArray[Any]:
    first = (*range(1, x.ndim), 0)[: x.ndim]
    turned = x.transpose(first)
    wide = np.full(tuple(2 * n + 1 for n in turned.shape), _poison(x.dtype))
    inner: Any = (..., *(slice(1, None, 2),) * x.ndim)
    view = wide[inner]
    view[...] = turned
    return view.transpose((-1, *range(x.ndim - 1))[: x.ndim])


LAYOUTS: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "Fortran order": _fortran,
    "negative strides, read-only": _reversed,
    "axes rotated, gaps between the values": _gaps,
}


def _both(study: Study, call: Call, name: str, other: str) -> Iterator[Finding]:
    """Yield what differs with inputs in one layout and gradients in another, and which of them it is."""
    backwards = study.differentiable and bool(call.sample.floats)
    grads = [LAYOUTS[other](g) for g in call.grads] if backwards else None
    if (together := next(_inputs(call, name, grads), None)) is None:
        return
    yield from _inputs(call, name, call.grads if backwards else None)
    if grads is not None:
        yield from _compared(call, grads, call.received, call.received, other)
    yield together


def _inputs(call: Call, name: str, grads: list[Any] | None) -> Iterator[Finding]:
    inputs = tuple(LAYOUTS[name](x) if isinstance(x, np.ndarray) else x for x in call.sample.inputs)
    sample = call.sample.with_inputs(inputs)
    try:
        other = forward(call.op, sample)
        received = [] if grads is None else backward(other, grads)
    except Broken as broken:
        code = "writes-input" if "read-only" in broken.fact else "layout-raises"
        yield Finding(code, f"with inputs in another layout ({name}): {broken.fact}", sample)
        return
    for y, usual in zip(other.outputs, call.outputs, strict=False):
        if not _close(y, usual):
            yield Finding(
                "depends-on-layout", f"the output depends on the layout of the inputs ({name})", sample
            )
            return
    for i, g in enumerate(received):
        if g is not None and not _close(g, call.received[i]):
            yield Finding(
                "depends-on-layout",
                f"the gradient for input {i} depends on the layout of the inputs ({name})",
                sample,
            )
            return


def _constant(call: Call, axis: int) -> Iterator[Finding]:
    """Yield what differs with gradients of stride 0, as that of a sum: constant along one axis."""
    stretched = [_stretched(g, axis) for g in call.grads]
    same = backward(call, [np.array(g) for g in stretched])
    # A constant through a norm or a softmax gives zero, but for rounding: the usual gradient has the scale.
    yield from _compared(call, stretched, same, call.received, "zero strides, as from broadcasting")


def _stretched(g: NDArray[Any], axis: int) -> NDArray[Any]:
    if not g.size or not g.ndim:
        return g
    return np.broadcast_to(np.take(g, [0], axis=axis), g.shape) if axis < g.ndim else g


def _compared(
    call: Call, grads: list[Any], expected: list[Any], usual: list[Any], name: str
) -> Iterator[Finding]:
    try:
        received = backward(call, grads)
    except Broken as broken:
        code = "writes-grad" if "read-only" in broken.fact else "layout-raises"
        yield Finding(code, f"with grad in another layout ({name}): {broken.fact}", call.sample)
        return
    for i, (g, right, like) in enumerate(zip(received, expected, usual, strict=True)):
        if g is not None and not _close(g, right, like):
            yield Finding(
                "depends-on-layout",
                f"the gradient for input {i} depends on the layout of grad ({name})",
                call.sample,
            )
            return


def _close(x: Any, y: Any, *usual: Any) -> bool:
    """Return whether x is y but for rounding, at the scale of y and of what is `usual`."""
    if x.shape != y.shape:
        return False
    if same(x, y):
        return True
    scale = max(float(np.abs(a[np.isfinite(a)]).max(initial=0.0)) if a.size else 0.0 for a in (y, *usual))
    return close(x, y, 1e-9, 1e-11 * scale)


def _poison(kind: np.dtype[Any]) -> Any:
    if kind.kind in "fc":
        return np.array(np.nan, kind)
    return np.array(kind.kind == "b" or 10**6, kind)


CHECK = Check("layout", layout, after=("protocol",))
