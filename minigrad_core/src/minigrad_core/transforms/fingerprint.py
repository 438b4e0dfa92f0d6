"""A fingerprint of the calls that a function made, to see whether a second run makes the same calls."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Sequence
from functools import cache, lru_cache
from math import isfinite, sqrt
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ..array import TRACED_TYPES
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
        pairs = zip(self._digests, other._digests, strict=False)
        return self._structure == other._structure and all(a.is_close(b) for a, b in pairs)

    def _find_position(self, x: Tensor, start: int, positions: dict[Any, int]) -> Hashable:
        """Return the position of a tensor among the outputs of the calls and the tensors outside."""
        if x.node is not None and x.node.number > start:
            return positions[x.node], x.node.outputs and x.index
        key = find_graph_point(x)
        if key not in positions:
            positions[key] = len(self.outside)
            self.outside.append(x)
            self._add_value(x.data)
            # A checksum of all values: the second run does not compute them again, so they must be equal.
            self._structure.append(_compute_checksum(x.data))
        return positions[key]

    def _add_value(self, value: Any) -> None:
        """Record an array, number, string, or a container of these; for any other value, record its type."""
        if type(value) in TRACED_TYPES:  # `mg.compile` records both runs, and compares traces itself
            self._structure.append(np.shape(value))
        elif isinstance(value, (np.ndarray, np.generic, float, complex)):
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
    if type(data) in TRACED_TYPES:
        return None
    if data.dtype.kind == "c":
        return _compute_checksum(np.real(data)), _compute_checksum(np.imag(data))
    return int(np.sum(data.view(f"u{data.itemsize}"))) if data.itemsize <= 8 else None


class Digest:
    """Weighted sums of the values of an array. Every value has a weight; the sums take 1/256 of the memory.

    sums: two for each block of up to `_BLOCK` values; the values themselves if there are at most `_FEW`. NaN
    and infinities count as 0, and their positions are in `special`.
    tolerances: half of the digits of the norm of a block, plus some last digits of the typical value, since
    BLAS with another number of threads changes last digits. In single precision, the sums differ if one value
    changes by 1/64 of the typical size in its block.
    """

    def __init__(self, array: NDArray[Any]) -> None:
        flat = array.ravel()
        if flat.dtype.kind == "c":
            flat = flat.view(np.real(flat).dtype)
        eps, largest = _find_limits(flat.dtype)
        longest = _BLOCK
        if flat.dtype == np.float16:  # sums of float16 overflow
            flat, longest = flat.astype(np.float32), _FEW
        count = flat.size
        peak = max(float(flat.max()), -float(flat.min())) if count else 0.0
        self.special: int | None = None
        if not isfinite(peak):
            finite = np.isfinite(flat)
            kinds = np.where(np.isnan(flat), 2, np.where(finite, 0, np.sign(flat)))
            self.special = crc32(kinds.astype(np.int8).tobytes())
            flat = np.where(finite, flat, 0)
            peak = largest
        if peak > largest**0.5 / (count or 1):  # squares may overflow
            flat = flat * (largest**-0.5 / (count or 1))
        if count <= _FEW:
            norm = sqrt(float(flat.dot(flat)) / (count or 1))
            self.sums, self.tolerances = flat.reshape(-1, 1).copy(), np.full(1, (sqrt(eps) + 8 * eps) * norm)
            return
        size = min(count // _FEW, longest)
        end = count - count % size
        blocks = [flat[:end].reshape(-1, size), flat[end:].reshape(1, -1)]
        squares = np.concatenate([np.vecdot(block, block) for block in blocks])
        typical = sqrt(float(squares.sum()) / count)
        self.sums = np.concatenate([block.dot(_make_weights(block.shape[1], flat.dtype)) for block in blocks])
        self.tolerances = sqrt(eps) * np.sqrt(squares) + 8 * eps * sqrt(size) * typical

    def is_close(self, other: Digest) -> bool:
        """Return whether two arrays of one shape agree, except for the last digits of their values."""
        tolerances = np.maximum(self.tolerances, other.tolerances)[..., np.newaxis]
        return self.special == other.special and bool((abs(self.sums - other.sums) <= tolerances).all())


@cache
def _find_limits(dtype: np.dtype[Any]) -> tuple[float, float]:
    """Return the distance from 1 to the next number, and the largest number that sums may have."""
    largest = np.finfo(np.float32 if dtype == np.float16 else dtype).max
    return float(np.finfo(dtype).eps), min(float(largest), sys.float_info.max)


@lru_cache(maxsize=64)
def _make_weights(size: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return two columns of `size` weights in [1, 2), so that values that change positions change a sum."""
    return (1 + np.arange(size)[:, np.newaxis] * [0.6180339887498949, 0.4142135623730950] % 1).astype(dtype)
