"""A fingerprint of the calls that a function made, which shows whether it makes the same ones again."""

from __future__ import annotations

from cmath import isclose
from collections.abc import Hashable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..tensor import Tensor

if TYPE_CHECKING:
    from ..engine.node import Context


class Fingerprint:
    """The calls that lead to some tensors, from a number on.

    Attributes
    ----------
    outside : list of Tensor
        The tensors from before that require a gradient and lead to them, in the order in which they are met.
    """

    def __init__(self, results: Sequence[Tensor], start: int) -> None:
        self.outside: list[Tensor] = []
        self._structure: list[
            Hashable
        ] = []  # what is the same in both runs: names, shapes, who is whose input
        self._samples: list[NDArray[Any]] = []  # samples of what is computed, where the last bits may differ
        positions: dict[Any, int] = {}  # of nodes, and of tensors outside by their ids
        for node in sorted(_reachable_nodes(results, start), key=lambda node: node.number):
            self._structure.append((node.op.name, len(node.inputs)))
            for x, needed in zip(node.inputs, node.needs, strict=True):
                if needed:
                    self._structure.append(self._position(x, start, positions))
                else:
                    self._add_value(x.data if isinstance(x, Tensor) else x)
            self._add_value(node.settings)
            positions[node] = len(positions)
        for t in results:
            self._add_value(t.data)

    def matches(self, other: Fingerprint) -> bool:
        """Return whether the same calls were made on the same values."""
        return self._structure == other._structure and all(map(_is_close, self._samples, other._samples))

    def _position(self, x: Tensor, start: int, positions: dict[Any, int]) -> Hashable:
        """Return which tensor it is: the output of an earlier call, or one from outside."""
        if x.node is not None and x.node.number > start:
            return positions[x.node], x.node.outputs and x.index
        if id(x) not in positions:
            positions[id(x)] = len(self.outside)
            self.outside.append(x)
            self._add_value(x.data)
            self._structure.append(_checksum(x.data))  # of all values: they are not recomputed
        return positions[id(x)]

    def _add_value(self, value: Any) -> None:
        """Record an array, number, string, or a container of these; of anything else only its type."""
        if isinstance(value, (np.ndarray, np.generic, float, complex)):
            array = np.asarray(value)
            self._structure.append((array.shape, array.dtype.str))
            self._samples.append(array.flat[:: max(1, array.size // 64)])  # a copy
        elif isinstance(value, dict):
            self._add_value(tuple(value.items()))
        elif isinstance(value, (tuple, list)):
            self._structure.append(len(value))
            for item in value:
                self._add_value(item)
        elif isinstance(value, slice):
            self._add_value((value.start, value.stop, value.step))
        else:
            plain = value is None or isinstance(value, (int, str))
            self._structure.append(value if plain else type(value).__qualname__)


def _reachable_nodes(results: Sequence[Tensor], start: int) -> set[Context]:
    """Return the nodes after `start` that lead to the tensors."""
    stack = [t.node for t in results if t.node]
    found = set(stack)
    while stack:
        node = stack.pop()
        for x, needed in zip(node.inputs, node.needs, strict=True):
            if needed and x.node is not None and x.node.number > start and x.node not in found:
                found.add(x.node)
                stack.append(x.node)
    return found


def _checksum(data: NDArray[Any]) -> Hashable:
    """Return the sum of the values' bits as integers, which is exact and raises no overflow warning."""
    if data.dtype.kind == "c":
        return _checksum(np.real(data)), _checksum(np.imag(data))
    return int(np.sum(data.view(f"u{data.itemsize}"))) if data.itemsize <= 8 else None


def _is_close(a: NDArray[Any], b: NDArray[Any]) -> bool:
    if a.dtype.kind not in "fc":
        return np.array_equal(a, b)
    tolerance = float(np.sqrt(np.finfo(a.dtype).eps))
    # Not np.allclose, which changes NumPy's error state for a while, and for good if Ctrl-C comes then.
    close = partial(isclose, rel_tol=tolerance, abs_tol=tolerance)
    return all(close(x, y) or (x != x and y != y) for x, y in zip(a.tolist(), b.tolist(), strict=True))
