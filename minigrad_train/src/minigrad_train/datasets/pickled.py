"""The classic `mnist.pkl.gz`, read without running anything that the file asks for.

A pickle is a program: it names callables and calls them. This unpickler answers each name that a
pickled NumPy array uses with an inert stand-in of our own, and every other name with a refusal. NumPy's
own classes are kept out too: `numpy.dtype` restores its flags from the file, and an object array with
forged flags is a set of pointers that the file chose. Arrays are made from plain bytes of a plain type.
"""

from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

NUMERIC = frozenset({"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"})


def read_pickle(content: bytes, path: Path) -> Any:
    """Return the tuples, lists, numbers, strings and NumPy arrays in a pickle, Python 2's included.

    Parameters
    ----------
    content : bytes
        The pickle, decompressed.
    path : Path
        Where it comes from, for the message.

    Raises
    ------
    DatasetError
        The pickle is damaged, or names anything but a NumPy array of numbers. Nothing it names has run.
    """
    try:
        # Python 2 pickled an array's bytes as a string; latin1 maps them back one to one.
        return _real(_ArrayUnpickler(io.BytesIO(content), encoding="latin1").load())
    except _RefusedError as error:
        raise DatasetError(f"{path}: {error}") from None
    except Exception as error:  # a damaged pickle may raise anything: IndexError, KeyError, MemoryError, ...
        raise DatasetError(f"{path}: not a readable pickle ({type(error).__name__}: {error})") from error


class _RefusedError(Exception):
    """The pickle names something that is not part of a numeric array."""


class _DType:
    """Stands in for `numpy.dtype`: a type code, and the byte order that comes with its state."""

    def __init__(self, code: str, *_: Any) -> None:
        if code not in NUMERIC:
            raise _RefusedError(f"refused: it holds an array of type {code!r}, only numbers are read")
        self.dtype = np.dtype(code)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.dtype = self.dtype.newbyteorder(state[1])


class _Array:
    """Stands in for `numpy.ndarray`, as protocols 0 to 4 rebuild it: made empty, then given its state."""

    def __init__(self, *_: Any) -> None:
        self.array: NDArray[Any] = np.empty(0)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, fortran, data = state
        self._fill(data, dtype, shape, "F" if fortran else "C")

    def _fill(self, data: bytes | str, dtype: _DType, shape: tuple[int, ...], order: Any) -> None:
        raw = bytearray(data.encode("latin1") if isinstance(data, str) else data)  # writable, as arrays are
        self.array = np.frombuffer(raw, dtype.dtype).reshape(shape, order=order)


class _ArrayFromBuffer(_Array):
    """Stands in for `numpy._core.numeric._frombuffer`, as protocol 5 rebuilds an array."""

    def __init__(self, data: bytes, dtype: _DType, shape: tuple[int, ...], order: str) -> None:
        self._fill(data, dtype, shape, order)


class _Latin1(bytes):
    """Stands in for `_codecs.encode`, by which Python 3 writes bytes in protocols 0 to 2."""

    def __new__(cls, text: str, _encoding: str = "latin1") -> _Latin1:
        return super().__new__(cls, text.encode("latin1"))

    def __setstate__(self, _: Any) -> None:
        raise _RefusedError("refused: it gives a state to bytes, which have none")


# Classes, each with a `__setstate__`: the BUILD opcode could set attributes of a function.
_STAND_INS: dict[tuple[str, str], Callable[..., Any]] = {
    ("numpy", "dtype"): _DType,
    ("numpy", "ndarray"): _Array,
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy._core.multiarray", "_reconstruct"): _Array,
    ("numpy.core.numeric", "_frombuffer"): _ArrayFromBuffer,
    ("numpy._core.numeric", "_frombuffer"): _ArrayFromBuffer,
    ("_codecs", "encode"): _Latin1,
}


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _STAND_INS[module, name]
        except KeyError:
            raise _RefusedError(
                f"refused: it asks for {module}.{name}, which is no NumPy array; nothing in it was run"
            ) from None


def _real(value: Any) -> Any:
    if isinstance(value, _Array):
        return value.array
    if isinstance(value, tuple | list):
        return tuple(_real(item) for item in value)
    return value
