"""Stand-ins for arrays and numbers while a function is traced.

A stand-in holds the value of this run, and the Python expression for the value in the program. The engine
treats a `TracedArray` like an array of another library. NumPy calls on stand-ins are recorded. The
conversion of a stand-in to a Python number, a bool or a text raises.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from ..array import ARRAY_TYPES, TRACED_TYPES
from ..contracts.location import describe_definition, locate_user_code
from ..errors import TracingError
from ..tensor import Tensor
from ..tensor.containers import get_data
from ..transforms import trees

if TYPE_CHECKING:
    from .tracer import Tracer

_BRANCH = "choose with np.where(condition, a, b), or name the argument in static_argnames"
_NUMBER = (
    "compute with NumPy's functions on arrays (np.sin, np.stack, np.take), or name the argument in "
    "static_argnames"
)
_ARRAY = "leave out the conversion, since arrays and numbers are traced as they are, or use np.stack([...])"
_TEXT = "format the value that the compiled function returns"

# The methods that convert to a Python value: the use of the value, and the advice.
_CONVERSIONS = {
    "bool": ("a branch on the truth", _BRANCH), "float": ("the float()", _NUMBER),
    "int": ("the int()", _NUMBER), "complex": ("the complex()", _NUMBER),
    "index": ("an index, a range or a size", _NUMBER), "hash": ("a key in a dict or set", _NUMBER),
    "array": ("a plain array, as of np.asarray or np.array,", _ARRAY), "format": ("a text", _TEXT),
    "str": ("a text", _TEXT), "reduce_ex": ("a copy or a pickle", "use x.copy()"),
}  # fmt: skip

# Attributes and functions of shapes and dtypes. Their values are the same in each replay.
_STATIC = frozenset(["shape", "dtype", "ndim", "size", "nbytes", "itemsize"])
_STATIC_FUNCTIONS = frozenset(
    [
        np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.common_type, np.iscomplexobj,
        np.isrealobj, np.may_share_memory, np.einsum_path, np.tril_indices_from,
        np.triu_indices_from, np.diag_indices_from,
    ]
)  # fmt: skip

_BINARY = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift",
           "rshift"]  # fmt: skip
_OTHERS = ["neg", "pos", "abs", "invert", "lt", "le", "gt", "ge", "eq", "ne", "divmod", "round"]

# The messages in the current trace. NumPy replaces some exceptions of conversions, and `f` may catch them.
refusals: list[str] = []


def refuse(what: str, advice: str, f: Callable[..., Any] | None = None) -> NoReturn:
    """Raise a `TracingError` that names the line of the user's code, or the function `f`."""
    place = describe_definition(f) if f else locate_user_code()
    refusals.append(f"{place}: {what}, which mg.compile cannot replay: {advice}")
    raise TracingError(refusals[-1])


class Traced:
    """The stand-in for a value. text: the expression in the program. value: the value in this run."""

    __slots__ = ("__weakref__", "text", "tracer", "value")

    def __init__(self, tracer: Tracer, text: str, value: Any) -> None:
        self.tracer, self.text, self.value = tracer, text, value

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride]
        # So `isinstance` has the same result as without a trace.
        return type(self.value)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(isinstance(x, Tensor) for x in inputs):
            return NotImplemented
        targets = inputs[:1] if method == "at" else kwargs.get("out", ())
        if not all(x is None or type(x) is TracedArray for x in targets):
            refuse("a traced value is written to a plain array", "start from np.zeros_like(x), or y = y + x")
        if ufunc is np.power and method == "__call__" and type(inputs[1]) is TracedScalar:
            # `array ** 2` squares, and reaches this method as np.power: its last bit may differ.
            refuse("a power of a plain array", "name the exponent in static_argnames")
        return self.tracer.call(ufunc if method == "__call__" else getattr(ufunc, method), inputs, kwargs)

    def __array_function__(self, func: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        if any(issubclass(kind, Tensor) for kind in types):
            return NotImplemented
        if func in _STATIC_FUNCTIONS:
            args, kwargs = trees.map_leaves((args, kwargs), get_value)
            return func(*args, **kwargs)
        return self.tracer.call(func, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self.value, name)
        if name in _STATIC:
            return attribute
        if name.startswith("__"):  # protocols that would give the memory of the array
            raise AttributeError(name)
        if not callable(attribute):  # the tracer refuses .flags, .data and .ctypes: they are no arrays
            return self.tracer.call(operator.attrgetter(name), (self,), {}, name)
        method = getattr(type(self.value), name)
        return lambda *args, **kwargs: self.tracer.call(method, (self, *args), kwargs)


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
        return (self[i] for i in range(len(self)))


ARRAY_TYPES.add(TracedArray)
TRACED_TYPES.update((TracedArray, TracedScalar))


def is_traced(x: Any) -> bool:
    """Return whether `x` is a stand-in."""
    return type(x) in TRACED_TYPES


def get_value(x: Any) -> Any:
    """Return the value in this run of a stand-in, or of the data of a tensor; anything else as it is."""
    data = get_data(x)
    return data.value if is_traced(data) else data


def _make_conversion(name: str, what: str, advice: str) -> Callable[..., Any]:
    """Return a method that raises; in the rule of an operation it records a bool or an integer as a check."""
    functions: dict[str, Callable[[Any], Any]] = {"bool": bool, "int": int, "index": operator.index}

    def convert(self: Traced, *_: Any, **__: Any) -> Any:
        if name not in functions or not self.tracer.in_rule:
            refuse(f"{what} of a traced value", advice)
        value = functions[name](self.value)
        self.tracer.check(f"{name}({self.text}) == {value}", f"a rule branched on another {name} of a value")
        return value

    return convert


def _make_operator(name: str, kind: str = "") -> Callable[..., Any]:
    """Return the method that records an operator; kind: "r" for a reflected one, "i" for one in place."""
    function = getattr(operator, f"__{kind.strip('r')}{name}__", None) or getattr(builtins, name)

    def method(self: Traced, *others: Any) -> Any:
        if others and isinstance(others[0], Tensor):
            return NotImplemented
        result = self.tracer.call(function, (*others, self) if kind == "r" else (self, *others), {})
        return self if kind == "i" else result

    return method


for _name, _messages in _CONVERSIONS.items():
    setattr(Traced, f"__{_name}__", _make_conversion(_name, *_messages))
for _name in (*_BINARY, *_OTHERS):
    setattr(Traced, f"__{_name}__", _make_operator(_name))
for _name in _BINARY:
    setattr(Traced, f"__r{_name}__", _make_operator(_name, "r"))
    setattr(TracedArray, f"__i{_name}__", _make_operator(_name, "i"))
