"""Random programs, and a reference apart from the engine: every derivative carried forward, dense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SHAPES: tuple[tuple[int, ...], ...] = ((), (1,), (3,), (2, 3), (2, 1), (0,), (0, 1))


@dataclass(frozen=True)
class Program:
    """Steps over numbered values: the leaves, then what each step adds.

    Operands are taken modulo the number of values so far, so that any numbers make a program: with shared
    values, diamonds, a value used twice, and leaves that nothing uses.
    """

    leaves: tuple[Floats, ...]
    needs: tuple[bool, ...]
    steps: tuple[tuple[str, int, int], ...]
    outputs: tuple[int, ...]

    def run(self, operations: dict[str, Any], leaves: list[Any]) -> list[Any]:
        """Return the values of the outputs, with these operations on these leaves."""
        values = list(leaves)
        for name, i, j in self.steps:
            x, y = values[i % len(values)], values[j % len(values)]
            if name in ("add", "multiply"):
                values.append(operations[name](x, y if _fit(x, y) else x))
            elif name == "pair":
                values.extend(operations["pair"](x))
            else:
                values.append(operations[name](x))
        return [values[k % len(values)] for k in self.outputs]


def _fit(x: Any, y: Any) -> bool:
    try:
        np.broadcast_shapes(x.shape, y.shape)
    except ValueError:
        return False
    return True


@st.composite
def programs(draw: st.DrawFn, steps: int = 7) -> Program:
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    number = st.integers(0, 40)
    step = st.tuples(st.sampled_from(["add", "multiply", "multiply", "total", "pair"]), number, number)
    return Program(
        leaves=tuple(rng.uniform(-1, 1, shape) for shape in shapes),
        needs=tuple(draw(st.booleans()) for _ in shapes),
        steps=tuple(draw(st.lists(step, max_size=steps))),
        outputs=tuple(draw(st.lists(number, min_size=1, max_size=3))),
    )


@dataclass(frozen=True)
class Jet:
    """A value with its first and second derivatives by the p entries of all leaves.

    first: value.shape + (p,); second: value.shape + (p, p).
    """

    value: Floats
    first: Floats
    second: Floats

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape


def jets(leaves: tuple[Floats, ...]) -> list[Jet]:
    p = sum(leaf.size for leaf in leaves)
    found, start = [], 0
    for leaf in leaves:
        first = np.zeros((leaf.size, p))
        first[np.arange(leaf.size), start + np.arange(leaf.size)] = 1
        found.append(Jet(leaf, first.reshape(*leaf.shape, p), np.zeros((*leaf.shape, p, p))))
        start += leaf.size
    return found


def _add(x: Jet, y: Jet) -> Jet:
    return Jet(np.asarray(x.value + y.value), x.first + y.first, x.second + y.second)


def _multiply(x: Jet, y: Jet) -> Jet:
    a, b = x.value[..., None], y.value[..., None]
    cross = x.first[..., :, None] * y.first[..., None, :]
    second = a[..., None] * y.second + b[..., None] * x.second + cross + np.swapaxes(cross, -1, -2)
    return Jet(np.asarray(x.value * y.value), a * y.first + b * x.first, second)


def _total(x: Jet) -> Jet:
    axes = tuple(range(x.value.ndim))
    return Jet(np.asarray(x.value.sum()), x.first.sum(axis=axes), x.second.sum(axis=axes))


def _pair(x: Jet) -> tuple[Jet, Jet]:
    return Jet(2 * x.value, 2 * x.first, 2 * x.second), Jet(-x.value, -x.first, -x.second)


REFERENCE: dict[str, Any] = {"add": _add, "multiply": _multiply, "total": _total, "pair": _pair}


def part(leaves: tuple[Floats, ...], k: int) -> slice:
    """Return where the entries of leaf `k` stand among all entries."""
    start = sum(leaf.size for leaf in leaves[:k])
    return slice(start, start + leaves[k].size)


def entries(derivative: Floats, leaves: tuple[Floats, ...], k: int) -> Floats:
    """Return the part of a derivative by all entries that belongs to leaf `k`, in the leaf's shape."""
    return derivative[..., part(leaves, k)].reshape(derivative.shape[:-1] + leaves[k].shape)
