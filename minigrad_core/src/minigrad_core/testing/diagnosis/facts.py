"""What a hypothesis about a wrong gradient looks at, and how it is compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

FIT = 1e-6  # relative; oracles are known to 1e-8 or better


@dataclass(frozen=True)
class Facts:
    """What the hypotheses look at, for one input.

    Attributes
    ----------
    x, name : array, str
        The input, and what `forward` calls it.
    mine, true : arrays of its shape
        The analytic and the numeric gradient.
    grad : array
        The cotangent of the first float output.
    output : array
        That output.
    jacobian : (outputs, values) array or None
        The numeric Jacobian, if there is one output.
    others : dict of str to array
        Gradients of the other inputs, numeric.
    parts : dict of str to array
        What each output contributes to the numeric gradient, if there are several.
    discrete : dict of str to array
        Inputs that are indices or masks.
    inputs : dict of str to array
        The other float inputs.
    matrix : (all outputs, values) array or None
        The numeric Jacobian of all float outputs.
    sizes : tuple of int
        How many values each float output has.
    settings : dict
        The settings of the call.
    rule : callable
        Returns the analytic Jacobian, None if it is too large; costly, as are the following.
    again : callable
        Returns the facts about another draw of the same case, None if it has none.
    elsewhere : callable
        Yields the numeric gradient at changed values of the other inputs.
    conditions : callable
        Yields under which changes of an input the gradient is right.
    """

    x: NDArray[Any]
    mine: NDArray[Any]
    true: NDArray[Any]
    grad: NDArray[Any]
    output: NDArray[Any]
    jacobian: NDArray[Any] | None
    others: dict[str, NDArray[Any]]
    name: str = "x"
    parts: dict[str, NDArray[Any]] = field(default_factory=dict)
    discrete: dict[str, NDArray[Any]] = field(default_factory=dict)
    inputs: dict[str, NDArray[Any]] = field(default_factory=dict)
    matrix: NDArray[Any] | None = None
    sizes: tuple[int, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    rule: Callable[[], NDArray[Any] | None] = lambda: None
    again: Callable[[], Facts | None] = lambda: None
    elsewhere: Callable[[], Iterator[tuple[str, NDArray[Any]]]] = lambda: iter(())
    conditions: Callable[[], Iterator[str]] = lambda: iter(())

    @property
    def output_name(self) -> str:
        """The output's name in messages: y, unless that is an input's."""
        return "the output" if "y" in (self.name, *self.inputs) else "y"


def fits(x: Any, y: Any, tolerance: float = FIT) -> bool:
    """Whether two arrays are equal as far as an oracle can tell."""
    if np.shape(x) != np.shape(y):
        return False
    scale = float(np.abs(y).max(initial=0.0))
    return bool((np.abs(x - y) <= tolerance * scale + 1e-12).all())


def ratio_of(mine: Any, true: Any) -> float | None:
    """Return the factor between two arrays of at least two values, None if there is none."""
    big = np.abs(true) > 1e-3 * np.abs(true).max(initial=0.0)
    if not big.any():
        return None
    ratio = float(np.median((mine / np.where(big, true, 1.0))[big]))
    return ratio if ratio and (true.size > 1 or _plain(ratio)) and fits(mine, ratio * true) else None


def _plain(ratio: float) -> bool:
    return any(
        np.isclose(abs(ratio) * k, round(abs(ratio) * k), rtol=FIT) for k in (1, 2, 3, 4, 5, 6, 8, 10, 12)
    )


def as_number(ratio: float) -> str:
    """Return a ratio as a fraction of small numbers, if it is one."""
    for k in range(1, 13):
        if round(ratio * k) and np.isclose(ratio * k, round(ratio * k), rtol=1e-7):
            return f"{round(ratio * k)}" if k == 1 else f"{round(ratio * k)}/{k}"
    return f"{ratio:.6g}"


def close_entries(mine: Any, true: Any) -> NDArray[Any]:
    """Return which entries are equal as far as an oracle can tell."""
    return np.abs(mine - true) <= FIT * np.maximum(np.abs(true), 1e-3 * np.abs(true).max(initial=0.0)) + 1e-13


def region(x: NDArray[Any], bad: NDArray[Any], name: str = "x") -> str | None:
    """Return the condition on the values that separates `bad` from the rest: a sign, or a threshold."""
    return next((f"{told} {_between(low, high)}" for told, low, high in thresholds(x, bad, name)), None)


def thresholds(x: NDArray[Any], bad: NDArray[Any], name: str = "x") -> Iterator[tuple[str, float, float]]:
    """Yield what separates `bad` from the rest: "x >", and between which numbers the threshold lies."""
    if x.shape != bad.shape or bad.all() or not bad.any() or x.size < 2:
        return
    for told, values in ((name, x), (f"|{name}|", np.abs(x))):
        inside, outside = values[bad], values[~bad]
        for sign, low, high in (
            (">", float(outside.max()), float(inside.min())),
            ("<", float(inside.max()), float(outside.min())),
        ):
            if low < high:
                yield f"{told} {sign}", low, high


def _between(low: float, high: float) -> str:
    """Return the roundest number between two others."""
    if low < 0 < high:
        return "0"
    for digits in range(-3, 8):
        for number in (round(low, digits), round(high, digits), round((low + high) / 2, digits)):
            if low < number < high:
                return f"{number:g}"
    return f"{(low + high) / 2:.3g}"
