"""The case language describes the arguments that an operation takes, in one line.

A case is a description, not data. The contract kit draws values that fit the description, and varies
everything that the case does not fix: sizes, 0-d and empty arrays, layouts, dtypes, ties, duplicates,
extremes.

>>> Case(x=real("n k"), labels=index_into("x", axis=1, shape="n"))
Case(x=real('n k'), labels=index_into('x', axis=1, shape='n'))
>>> Case(x=real("n k"), axis=axis_of("x"), keepdims=True)
Case(x=real('n k'), axis=axis_of('x'), keepdims=True)

In a shape string a letter is a size, and the same letter is the same size in the whole case; a number is that
size. `""` is 0-d, and `"..."` is any shape (`"... k"`: any leading axes).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import inf
from typing import Any, TypeAlias

from ..errors import ArgumentError, InputError

__all__ = [
    "Case",
    "axis_of",
    "between",
    "boolean",
    "dominant",
    "index_into",
    "integers",
    "nonzero",
    "positive",
    "real",
    "unit",
]

Dimension: TypeAlias = "int | str"
ANY = "..."


@dataclass(frozen=True, repr=False)
class Values:
    """The shape of an array; subclasses also describe its values. `repr_format` is the format of the repr."""

    repr_format: str = field(compare=False)
    shape: str

    def __post_init__(self) -> None:
        parse_shape(self.shape)

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The axes, each a size, a letter, or `...`."""
        return parse_shape(self.shape)

    def __repr__(self) -> str:
        return self.repr_format.format(**vars(self))


@dataclass(frozen=True, repr=False)
class Floats(Values):
    """Floating-point values strictly between `low` and `high`, and never 0 if `nonzero`."""

    low: float = -inf
    high: float = inf
    nonzero: bool = False


@dataclass(frozen=True, repr=False)
class Dominant(Floats):
    """Square matrices in the last two axes that are diagonally dominant.

    Each diagonal value exceeds the sum of the absolute values of all other elements in its row and its
    column. So the matrices are regular and well conditioned, and their symmetric parts are positive definite.
    """


@dataclass(frozen=True, repr=False)
class Integers(Values):
    """Integers in [low, high)."""

    low: int = 0
    high: int = 10


@dataclass(frozen=True, repr=False)
class Booleans(Values):
    """True and False."""


@dataclass(frozen=True, repr=False)
class IndexInto(Values):
    """Integers that index `axis` of the argument `name`."""

    name: str = ""
    axis: int = 0


@dataclass(frozen=True, repr=False)
class AxisOf:
    """One axis of the argument `name`, from either end."""

    name: str

    def __repr__(self) -> str:
        return f"axis_of({self.name!r})"


def real(shape: str = ANY) -> Floats:
    """Return a description of any real numbers."""
    return Floats("real({shape!r})", shape)


def positive(shape: str = ANY) -> Floats:
    """Return a description of numbers above 0."""
    return Floats("positive({shape!r})", shape, low=0.0)


def nonzero(shape: str = ANY) -> Floats:
    """Return a description of numbers other than 0."""
    return Floats("nonzero({shape!r})", shape, nonzero=True)


def unit(shape: str = ANY) -> Floats:
    """Return a description of numbers inside (-1, 1)."""
    return Floats("unit({shape!r})", shape, low=-1.0, high=1.0)


def between(low: float, high: float, shape: str = ANY) -> Floats:
    """Return a description of numbers inside (low, high); `InputError` unless low < high."""
    if not low < high:
        raise InputError(f"between({low}, {high}): expected low < high")
    return Floats("between({low:g}, {high:g}, {shape!r})", shape, float(low), float(high))


def dominant(shape: str = "n n") -> Dominant:
    """Return a description of diagonally dominant matrices: regular, and positive definite if symmetric."""
    return Dominant("dominant({shape!r})", shape)


def integers(low: int, high: int, shape: str = ANY) -> Integers:
    """Return a description of integers in [low, high); `InputError` unless low < high."""
    if not low < high:
        raise InputError(f"integers({low}, {high}): expected low < high")
    return Integers("integers({low}, {high}, {shape!r})", shape, low, high)


def boolean(shape: str = ANY) -> Booleans:
    """Return a description of True and False."""
    return Booleans("boolean({shape!r})", shape)


def index_into(name: str, axis: int = 0, shape: str = "n") -> IndexInto:
    """Return a description of an array of ints in [0, k), for the size k of `axis` of the argument `name`."""
    return IndexInto("index_into({name!r}, axis={axis}, shape={shape!r})", shape, name, axis)


def axis_of(name: str) -> AxisOf:
    """Return a description of one axis of the argument `name`; the kit tries several, from either end."""
    return AxisOf(name)


class Case:
    """Arguments of an operation by name: a description for each array, other values unchanged.

    A tuple of descriptions describes `*arrays`; `None` leaves out an optional input. In a shape, such as
    `"n 3 k"`, a letter is one size wherever it occurs in the case, and a number is that size; `""` is 0-d,
    `"..."` is any shape, and `"... k"` has any leading axes.

    Raises
    ------
    ArgumentError
        `index_into` or `axis_of` names an argument that is not an array of this case.

    Examples
    --------
    >>> Case(x=real("n k"), labels=index_into("x", axis=1, shape="n"))
    Case(x=real('n k'), labels=index_into('x', axis=1, shape='n'))
    >>> Case(arrays=(real("n k"), real("m k")), axis=0)
    Case(arrays=(real('n k'), real('m k')), axis=0)
    >>> Case(x=real("n"), axis=axis_of("y"))
    Traceback (most recent call last):
    minigrad_core.errors.ArgumentError: axis_of('y'): the case has no array 'y', only x
    """

    def __init__(self, /, **arguments: Any) -> None:
        arrays = [name for name, value in arguments.items() if any(map(_has_axes, _parts(value)))]
        for value in arguments.values():
            if isinstance(value, IndexInto | AxisOf) and value.name not in arrays:
                raise ArgumentError(
                    f"{value}: the case has no array {value.name!r}, only {', '.join(arrays) or 'none'}"
                )
        self.arguments = arguments

    @cached_property
    def letters(self) -> tuple[str, ...]:
        """The letters that name sizes, in order of appearance."""
        parts = [part for value in self.arguments.values() for part in _parts(value)]
        axes = [axis for part in parts if isinstance(part, Values) for axis in part.dimensions]
        return tuple(dict.fromkeys(a for a in axes if isinstance(a, str) and a != ANY))

    def __repr__(self) -> str:
        return f"Case({', '.join(f'{name}={value!r}' for name, value in self.arguments.items())})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Case) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))


@lru_cache(maxsize=1024)
def parse_shape(shape: str) -> tuple[Dimension, ...]:
    """Return the axes of a shape string.

    Raises
    ------
    InputError
        An axis is not a size, a letter or `...`, or there is more than one `...`.

    Examples
    --------
    >>> parse_shape("n 3 k"), parse_shape("... k"), parse_shape("")
    (('n', 3, 'k'), ('...', 'k'), ())
    """
    axes = shape.replace(",", " ").split()
    if axes.count(ANY) > 1:
        raise InputError(f"shape {shape!r}: at most one '...'")
    for axis in axes:
        if axis != ANY and not axis.isdigit() and not axis.isidentifier():
            raise InputError(f"shape {shape!r}: {axis!r} is not a letter, a size or '...'")
    return tuple(int(axis) if axis.isdigit() else axis for axis in axes)


def _parts(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _has_axes(part: Any) -> bool:
    return isinstance(part, Values) or hasattr(part, "shape")
