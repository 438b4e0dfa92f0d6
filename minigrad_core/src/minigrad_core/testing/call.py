"""Calls of an operation on plain arrays, with every way to misbehave turned into a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..array import unbroadcast
from ..engine.node import Context
from .finding import Broken
from .guarded import guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from .sample import Sample


@dataclass(eq=False)
class Call:
    """One forward pass and what it left behind.

    Attributes
    ----------
    op, sample : the operation and its arguments
    ctx : Context
        What `backward` will read.
    raw : Any
        What `forward` returned, as it returned it.
    outputs : tuple of arrays
        The same as arrays, one per output.
    many : bool
        Whether it returned a tuple.
    """

    op: Any
    sample: Sample
    ctx: Context
    raw: Any
    outputs: tuple[NDArray[Any], ...]
    many: bool

    @property
    def finite(self) -> bool:
        """All outputs are finite."""
        return all(bool(np.isfinite(y).all()) for y in self.outputs)


def forward(op: Any, sample: Sample, needs: tuple[bool, ...] | None = None) -> Call:
    """Run `op.forward` on a sample; Broken if it raises or returns nonsense."""
    ctx = Context(op, sample.inputs, sample.settings, sample.needs if needs is None else needs)
    raw = guarded("forward", lambda: op.forward(ctx, *sample.inputs, **sample.settings))
    if not getattr(op, "differentiable", True) and isinstance(raw, bool | int | float):
        raw = np.asarray(raw)
    many = isinstance(raw, tuple)
    outputs = tuple(_as_array(y) for y in (raw if many else (raw,)))
    return Call(op, sample, ctx, raw, outputs, many)


def backward(call: Call, grads: Sequence[Any], *, checked: bool = True) -> list[Any]:
    """Return one gradient per input, summed back where the operation broadcasts.

    Broken if `backward` raises, or returns something that the engine could not use (unless not `checked`).
    """
    op, ctx = call.op, call.ctx
    received = guarded("backward", lambda: op.backward(ctx, *grads))
    if isinstance(received, list):
        raise Broken("not-a-tuple", "backward returned a list: return a tuple with one gradient per input")
    received = received if isinstance(received, tuple) else (received,)
    inputs = call.sample.inputs
    if len(received) != len(inputs):
        raise Broken(
            "gradient-count",
            f"backward returned {len(received)} gradients for {len(inputs)} inputs "
            f"({', '.join(call.sample.names)})",
        )
    if not checked:
        return list(received)
    return [_fitted(call, i, g) for i, g in enumerate(received)]


def cotangents(call: Call, make: Callable[[tuple[int, ...]], NDArray[Any]]) -> list[NDArray[Any]]:
    """Return one gradient per output, from `make`; zeros for outputs that are not floats."""
    return [
        np.asarray(make(y.shape), y.dtype) if y.dtype.kind in "fc" else np.zeros(y.shape, y.dtype)
        for y in call.outputs
    ]


def signed(rng: np.random.Generator, scale: float = 1.0) -> Callable[[tuple[int, ...]], NDArray[Any]]:
    """Return a maker of random cotangents of both signs, none of them close to 0."""

    def make(shape: tuple[int, ...]) -> NDArray[Any]:
        u = rng.uniform(-scale, scale, shape)
        return u + np.copysign(0.5 * scale, u)

    return make


def _as_array(y: Any) -> NDArray[Any]:
    if (type(y) is np.ndarray or isinstance(y, np.generic)) and y.dtype.kind in "biufc":
        return np.asarray(y)
    plain = type(y) is np.ndarray
    what = f"an array of dtype {y.dtype}" if plain else f"{type(y).__name__}, no plain array"
    hint = "; several outputs are a tuple" if isinstance(y, list) else ""
    raise Broken("not-an-array", f"forward returned {what}: expected a NumPy array of numbers{hint}")


def _fitted(call: Call, i: int, g: Any) -> Any:
    x, name = call.sample.inputs[i], call.sample.names[i]
    if not call.ctx.needs[i]:
        if g is not None and not (isinstance(x, np.ndarray) and x.dtype.kind == "f"):
            raise Broken(
                "gradient-for-nothing",
                f"input {i} ({name}) can have no gradient: return None for it, not an array",
            )
        return None
    if g is None:
        raise Broken(
            "missing-gradient", f"backward returned None for input {i} ({name}), which needs a gradient"
        )
    if not isinstance(g, np.ndarray | np.generic) or g.dtype.kind not in "biufc":
        what = f"dtype {g.dtype}" if isinstance(g, np.ndarray) else type(g).__name__
        raise Broken(
            "not-an-array", f"the gradient for input {i} ({name}) is {what}: expected an array of numbers"
        )
    return _shaped(call, i, np.asarray(g))


def _shaped(call: Call, i: int, g: NDArray[Any]) -> NDArray[Any]:
    x, name = call.sample.inputs[i], call.sample.names[i]
    if g.shape == x.shape:
        return g
    if getattr(call.op, "broadcasts", False):
        try:
            summed = np.asarray(unbroadcast(g, x.shape))
        except (ValueError, IndexError):
            summed = g
        if summed.shape == x.shape:
            return summed
    raise Broken(
        "gradient-shape",
        f"the gradient for input {i} ({name}) has the wrong shape: expected {x.shape}, got {g.shape}"
        + _shape_hint(g.shape, x.shape),
    )


def _shape_hint(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    if len(got) > len(expected) and got[len(got) - len(expected) :] == expected:
        lost = tuple(range(len(got) - len(expected)))
        return f": summed over axis {lost[0] if len(lost) == 1 else lost} is missing"
    if sorted(got) == sorted(expected) and got == expected[::-1]:
        return ": it is transposed"
    if int(np.prod(got)) == int(np.prod(expected)):
        return ": the right number of values in another shape"
    return ""
