"""Records the calls that a function makes, as lines of a Python function."""

from __future__ import annotations

import copy
import operator
from collections import deque
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from ..contracts.location import locate_user_code
from ..engine.modes import Block, in_checkpoint, tracing
from ..engine.node import Context, node_numbers
from ..errors import TracingError
from ..tensor import Tensor, make_output
from ..tensor.containers import get_data
from ..tensor.ownership import copy_if_shared
from ..transforms import trees
from .captures import Captures
from .guards import UNSET
from .interception import TracedOperation
from .same_bits import has_same_bits
from .source import take_contexts
from .traced import TracedArray, TracedScalar, is_traced, refusals, refuse

# How to write sums of gradients: a call takes 50 ns longer.
_SUMS: dict[Any, str] = {operator.add: "{} = {} + {}", operator.iadd: "{1} += {2}"}

# The engine calls these functions. The shapes of their results do not depend on values, as for ufuncs.
_FIXED = frozenset([*_SUMS, np.copy, np.asarray])

_MUTABLE = (np.ndarray, list, dict, tuple)  # a tuple may hold others

_MOST_WAITING = 8  # lists of contexts in the pool of a program; further calls at the same time make new ones

STALE = object()  # the result of a replay if the program is not for these arguments and captured values


def _deviate(message: str) -> NoReturn:
    raise TracingError(
        f"{message}, and a function that draws or writes to an array cannot run again without its program: "
        "choose with np.where(mask, a, b) in the place of x[mask]"
    )


# The functions and constants that lines name.
_NAMES: dict[str, Any] = {
    "copy": np.copy, "copy_if_shared": copy_if_shared, "deviate": _deviate, "errstate": np.errstate,
    "has_same_bits": has_same_bits, "index": operator.index, "is_": operator.is_, "stale": STALE,
    "new": object.__new__, "Context": Context, "UNSET": UNSET, "numbers": node_numbers,
    "make_output": make_output, "take_contexts": take_contexts, "duplicate": copy.copy,
}  # fmt: skip


