"""A fingerprint of the calls that a function made, to see whether a second run makes the same calls."""

from __future__ import annotations

from cmath import isclose
from collections.abc import Hashable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine import assignments
from ..engine.node import Context
from ..tensor import Tensor


class CallFingerprint:
    """The calls with numbers above `start` that computed `results`.

    Attributes
    ----------
    outside : list of Tensor
        The older tensors that require a gradient and that the results depend on, in the order of first use.
    """

    def __init__(self, results: Sequence[Tensor], start: int) -> None:
        self.outside: list[Tensor] = []
        self._structure: list[Hashable] = []  # names, shapes and connections, equal in both runs
        self._samples: list[NDArray[Any]] = []  # elements of computed arrays, whose last bits may differ
        positions: dict[Any, int] = {}  # of nodes, and of the points of tensors outside
        for node in sorted(_nodes_after(start, results), key=lambda node: node.number):
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

    def matches(self, other: CallFingerprint) -> bool:
        """Return whether both runs made the same calls on the same values."""
        return self._structure == other._structure and all(map(_all_close, self._samples, other._samples))

    def _position(self, x: Tensor, start: int, positions: dict[Any, int]) -> Hashable:
        """Return the position of a tensor among the outputs of the calls and the tensors outside."""
        if x.node is not None and x.node.number > start:
            return positions[x.node], x.node.outputs and x.index
        key = graph_point(x)
        if key not in positions:
            positions[key] = len(self.outside)
            self.outside.append(x)
            self._add_value(x.data)
            self._structure.append(
                _checksum(x.data)
            )  # of all values, which the second run does not recompute
        return positions[key]

    def _add_value(self, value: Any) -> None:
        """Record an array, number, string, or a container of these; of any other value only the type."""
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


def graph_point(x: Tensor) -> Hashable:
    """Return a key of a tensor's point in the graph: its node and index, or the identity of a leaf."""
    return id(x) if x.node is None else (x.node, x.node.outputs and x.index)


def _nodes_after(start: int, results: Sequence[Tensor]) -> set[Context]:
    """Return the nodes with numbers above `start` that lead to `results`."""
    stack = [t.node for t in results if t.node]
    nodes = set(stack)
    while stack:
        node = stack.pop()
        if node.number <= assignments.latest:
            assignments.restore_inputs(node)
        for x, needed in zip(node.inputs, node.needs, strict=True):
            if needed and x.node is not None and x.node.number > start and x.node not in nodes:
                nodes.add(x.node)
                stack.append(x.node)
    return nodes


def _checksum(data: NDArray[Any]) -> Hashable:
    """Return the sum of the values' bits as integers, which is exact and raises no overflow warning."""
    if data.dtype.kind == "c":
        return _checksum(np.real(data)), _checksum(np.imag(data))
    return int(np.sum(data.view(f"u{data.itemsize}"))) if data.itemsize <= 8 else None


def _all_close(a: NDArray[Any], b: NDArray[Any]) -> bool:
    """Return whether the elements agree in half of their digits; NaN agrees with NaN."""
    if a.dtype.kind not in "fc":
        return np.array_equal(a, b)
    tolerance = float(np.sqrt(np.finfo(a.dtype).eps))
    # np.allclose sets NumPy's error state for a while; a Ctrl-C at that moment would leave it changed.
    close = partial(isclose, rel_tol=tolerance, abs_tol=tolerance)
    return all(close(x, y) or (x != x and y != y) for x, y in zip(a.tolist(), b.tolist(), strict=True))
