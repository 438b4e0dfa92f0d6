"""Stand-ins for arrays and numbers while a function is traced.

A stand-in has the value of this run, and the number that the value has in a program. The engine takes a
`TracedArray` as it takes an array of another library. Each NumPy call on a stand-in is recorded; each
conversion to a value of Python raises.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from ..errors import TracingError
from ..tensor import Tensor
from .places import find_place
from .steps import Kind, map_tree

if TYPE_CHECKING:
    from .tracer import Tracer

# Attributes that the signature of a call determines.
_STATIC = frozenset(["shape", "dtype", "ndim", "size", "nbytes", "itemsize"])
_LAYOUT = frozenset(["flags", "strides", "ctypes", "data", "flat"])
_VALUES = frozenset(["tolist", "tobytes", "tofile", "dump", "dumps"])

# Functions of shapes and dtypes: their results are the same in each replay.
STATIC_FUNCTIONS = frozenset(
    [
        np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.common_type, np.iscomplexobj,
        np.isrealobj, np.shares_memory, np.may_share_memory, np.einsum_path, np.tril_indices_from,
        np.triu_indices_from, np.diag_indices_from,
    ]
)  # fmt: skip


# The messages in the current trace. NumPy replaces some exceptions of conversions, and `f` may catch them.
refusals: list[str] = []


def refuse(what: str, advice: str) -> NoReturn:
    """Raise a `TracingError` that names the line of the user's code.

    Raises
    ------
    TracingError
        Always.
    """
    message = f"{find_place()}: {what}, and a replay would repeat the value of this call: {advice}"
    refusals.append(message)
    raise TracingError(message)


_BRANCH = "choose with np.where(condition, a, b), or name the argument in static_argnames"
_NUMBER = (
    "compute with NumPy's functions on arrays (np.sin, np.stack, np.take), or name the argument in "
    "static_argnames"
)
_ARRAY = "leave out the conversion, since arrays and numbers are traced as they are, or use np.stack([...])"
_TEXT = "format the value that the compiled function returns"


def _make_refusal(what: str, advice: str) -> Callable[..., NoReturn]:
    return lambda *_, **__: refuse(f"{what} of a traced value", advice)


class Traced:
    """The stand-in for an array or a number: its value in this run, and its slot."""

    __slots__ = ("__weakref__", "slot", "tracer", "value")

    def __init__(self, tracer: Tracer, slot: int, value: Any) -> None:
        self.tracer, self.slot, self.value = tracer, slot, value

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride]
        # `isinstance` gives the answer that it gives without a trace.
        return type(self.value)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(isinstance(x, Tensor) for x in inputs):
            return NotImplemented
        out = kwargs.get("out")
        if out is not None and not all(x is None or isinstance(x, TracedArray) for x in out):
            refuse("a traced value is written to a plain array", "start from np.zeros_like(x), or y = y + x")
        if ufunc is np.power and method == "__call__" and type(inputs[1]) is TracedScalar:
            # `array ** 2` squares, and reaches this method as np.power: its last bit may differ.
            refuse("a power of a plain array", "name the exponent in static_argnames")
        return self.tracer.call(ufunc if method == "__call__" else getattr(ufunc, method), inputs, kwargs)

    def __array_function__(self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        if any(issubclass(kind, Tensor) for kind in types):
            return NotImplemented
        if func in STATIC_FUNCTIONS:
            arguments = map_tree((args, kwargs), lambda x: x.value if is_traced(x) else x)
            return func(*arguments[0], **arguments[1])
        return self.tracer.call(func, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self.value, name)
        if name in _STATIC:
            return attribute
        if name.startswith("__"):  # protocols that would give the memory of the array
            raise AttributeError(name)
        if name in _LAYOUT:
            refuse(f"the attribute .{name} of a traced value", "use its shape and dtype")
        if name in _VALUES:
            refuse(f".{name}() of a traced value", _NUMBER)
        get = self.tracer.call
        if callable(attribute):
            return lambda *args, **kwargs: get(_call_method(name), (self, *args), kwargs, name, Kind.METHOD)
        return get(operator.attrgetter(name), (self,), {}, name, Kind.ATTRIBUTE)

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Any:
        return self.__copy__()

    __bool__ = _make_refusal("a branch on the truth", _BRANCH)
    __float__ = _make_refusal("the float()", _NUMBER)
    __int__ = _make_refusal("the int()", _NUMBER)
    __complex__ = _make_refusal("the complex()", _NUMBER)
    __index__ = _make_refusal("an index, a range or a size", _NUMBER)
    __array__ = _make_refusal("a plain array, as of np.asarray or np.array,", _ARRAY)
    __hash__ = _make_refusal("a key in a dict or set", _NUMBER)
    __format__ = _make_refusal("a text", _TEXT)
    __str__ = _make_refusal("a text", _TEXT)
    __reduce_ex__ = _make_refusal("a pickle", "pickle what the compiled function returns")

    def __repr__(self) -> str:
        return f"<traced {type(self.value).__name__} {np.shape(self.value)}>"


class TracedScalar(Traced):
    """The stand-in for a number of Python or NumPy."""

    __slots__ = ()


class TracedArray(Traced):
    """The stand-in for an array."""

    __slots__ = ()
    base = None  # eager code has run before: it has refused assignments to views

    def __getitem__(self, index: Any) -> Any:
        return self.tracer.call(operator.getitem, (self, index), {})

    def __setitem__(self, index: Any, value: Any) -> None:
        self.tracer.call(operator.setitem, (self, index, value), {})

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        if not self.value.ndim:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self == value))


def is_traced(x: Any) -> bool:
    """Return whether `x` is a stand-in."""
    return type(x) is TracedArray or type(x) is TracedScalar


def _call_method(name: str) -> Callable[..., Any]:
    return lambda x, *args, **kwargs: getattr(x, name)(*args, **kwargs)


def _make_operator(function: Callable[..., Any], *, reflected: bool = False) -> Callable[..., Any]:
    def method(self: Traced, *others: Any) -> Any:
        if others and isinstance(others[0], Tensor):
            return NotImplemented
        return self.tracer.call(function, (*others, self) if reflected else (self, *others), {})

    return method


def _make_in_place(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: TracedArray, other: Any) -> Any:
        failure = self.tracer.failure
        try:
            self.tracer.call(function, (self, other), {})
        except (TypeError, ValueError):  # of shapes and dtypes: the engine tries to add in place
            self.tracer.failure = failure
            raise
        return self

    return method


_BINARY = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor", "lshift",
    "rshift",
)  # fmt: skip
for _name in (*_BINARY, "neg", "pos", "abs", "invert", "lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Traced, f"__{_name.rstrip('_')}__", _make_operator(getattr(operator, _name)))
for _name in _BINARY:
    _short = _name.rstrip("_")
    setattr(Traced, f"__r{_short}__", _make_operator(getattr(operator, _name), reflected=True))
    setattr(TracedArray, f"__i{_short}__", _make_in_place(getattr(operator, f"i{_short}")))
for _name, _function in (("divmod", divmod), ("round", round)):
    setattr(Traced, f"__{_name}__", _make_operator(_function))
