"""Calls of an operation on plain arrays, with every way to misbehave turned into a finding."""

from __future__ import annotations

import warnings
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.node import Context
from .closeness import finite
from .finding import Broken
from .guarded import guarded
from .returned import per_input
from .sample import is_float
from .signed import signed_values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from .sample import Sample


@dataclass(eq=False)
class Sweep:
    """One backward pass.

    Attributes
    ----------
    given : list of arrays
        The gradients of the outputs that `backward` was given.
    returned : Any
        What it returned, as it returned it.
    copied : Any
        A copy of that, for as long as the operation may write to its buffers.
    told : tuple of str
        Its warnings.
    """

    given: list[NDArray[Any]]
    returned: Any
    copied: Any
    told: tuple[str, ...]


@dataclass(eq=False)
class Call:
    """One forward pass and what it left behind, with one backward pass that the checks share.

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
    told : tuple of str
        The warnings of a `watched_forward`; None if nobody listened, as nobody does in `swept` then.
    """

    op: Any
    sample: Sample
    ctx: Context
    raw: Any
    outputs: tuple[NDArray[Any], ...]
    many: bool
    told: tuple[str, ...] | None = None

    @property
    def finite(self) -> bool:
        """All outputs are finite."""
        return all(map(finite, self.outputs))

    @cached_property
    def grads(self) -> list[NDArray[Any]]:
        """Random signed gradients of the outputs, the same for the same recipe."""
        return self.drawn("", self.outputs)

    def drawn(self, purpose: str, like: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Return an array for each of some: random and signed for floats, zeros for others."""
        recipe = self.sample.recipe
        start = zlib.crc32((recipe.label + purpose).encode())
        arrays = []
        for y in like:
            drawn = y.dtype.kind in "fc"
            arrays.append(
                signed_values(recipe.seed, start, y.shape).astype(y.dtype) if drawn else np.zeros_like(y)
            )
            start += y.size
        return arrays

    @cached_property
    def passes(self) -> list[tuple[list[NDArray[Any]], list[Any]]]:
        """Three backward passes, as (gradients, copies of what came back): `grads`, large, a single value."""
        large = [30 * g for g in self.drawn("large", self.outputs)]
        single = [g * (np.arange(g.size).reshape(g.shape) == g.size // 2) for g in self.grads]
        others = [(g, [r if r is None else r.copy() for r in backward(self, g)]) for g in (large, single)]
        return [(self.grads, self.received), *others]

    @cached_property
    def swept(self) -> Sweep:
        """One backward pass for `grads`, which it gets as copies."""
        return self._sweep([g.copy() for g in self.grads])

    @cached_property
    def plain(self) -> tuple[Sweep, Sweep]:
        """Two more of them, for ones and for zeros."""
        return self._sweep(cotangents(self, np.ones)), self._sweep(cotangents(self, np.zeros))

    def _sweep(self, given: list[NDArray[Any]]) -> Sweep:
        def run() -> Any:
            return self.op.backward(self.ctx, *given)

        unheard = self.told is None  # to listen takes as long as a small backward pass
        returned, told = (guarded("backward", run), ()) if unheard else watched("backward", run)
        return Sweep(given, returned, _copied(returned), told)

    @cached_property
    def received(self) -> list[Any]:
        """What it returned as one array per input, None where none is owed; Broken if that cannot be."""
        return per_input(self, self.swept.copied)

    @cached_property
    def steepness(self) -> list[float]:
        """The sum of the absolute values of each gradient received."""
        return [0.0 if g is None else float(np.abs(g).sum()) for g in self.received]

    @cached_property
    def single(self) -> Call:
        """The same call in single precision."""
        return forward(self.op, self.sample.cast(np.float32))

    @cached_property
    def flat(self) -> NDArray[Any]:
        """The float outputs as one vector."""
        return flat(self.outputs)

    @cached_property
    def size(self) -> float:
        """The largest absolute value among the float outputs."""
        return float(np.abs(self.flat).max(initial=0.0))

    @property
    def elementwise(self) -> bool:
        """Whether the operation says that it broadcasts, and is pointwise."""
        return bool(getattr(self.op, "broadcasts", False)) and self.pointwise

    @cached_property
    def pointwise(self) -> bool:
        """Whether each value of the output depends on one value of each input: seen, not claimed."""
        shape = self.outputs[0].shape
        if len(self.outputs) != 1 or any(self.sample.inputs[i].shape != shape for i in self.sample.floats):
            return False
        odd = np.arange(self.outputs[0].size).reshape(shape) % 2 == 1
        return all(self._stays(~chosen, chosen) for chosen in (odd, ~odd))

    def _stays(self, still: NDArray[Any], moved: NDArray[Any]) -> bool:
        """Whether outputs stay the same where the inputs do."""
        inputs = [np.where(moved, x * 0.75, x) if is_float(x) else x for x in self.sample.inputs]
        again = forward(self.op, self.sample.with_inputs(tuple(inputs))).outputs[0]
        return np.array_equal(again[still], self.outputs[0][still])


def forward(op: Any, sample: Sample, needs: tuple[bool, ...] | None = None) -> Call:
    """Run `op.forward` on a sample; Broken if it raises or returns nonsense."""
    ctx = Context(op, sample.inputs, sample.settings, sample.needs if needs is None else needs)
    raw = guarded("forward", lambda: op.forward(ctx, *sample.inputs, **sample.settings))
    if not getattr(op, "differentiable", True) and isinstance(raw, bool | int | float):
        raw = np.asarray(raw)
    many = isinstance(raw, tuple)
    outputs = tuple([_as_array(y) for y in (raw if many else (raw,))])
    return Call(op, sample, ctx, raw, outputs, many)


def watched_forward(op: Any, sample: Sample) -> Call:
    """Run `op.forward` on a sample, and keep its warnings."""
    call, told = watched("forward", lambda: forward(op, sample))
    call.told = told
    return call


def watched(what: str, run: Callable[[], Any]) -> tuple[Any, tuple[str, ...]]:
    """Return `run()` and what it warned of; Broken if it raises."""
    with (
        warnings.catch_warnings(record=True) as caught,
        np.errstate(over="warn", divide="warn", invalid="warn", under="ignore"),
    ):
        warnings.simplefilter("always")
        result = guarded(what, run)
    return result, tuple([f"{what} warns: {w.category.__name__}: {w.message}" for w in caught])


def backward(call: Call, grads: Sequence[Any], *, checked: bool = True) -> list[Any]:
    """Return one gradient per input, summed back where the operation broadcasts.

    Broken if `backward` raises, or returns something that the engine could not use (unless not `checked`).
    """
    op, ctx = call.op, call.ctx
    return per_input(call, guarded("backward", lambda: op.backward(ctx, *grads)), checked=checked)


def cotangents(call: Call, make: Callable[[tuple[int, ...]], NDArray[Any]]) -> list[NDArray[Any]]:
    """Return one gradient per output, from `make`; zeros for outputs that are not floats."""
    return [
        np.asarray(make(y.shape), y.dtype) if y.dtype.kind in "fc" else np.zeros(y.shape, y.dtype)
        for y in call.outputs
    ]


def _copied(returned: Any) -> Any:
    if isinstance(returned, tuple):
        return tuple(map(_copied, returned))
    return returned.copy() if type(returned) is np.ndarray else returned


def flat(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return the float ones of some arrays, one per output, as one vector."""
    if len(arrays) == 1 and arrays[0].dtype.kind in "fc":
        return arrays[0].ravel()
    return np.concatenate([np.ravel(y) for y in arrays if y.dtype.kind in "fc"] or [np.empty(0)])


def _as_array(y: Any) -> NDArray[Any]:
    if type(y) is np.ndarray and y.dtype.kind in "biufc":
        return y
    if isinstance(y, np.generic) and y.dtype.kind in "biufc":
        return np.asarray(y)
    plain = type(y) is np.ndarray
    what = f"an array of dtype {y.dtype}" if plain else f"{type(y).__name__}, no plain array"
    hint = "; several outputs are a tuple" if isinstance(y, list) else ""
    raise Broken("not-an-array", f"forward returned {what}: expected a NumPy array of numbers{hint}")
