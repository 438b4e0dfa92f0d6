"""What a hypothesis about a wrong gradient looks at, and when arrays count as equal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

LARGEST = 20_000  # entries of a Jacobian that is made one backward pass at a time
FIT = 1e-6  # relative; oracles are known to 1e-8 or better


def fits(mine: Any, true: Any) -> bool:
    """Return whether two arrays are equal as far as an oracle can tell."""
    if np.shape(mine) != np.shape(true):
        return False
    scale = float(np.abs(true).max(initial=0.0))
    return bool((np.abs(mine - true) <= FIT * scale + 1e-12).all())


def differing(mine: Any, true: Any) -> NDArray[Any]:
    """Return which entries are not equal; what is far below the largest is rounding."""
    size = np.abs(true)
    return np.asarray(np.abs(mine - true) > FIT * np.maximum(size, 1e-3 * size.max(initial=0.0)) + 1e-13)


def ratio_of(mine: Any, true: Any) -> float | None:
    """Return c if mine = c true and c is not zero, else None."""
    size = np.abs(true)
    big = size > 1e-3 * size.max(initial=0.0)
    ratio = float(np.median(mine[big] / true[big])) if big.any() else 0.0
    return ratio if ratio and fits(mine, ratio * true) else None


def as_number(ratio: float) -> str:
    """Return a ratio as a fraction of small numbers, if it is one."""
    for k in range(1, 13):
        if round(ratio * k) and np.isclose(ratio * k, round(ratio * k), rtol=1e-7):
            return f"{round(ratio * k)}" if k == 1 else f"{round(ratio * k)}/{k}"
    return f"{ratio:.6g}"


@dataclass(frozen=True)
class Facts:
    """One call, and the input whose gradient is wrong.

    Attributes
    ----------
    f : takes the inputs, returns the float outputs as one vector
    pullback : takes the inputs and the cotangents, returns a gradient (or None) for each input
    numeric : takes the inputs and an index, returns the numeric Jacobian (outputs, values of that input);
        all three may raise `Broken`
    inputs, names, index : the inputs, what they are called, and which has the wrong gradient
    cotangents : what the backward pass was given, one array for each float output and in its shape
    settings : the settings of the call
    moved : returns other inputs and cotangents, as changes for `at`: what fits by chance does not fit there
    """

    f: Callable[[Sequence[Any]], NDArray[Any]]
    pullback: Callable[[Sequence[Any], Sequence[NDArray[Any]]], Sequence[Any]]
    numeric: Callable[[Sequence[Any], int], NDArray[Any]]
    inputs: Sequence[Any]
    names: Sequence[str]
    index: int
    cotangents: Sequence[NDArray[Any]]
    settings: Mapping[str, Any] = field(default_factory=dict)
    moved: Callable[[], Mapping[str, Any]] | None = None

    def at(self, **changes: Any) -> Facts | None:
        """Return the facts with other arguments, None if there are no two gradients to compare."""
        other = replace(self, **changes)
        try:
            same = other.gradient.dtype.kind == "f" and other.gradient.shape == other.expected.shape
        except Broken:
            return None
        return other if same and np.isfinite(other.expected).all() else None

    @cached_property
    def again(self) -> Facts | None:
        """The facts at other inputs and cotangents, None if there are none."""
        return None if self.moved is None else self.at(**self.moved(), moved=None)

    @property
    def x(self) -> NDArray[Any]:
        """The input whose gradient is wrong."""
        return np.asarray(self.inputs[self.index])

    @property
    def g(self) -> NDArray[Any]:
        """The cotangents as one vector."""
        return np.concatenate([np.ravel(g) for g in self.cotangents])

    @cached_property
    def values(self) -> dict[str, NDArray[Any]]:
        """The float inputs by name, the suspect first, and the output if there is one."""
        arrays = {name: np.asarray(x) for name, x in zip(self.names, self.inputs, strict=True)}
        known = {self.names[self.index]: self.x} | {k: x for k, x in arrays.items() if x.dtype.kind == "f"}
        if len(self.cotangents) == 1:
            name = "the output" if "y" in known else "y"
            known[name] = self.f(self.inputs).reshape(self.cotangents[0].shape)
        return known

    @cached_property
    def gradient(self) -> NDArray[Any]:
        """The analytic gradient."""
        return np.asarray(self.pullback(self.inputs, self.cotangents)[self.index])

    @cached_property
    def jacobian(self) -> NDArray[Any]:
        """The numeric Jacobian (outputs, values)."""
        return self.numeric(self.inputs, self.index)

    @cached_property
    def expected(self) -> NDArray[Any]:
        """The numeric gradient."""
        return np.asarray((self.g @ self.jacobian).reshape(self.x.shape))

    @cached_property
    def pair(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """The Jacobian that the pullback stands for, and the numeric one; or two gradients, as a row each."""
        ends = np.cumsum([g.size for g in self.cotangents])[:-1]
        units = [np.split(row, ends) for row in np.eye(self.g.size if self.jacobian.size <= LARGEST else 0)]
        grads = [[u.reshape(g.shape) for u, g in zip(unit, self.cotangents, strict=True)] for unit in units]
        try:
            mine = np.array([np.ravel(self.pullback(self.inputs, unit)[self.index]) for unit in grads])
        except Broken:
            mine = np.empty(0)
        if mine.shape != self.jacobian.shape or not fits(self.g @ mine, self.gradient.ravel()):
            return self.gradient.reshape(1, -1), self.expected.reshape(1, -1)
        size = np.abs(self.jacobian)
        return mine, np.where(size > 1e-7 * size.max(initial=0.0), self.jacobian, 0.0)
