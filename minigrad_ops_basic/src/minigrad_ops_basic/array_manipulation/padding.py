"""`pad`, in all modes that have a gradient."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real
from minigrad_core.errors import ArgumentError

from ..composite import Composite
from ..gather import scatter_flat

Pair: TypeAlias = tuple[Any, Any]

_STATISTICS: dict[str, Any] = {"maximum": np.max, "minimum": np.min, "mean": np.mean, "median": np.median}
# The settings of each mode, with their defaults.
_MODE_SETTINGS: dict[str, dict[str, Any]] = {
    "constant": {"constant_values": 0},
    "linear_ramp": {"end_values": 0},
    "reflect": {"reflect_type": "even"},
    "symmetric": {"reflect_type": "even"},
    "edge": {},
    "wrap": {},
    **{name: {"stat_length": None} for name in _STATISTICS},
}
# The modes whose borders are copies of values of x, unless a reflection is odd: their gradient is a
# scatter-add.
_COPY_MODES = ("reflect", "symmetric", "edge", "wrap")


def _pad(x: Any, *, pad_width: Any, mode: str, own: dict[str, Any]) -> Array:
    """Return `x` with borders, one axis after another: as in NumPy, later ones contain earlier ones."""
    for axis, widths in enumerate(_expand_pairs(pad_width, x.ndim)):
        lines = np.moveaxis(x, axis, 0)
        setting = {
            name: value if name == "reflect_type" else _expand_pairs(value, x.ndim)[axis]
            for name, value in own.items()
        }
        before, after = _make_borders(lines, widths, mode, **setting)
        x = np.moveaxis(np.concatenate([before, lines, after]), 0, axis)
    return x


def _expand_pairs(value: Any, ndim: int) -> list[Pair]:
    """Return the (before, after) values of each axis, from NumPy's short forms."""
    pairs = np.broadcast_to(np.asarray(value), (ndim, 2))
    return [(before, after) for before, after in pairs]


def _make_borders(lines: Any, widths: Pair, mode: str, **setting: Any) -> Pair:
    """Return the borders before and after along the first axis, without constants."""
    if mode == "linear_ramp":
        return _make_ramp(lines[:1], widths[0]), np.flip(_make_ramp(lines[-1:], widths[1]), 0)
    n = lines.shape[0]
    if mode in _STATISTICS:
        start, end = (n if length is None else min(length, n) for length in setting["stat_length"])
        return (
            _repeat_line(_STATISTICS[mode](lines[:start], axis=0, keepdims=True), widths[0]),
            _repeat_line(_STATISTICS[mode](lines[n - end :], axis=0, keepdims=True), widths[1]),
        )
    # An odd reflection is twice the edge less the mirrored values: a linear combination of the values.
    weights = np.pad(np.eye(n, dtype=lines.dtype), (widths, (0, 0)), mode, reflect_type="odd")  # type: ignore[call-overload]
    return tuple(np.tensordot(w, lines, 1) for w in (weights[: widths[0]], weights[widths[0] + n :]))  # type: ignore[return-value]


def _make_ramp(edge: Any, width: int) -> Array:
    weight = np.linspace(0, 1, width, endpoint=False, dtype=edge.dtype)
    return edge * np.reshape(weight, (-1,) + (1,) * (edge.ndim - 1))


def _repeat_line(line: Any, width: int) -> Array:
    return np.broadcast_to(line, (width, *line.shape[1:]))


class Pad(Composite):
    """The array with borders of `pad_width` values: a number, or (before, after) for all axes or for each.

    mode, with its settings: "constant" (constant_values), "linear_ramp" (end_values), "edge", "wrap",
    "reflect" and "symmetric" (reflect_type), "maximum", "minimum", "mean" and "median" (stat_length).

    d/dx = the part of grad within the border, plus the gradients of the border values made of x.
    """

    takes_complex = True
    cases = (
        Case(x=real("2 3"), pad_width=2),
        Case(x=real("3"), pad_width=(1, 2), constant_values=(0.5, -1.0)),
        Case(x=real("2 3"), pad_width=((1, 0), (2, 3)), mode="linear_ramp", end_values=1.5),
        *(
            Case(x=real("2 3"), pad_width=((1, 0), (2, 4)), mode=mode)
            for mode in ("edge", "wrap", "reflect", "symmetric")
        ),
        *(
            Case(x=real("3"), pad_width=(2, 3), mode=mode, reflect_type="odd")
            for mode in ("reflect", "symmetric")
        ),
        Case(x=real("2 3 2"), pad_width=((1, 0), (0, 1), (2, 1)), mode="mean"),
        *(Case(x=real("2 3"), pad_width=((1, 2), (0, 3)), mode=mode) for mode in _STATISTICS),
        Case(x=np.zeros((2, 0)), pad_width=((1, 2), (0, 0)), mode="maximum"),
        Case(x=real("4"), pad_width=2, mode="mean", stat_length=(2, 3)),
    )

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        pad_width: Any,
        mode: Any = "constant",
        constant_values: Any = None,
        end_values: Any = None,
        reflect_type: Any = None,
        stat_length: Any = None,
    ) -> Array:
        if mode not in _MODE_SETTINGS:
            raise ArgumentError(
                f"pad: mode {mode!r} has no gradient; expected one of {', '.join(_MODE_SETTINGS)}"
            )
        if reflect_type not in (None, "even", "odd"):  # NumPy takes any other string for "even"
            raise ArgumentError(f'pad: expected reflect_type "even" or "odd", got {reflect_type!r}')
        if isinstance(pad_width, dict):
            raise ArgumentError("pad: a dict of widths is not supported; give (before, after) for each axis")
        given = {
            "constant_values": constant_values,
            "end_values": end_values,
            "reflect_type": reflect_type,
            "stat_length": stat_length,
        }
        given = {name: value for name, value in given.items() if value is not None}
        if unknown := given.keys() - _MODE_SETTINGS[mode]:
            raise ArgumentError(f"pad: mode {mode!r} does not know {', '.join(sorted(unknown))}")
        own = _MODE_SETTINGS[mode] | given
        ctx.save(_pad, (x,), {"pad_width": pad_width, "mode": mode, "own": own})
        return np.pad(x, pad_width, mode, **own)

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> tuple[Array | None, ...]:
        _, (x,), settings = ctx.saved
        if not x.size:  # NumPy pads it, and `np.max` has no value for it
            return (np.zeros_like(x),)
        width, mode, own = settings.values()
        if mode in _COPY_MODES and own.get("reflect_type") != "odd":
            positions = np.pad(np.arange(x.size).reshape(x.shape), width, mode)
            return (scatter_flat(grad, x.shape, positions),)
        if mode != "constant":
            return super().backward(ctx, grad, *grads)
        pairs = _expand_pairs(width, x.ndim)
        return (grad[tuple(slice(w, w + n) for (w, _), n in zip(pairs, x.shape, strict=True))].copy(),)


pad = Pad(np.pad)
