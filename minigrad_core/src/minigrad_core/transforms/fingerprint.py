"""A fingerprint of the calls that a function made, to see whether a second run makes the same calls."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache
from math import sqrt
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ..engine import assignments
from ..engine.node import Context
from ..tensor import Tensor

_BLOCK = 1024
_FEW = 64


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
        self._digests: list[Digest] = []  # of floating point arrays, whose last bits may differ
        positions: dict[Any, int] = {}  # of nodes, and of the points of tensors outside
        for node in sorted(_collect_nodes(start, results), key=lambda node: node.number):
            self._structure.append((node.op.name, len(node.inputs)))
            for x, needed in zip(node.inputs, node.needs, strict=True):
                if needed:
                    self._structure.append(self._find_position(x, start, positions))
                else:
                    self._add_value(x.data if isinstance(x, Tensor) else x)
            self._add_value(node.settings)
            positions[node] = len(positions)
        for t in results:
            self._add_value(t.data)

    def matches(self, other: CallFingerprint) -> bool:
        """Return whether both runs made the same calls on the same values."""
        return self._structure == other._structure and all(map(is_close, self._digests, other._digests))

    def _find_position(self, x: Tensor, start: int, positions: dict[Any, int]) -> Hashable:
        """Return the position of a tensor among the outputs of the calls and the tensors outside."""
        if x.node is not None and x.node.number > start:
            return positions[x.node], x.node.outputs and x.index
        key = find_graph_point(x)
        if key not in positions:
            positions[key] = len(self.outside)
            self.outside.append(x)
            self._add_value(x.data)
            self._structure.append(
                _compute_checksum(x.data)
            )  # of all values, which the second run does not recompute
        return positions[key]

    def _add_value(self, value: Any) -> None:
        """Record an array, number, string, or a container of these; of any other value only the type."""
        if isinstance(value, (np.ndarray, np.generic, float, complex)):
            array = np.asarray(value)
            self._structure.append((array.shape, array.dtype.str))
            if array.dtype.kind in "fc":
                self._digests.append(Digest(array))
            elif not array.dtype.hasobject:
                self._structure.append(crc32(array.tobytes()))
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


def find_graph_point(x: Tensor) -> Hashable:
    """Return a key of a tensor's point in the graph: its node and index, or the identity of a leaf."""
    return id(x) if x.node is None else (x.node, x.node.outputs and x.index)


def _collect_nodes(start: int, results: Sequence[Tensor]) -> set[Context]:
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


def _compute_checksum(data: NDArray[Any]) -> Hashable:
    """Return the sum of the values' bits as integers, which is exact and raises no overflow warning."""
    if data.dtype.kind == "c":
        return _compute_checksum(np.real(data)), _compute_checksum(np.imag(data))
    return int(np.sum(data.view(f"u{data.itemsize}"))) if data.itemsize <= 8 else None


class Digest:
    """Weighted sums of all values of an array, in which every value counts: a thousandth of its memory.

    values: sums of up to `_BLOCK` values, or the values themselves if there are at most `_FEW`; NaN and
    infinities count as 0, and their places are in `special`.
    tolerance: half of the digits of a value of typical size, times the root of the number of values in a sum.
    Other threads of BLAS change last digits; a value that differs by a hundredth of the typical size is
    noticed in single precision.
    """

    def __init__(self, array: NDArray[Any]) -> None:
        flat = array.ravel()
        if flat.dtype.kind == "c":
            flat = flat.view(flat.real.dtype)
        eps = float(np.finfo(flat.dtype).eps)
        if flat.dtype == np.float16:  # whose sums overflow
            flat = flat.astype(np.float32)
        finite = np.isfinite(flat)
        self.special: int | None = None
        if not finite.all():
            kinds = np.where(np.isnan(flat), 2, np.where(finite, 0, np.sign(flat)))
            self.special = crc32(kinds.astype(np.int8).tobytes())
            flat = np.where(finite, flat, 0)
        count, limits = flat.size, np.finfo(flat.dtype)
        if count and max(flat.max(), -flat.min()) > float(limits.max) ** 0.5 / count:  # squares may overflow
            flat = flat * (float(limits.max) ** -0.5 / count)
        size = 1 if count <= _FEW else min(count // _FEW, _BLOCK)
        weights = _make_weights(size, flat.dtype)
        end = count - count % size
        sums = flat[:end].reshape(-1, size).dot(weights), flat[end:].dot(weights[: count - end])
        self.values = [*sums[0].tolist(), float(sums[1])]
        self.tolerance = sqrt(eps * size * float(flat.dot(flat)) / max(count, 1))


def is_close(a: Digest, b: Digest) -> bool:
    """Return whether two arrays of one shape agree, but for the last digits of their values."""
    tolerance = max(a.tolerance, b.tolerance)
    pairs = zip(a.values, b.values, strict=True)
    return a.special == b.special and all(x == y or abs(x - y) <= tolerance for x, y in pairs)


@lru_cache(maxsize=64)
def _make_weights(size: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return `size` weights in [1, 2), so that values that change places change a sum."""
    return (1 + np.arange(size) * 0.6180339887498949 % 1).astype(dtype)