class Tracer:
    """The calls of a function, as lines over numbered variables and named constants."""

    def __init__(self, f: Callable[..., Any], captures: Captures) -> None:
        self.steps: list[str] = []  # each line has a comment with the call, the user's line and the results
        self.sources: list[str] = []
        self.names = {**_NAMES, "pool": deque(maxlen=_MOST_WAITING)}
        self.contexts: dict[str, tuple[bool, ...]] = {}  # the needs of contexts, by their variables
        self.texts = {id(np.copy): "copy"}  # the names of constants, and of tensors that go in and out, by id
        self.tensors: dict[int, tuple[Tensor, Any]] = {}  # captured tensors, which a replay reads again
        # Captured arrays to which effects write, each with a copy of its values before the first run. In the
        # trace, effects write to the copies.
        self.copies = {id(x): (x, values.copy("K")) for x, values in captures.written}
        self.constants: list[tuple[Any, Any]] = []  # (array that the function makes, its values at first use)
        self.results: dict[int, Any] = {}  # stand-ins for what the function makes and returns
        self.has_effects = self.in_rule = False
        self.count, self._errors = 0, np.geterr()
        self._f, self._captures, self._states = f, captures, captures.read_states()

    def stand_in(self, value: Any, text: str = "") -> Any:
        """Return the stand-in for a value; without a text the value gets a new variable."""
        self.count += 1
        kind = TracedArray if type(value) is np.ndarray else TracedScalar
        return kind(self, text or f"v{self.count}", value)

    def read_tensor(self, tensor: Tensor, data: Any) -> Any:
        """Return the stand-in for the array of a captured tensor."""
        if id(tensor) not in self.tensors:
            self.tensors[id(tensor)] = tensor, self.stand_in(data.copy("K"))
        return self.tensors[id(tensor)][1]

    def name(self, value: Any) -> str:
        """Return the name of a value that is the same in each replay."""
        if id(value) not in self.texts:
            text = self.texts[id(value)] = f"k{len(self.names)}"
            self.names[text] = value  # a reference, so that no other object gets the id
            if type(value) is np.ndarray and not self._captures.includes(value):
                self.constants.append((value, value.copy("K")))
                # The caller may get a view of the array, and a write would change later replays.
                self.names[text] = _make_read_only(value)
        return self.texts[id(value)]

    def express(self, tree: Any, *, anew: bool = False) -> str:
        """Return the expression for a tree; anew: whether a replay makes tuples without stand-ins again."""
        if is_traced(tree):
            return str(tree.text)
        if isinstance(tree, (tuple, list)):
            if not (
                anew or isinstance(tree, list) or any(is_traced(x) or isinstance(x, _MUTABLE) for x in tree)
            ):
                return self.name(tree)
            items = "".join(f"{self.express(x, anew=anew)}, " for x in tree)
            star = "*" if hasattr(tree, "_fields") else ""
            return f"({items})" if type(tree) is tuple else f"{self.name(type(tree))}({star}({items}))"
        if isinstance(tree, dict):
            items = "".join(f"{self.name(key)}: {self.express(x, anew=anew)}, " for key, x in tree.items())
            return f"{self.name(type(tree))}({{{items}}})"
        return self.name(tree)

    def call(self, function: Any, args: Any, kwargs: Any, name: str = "", *, varies: bool = True) -> Any:
        """Call and record a function, and return stand-ins for its results.

        varies: whether the shapes of the results may depend on values.
        """
        value = self._run(function, *trees.map_leaves((args, kwargs), self._get_value))
        args, kwargs = trees.map_leaves((args, kwargs), get_data)
        name = name or getattr(function, "__name__", repr(function))
        results = trees.map_leaves(value, lambda x: x if x is None else self.stand_in(x))
        arrays = [x for x in trees.leaves(results) if type(x) is TracedArray]
        texts = [*map(self.express, args), *[f"{key}={self.express(x)}" for key, x in kwargs.items()]]
        target = _write_target(results)
        line = f"{target} = {self.name(function)}({', '.join(texts)})"
        if function in _SUMS and texts[0].isidentifier():
            line = _SUMS[function].format(target, *texts)
        if (errors := np.geterr()) != self._errors:
            line = f"with errstate(**{errors}): {line}"
        self.add_step(line, name, ", ".join([f"{x.dtype}{x.shape}" for x in arrays]))
        if varies and not isinstance(function, np.ufunc) and function not in _FIXED:
            for x in arrays:
                self.check(f"{x.text}.shape == {x.shape}", f"{name} returned an array of another shape")
        return results

    def add_step(self, line: str, name: str, results: str = "") -> None:
        """Record a line of the program, with a comment for people."""
        comment = f"{name} at {locate_user_code()} -> {results}".removesuffix(" -> ")
        self.steps.append(f"{line}  # {' '.join(comment.split())}")

    def _get_value(self, x: Any) -> Any:
        """Return the value of an argument; read-only, unless it has a stand-in or is in `copies`."""
        data = get_data(x)
        if is_traced(data):
            return data.value
        if type(data) is not np.ndarray or id(data) in self.copies:
            return self.copies.get(id(data), (data, data))[1]
        return _make_read_only(data)

    def _run(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Return the result of a function that is recorded as a whole, without the calls inside of it."""
        try:
            with Block(tracing, None):
                return function(*args, **kwargs)
        except Exception as error:
            # The engine tries to add in place, and adds out of place if the shapes or dtypes do not fit.
            if function is operator.iadd and isinstance(error, (TypeError, ValueError)):
                raise
            advice = "choose with np.where(condition, a, b)"
            if "read-only" in str(error):
                advice = "return the new values, or write to a captured array in an @mg.effect"
            refuse(f"an exception of {getattr(function, '__qualname__', function)} ({error})", advice)

    def check(self, condition: str, message: str) -> None:
        """Record a check. If the condition does not hold in a replay, the call runs without the program."""
        message = f"{locate_user_code()}: {message} than in the trace"
        self.add_step(f"if not {condition}: deviate({self.name(message)})", "check")

    def check_number(self, x: Any, message: str) -> None:
        """Record a check that a number of Python is the same in a replay."""
        self.check(f"has_same_bits({x.text}, {self.name(x.value)})", message)

    def replace_operation(self, op: Any) -> TracedOperation:
        """Return the operation that `apply` calls in the place of `op`."""
        return TracedOperation(self, op)

    def call_effect(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call and record a function that draws, or that writes to captured arrays."""
        if in_checkpoint.get():
            fact = f"a function under mg.checkpoint that calls the effect {function.__name__}"
            refuse(fact, "leave out the checkpoint", self._f)
        self.refuse_draws()
        self.has_effects = True
        captures = self._captures
        compared = [x for x in trees.leaves((args, kwargs)) if id(x) in captures.arrays]
        try:
            result = self.call(function, args, kwargs)
        except TracingError:
            if not compared:
                raise
            refusals.pop()  # the effect writes to one of these arrays, possibly the values that it has
            captures.take_written(compared)
            self.copies.update({id(x): (x, x.copy("K")) for x in compared})
            captures.write_states(self._states)
            result = self.call(function, args, kwargs)
        self._states = captures.read_states()
        return result

    def call_predicate(self, function: Callable[..., Any], /, *args: Any) -> bool:
        """Call a predicate of values, and record a check that it returns the same in a replay."""
        result = self.call(function, args, {})
        self.check_number(result, f"{function.__name__} returned another truth value")
        return bool(result.value)

    def refuse_draws(self) -> None:
        """Raise if a generator has drawn since the last effect."""
        if not has_same_bits(self._states, self._captures.read_states()):
            advice = "draw in a function with @mg.effect, as nn's Dropout does, or pass the numbers"
            refuse("it draws outside of an operation", advice, self._f)


def _make_read_only(x: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only view of an array."""
    view = x.view()
    view.flags.writeable = False
    return view


def _write_target(results: Any) -> str:
    """Return the left side of the assignment that makes these results."""
    if isinstance(results, (tuple, list)):
        return f"({''.join(f'{_write_target(x)}, ' for x in results)})"
    if results is None:
        return "_"
    value = getattr(results, "value", results)
    kind = value.dtype.kind if isinstance(value, (np.ndarray, np.generic)) else ""
    if kind not in "biufc" or not (kind or isinstance(value, (int, float, complex, Context))):
        refuse(f"the {type(value).__name__} that a call makes of traced values", "return arrays")
    return str(results.text)
