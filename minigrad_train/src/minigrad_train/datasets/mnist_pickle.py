"""Read the classic `mnist.pkl.gz` without running code that the file names.

A pickle is a program: it names callables and calls them. This unpickler has only the opcodes for tuples,
lists, numbers, strings and calls. It maps each name that a pickled NumPy array uses to an inert replacement,
and refuses every other name. It does not use the classes of NumPy: `numpy.dtype` restores its flags from the
file, and an object array with forged flags is a set of pointers that the file chose. At the end it makes six
arrays from plain bytes of a numeric type.

The base class is Python's unpickler written in Python: the one in C allocates as much as an index in the file
says.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DatasetError

NUMERIC = frozenset({"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"})

Arrays = tuple[tuple["NDArray[Any]", "NDArray[Any]"], ...]


def read_pickle(content: bytes, path: Path) -> Arrays:
    """Return the three pairs of NumPy arrays in a pickle, Python 2's included.

    Parameters
    ----------
    content : bytes
        The decompressed pickle.
    path : Path
        The file, for messages.

    Raises
    ------
    DatasetError
        The pickle is damaged, names other objects than NumPy arrays of numbers, or does not hold three pairs
        of such arrays. No callable that it names was called.
    """
    try:
        # Python 2 pickled an array's bytes as a string; latin1 maps them back one to one.
        splits = _ArrayUnpickler(io.BytesIO(content), encoding="latin1").load()
        if not _is_sequence_of(
            splits, 3, lambda pair: _is_sequence_of(pair, 2, lambda part: isinstance(part, _Array))
        ):
            raise _RefusedError("expected three pairs of arrays: training, validation, test")
        return tuple((images.array(), labels.array()) for images, labels in splits)
    except _RefusedError as error:
        raise DatasetError(f"{path}: {error}") from None
    except Exception as error:  # a damaged pickle may raise anything: IndexError, KeyError, MemoryError, ...
        if content.startswith(pickle.PROTO):
            raise DatasetError(f"{path}: not a readable pickle ({type(error).__name__})") from error
        raise DatasetError(
            f"{path}: unknown format; expected an .npz file, a .csv file, mnist.pkl.gz, or a "
            "folder: of .npy files (x_train.npy, y_train.npy), of IDX files, or of folders of pictures"
        ) from error


def _is_sequence_of(value: Any, length: int, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, tuple | list) and len(value) == length and all(map(fits, value))


class _RefusedError(Exception):
    """The pickle holds an object that is not part of a numeric array."""


class _DType:
    """Replaces `numpy.dtype`: a type code, and the byte order from its state."""

    def __init__(self, code: str, *_: Any) -> None:
        if not isinstance(code, str) or code not in NUMERIC:
            raise _RefusedError(f"refused: it holds an array of type {_short(code)}, only numbers are read")
        self.dtype = np.dtype(code)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.dtype = self.dtype.newbyteorder(state[1])


class _Array:
    """Replaces `numpy.ndarray` in protocols 0 to 4, which make an empty array and set its state."""

    def __init__(self, *_: Any) -> None:
        self._given: tuple[Any, ...] = ()

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, fortran, data = state
        self._given = data, dtype, shape, "F" if fortran else "C"

    def array(self) -> NDArray[Any]:
        data, dtype, shape, order = self._given
        if not _is_sequence_of(shape, len(shape), lambda size: isinstance(size, int)) or len(shape) > 2:
            raise _RefusedError(f"refused: it holds an array of shape {_short(shape)}")
        # A bytearray makes writable arrays.
        raw = bytearray(data.encode("latin1") if isinstance(data, str) else data)
        return np.frombuffer(raw, dtype.dtype).reshape(shape, order=order)


class _ArrayFromBuffer(_Array):
    """Replaces `numpy._core.numeric._frombuffer`, which makes arrays in protocol 5."""

    def __init__(self, *given: Any) -> None:
        self._given = given


def _latin1(text: str, _encoding: str = "latin1") -> str:
    """Replaces `_codecs.encode`, with which Python 3 writes bytes in protocols 0 to 2.

    The function returns the text itself: a file may encode one text many times, and each copy would take
    memory.
    """
    return text


_REPLACEMENTS: dict[tuple[str, str], Callable[..., Any]] = {
    ("numpy", "dtype"): _DType,
    ("numpy", "ndarray"): _Array,
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy._core.multiarray", "_reconstruct"): _Array,
    ("numpy.core.numeric", "_frombuffer"): _ArrayFromBuffer,
    ("numpy._core.numeric", "_frombuffer"): _ArrayFromBuffer,
    ("_codecs", "encode"): _latin1,
}
# There are no opcodes for dicts and sets: BUILD sets attributes from a dict, and a key that is a tuple of
# tuples of tuples takes forever to hash.
_OPCODES = (
    *(pickle.PROTO, pickle.FRAME, pickle.STOP, pickle.MARK, pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE),
    *(pickle.INT, pickle.BININT, pickle.BININT1, pickle.BININT2, pickle.LONG, pickle.LONG1),
    *(pickle.STRING, pickle.BINSTRING, pickle.SHORT_BINSTRING, pickle.UNICODE, pickle.BINUNICODE),
    *(pickle.SHORT_BINUNICODE, pickle.BINUNICODE8, pickle.BINBYTES, pickle.SHORT_BINBYTES, pickle.BINBYTES8),
    *(pickle.EMPTY_TUPLE, pickle.TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3, pickle.EMPTY_LIST),
    *(pickle.LIST, pickle.APPEND, pickle.APPENDS, pickle.PUT, pickle.BINPUT, pickle.LONG_BINPUT),
    *(pickle.MEMOIZE, pickle.GET, pickle.BINGET, pickle.LONG_BINGET, pickle.POP, pickle.POP_MARK),
    *(pickle.GLOBAL, pickle.STACK_GLOBAL, pickle.REDUCE, pickle.BUILD, pickle.BYTEARRAY8),
)


class _ArrayUnpickler(pickle._Unpickler):  # noqa: SLF001 - the module's documented `Unpickler` where C is missing
    dispatch = {ord(code): pickle._Unpickler.dispatch[ord(code)] for code in _OPCODES}  # noqa: RUF012, SLF001
    # The original allocates as many bytes as the file says.
    dispatch[pickle.BYTEARRAY8[0]] = dispatch[pickle.BINBYTES8[0]]

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _REPLACEMENTS[module, name]
        except KeyError:
            full = _short(f"{module}.{name}")[1:-1]
            raise _RefusedError(
                f"refused: it names {full}, which is not a NumPy array; nothing in it was run"
            ) from None


def _short(value: Any) -> str:
    """Return a value from the file for a message, in one line of at most 80 characters."""
    return repr(value)[:80] if isinstance(value, str) else type(value).__name__
