"""Records the calls of `forward` and `backward`, and of NumPy's functions, that a function makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import get_ident
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..array import ARRAY_TYPES, TRACED_TYPES
from ..dispatch.tables import describe
from ..engine import interception
from ..engine.node import Cached, Context, match_to_inputs
from ..tensor import Tensor
from .places import find_place
from .steps import Deviation, Kind, Slot, Step, has_same_bits, iterate_leaves, map_tree
from .traced import TracedArray, TracedScalar, is_traced, refuse

if TYPE_CHECKING:
    from .generator_states import GeneratorStates

_NUMBERS = (int, float, complex, np.generic)

ARRAY_TYPES.add(TracedArray)
TRACED_TYPES.update((TracedArray, TracedScalar))


class TracedOperation:
    """An operation whose `forward` and `backward` are recorded when they are called on arrays.

    In a higher derivative, the engine calls them on tensors. Then they run as they are, and the calls of
    operations in them are recorded.
    """

    def __init__(self, tracer: Tracer, op: Any) -> None:
        self.tracer, self.op = tracer, op
        self.context: Slot | None = None
        self.saved: tuple[Any, ...] = ()  # by `forward`, in the trace
        self.static: dict[tuple[int, ...], Any] = {}  # numbers of Python among them, by position

    def __getattr__(self, name: str) -> Any:
        return getattr(self.op, name)

    def forward(self, ctx: Context, *inputs: Any, **settings: Any) -> Any:
        """Call and record the `forward` of the operation."""
        if any(isinstance(x, Tensor) for x in inputs):
            return self.op.forward(ctx, *inputs, **settings)
        return self.tracer.call_forward(self, ctx, inputs, settings)

    def backward(self, ctx: Context, *grads: Any) -> Any:
        """Call and record the `backward` of the operation."""
        if any(isinstance(g, Tensor) for g in grads):
            self.tracer.check_static(self)
            results = self.op.backward(ctx, *grads)
        else:
            results = self.tracer.call_backward(self, ctx, grads)
        if type(results) is tuple and len(results) != len(ctx.inputs):
            return match_to_inputs(self.op, ctx.inputs, results) or results
        return results


class Tracer:
    """The calls that one thread makes, as steps over numbered values.

    Attributes
    ----------
    constants : dict of Slot
        The values that are the same in each replay.
    tensors : dict from id to (Tensor, TracedArray)
        The captured tensors that were read, which a replay reads again.
    written : dict from id to array
        The captured arrays to which an effect writes.
    """

    def __init__(self, generators: GeneratorStates) -> None:
        self.thread = get_ident()
        self.generators = generators
        self.count = 0
        self.steps: list[Step] = []
        self.constants: dict[Slot, Any] = {}
        self.tensors: dict[int, tuple[Tensor, Any]] = {}
        self.written: dict[int, Any] = {}
        self.has_effects = False
        self.errors = np.geterr()
        self.failure = ""  # a call that raised, by name and place
        self._slots: dict[int, Slot] = {}  # of constants, by id
        self._copies: dict[int, Any] = {}  # of arrays that an effect may write to

    def __enter__(self) -> Tracer:
        interception.operation, interception.effect = self.intercept, self.call_effect
        interception.predicate = self.call_predicate
        return self

    def __exit__(self, *_: object) -> None:
        interception.operation = interception.effect = interception.predicate = None

    def intercept(self, op: Any) -> Any:
        """Return the operation to call in the place of `op`: another one in the thread that traces."""
        return TracedOperation(self, op) if get_ident() == self.thread else op

    # Values

    def add_slot(self) -> Slot:
        """Return the number of a new value."""
        self.count += 1
        return Slot(self.count - 1)

    def add_constant(self, value: Any) -> Slot:
        """Return the number of a value that is the same in each replay."""
        if id(value) not in self._slots:
            slot = self._slots[id(value)] = self.add_slot()
            self.constants[slot] = value  # which keeps the id in use
        return self._slots[id(value)]

    def stand_in(self, value: Any) -> Any:
        """Return the stand-in for an array or a number."""
        return (TracedArray if type(value) is np.ndarray else TracedScalar)(self, self.add_slot(), value)

    def read_tensor(self, tensor: Tensor, data: NDArray[Any]) -> Any:
        """Return the stand-in for the array of a captured tensor: a copy, since a trace writes to nothing."""
        if id(tensor) not in self.tensors:
            self.tensors[id(tensor)] = tensor, self.stand_in(data.copy())
        return self.tensors[id(tensor)][1]

    def lower(self, tree: Any) -> Any:
        """Return a tree with a slot in the place of each stand-in, and of each constant."""
        if not any(map(is_traced, iterate_leaves(tree))):
            return self.add_constant(tree)
        return map_tree(tree, lambda x: Slot(x.slot) if is_traced(x) else self.add_constant(x))

    # Calls

    def call(
        self, function: Callable[..., Any], args: Any, kwargs: Any, name: str = "", kind: Kind = Kind.CALL
    ) -> Any:
        """Call and record a function of arrays and numbers."""
        args, kwargs = _read_tensors((args, kwargs))
        captured = {id(x) for _, x in self.tensors.values()}
        leaves = list(iterate_leaves((args, kwargs)))
        kept = [*_find_arrays(leaves), *[x.value for x in leaves if id(x) in captured]]
        before = [x.tobytes() for x in kept]
        value = self._run(function, *_unwrap((args, kwargs)))
        if before != [x.tobytes() for x in kept]:
            refuse(
                "a write to a captured array or parameter", "return the new value, or write in an @mg.effect"
            )
        name = name or getattr(function, "__name__", repr(function))
        return self._make_results(self._record(kind, name, function, args, kwargs, value), value)

    def call_effect(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call and record a function with an effect. In the trace it writes to copies of captured arrays."""
        if get_ident() != self.thread:
            return function(*args, **kwargs)
        args, kwargs = _read_tensors((args, kwargs))
        arrays = {id(x): x for x in _find_arrays(iterate_leaves((args, kwargs)))}
        before = {key: self._copies.setdefault(key, x.copy()).tobytes() for key, x in arrays.items()}
        arguments = map_tree(_unwrap((args, kwargs)), lambda x: self._copies.get(id(x), x))
        self.has_effects = True
        if self.generators.have_drawn():
            refuse(
                "a draw outside of an operation", "draw in a function with @mg.effect, as nn's Dropout does"
            )
        value = self._run(function, *arguments)
        self.generators.advance()
        self.written.update(
            (key, x) for key, x in arrays.items() if self._copies[key].tobytes() != before[key]
        )
        return self._make_results(
            self._record(Kind.CALL, function.__name__, function, args, kwargs, value), value
        )

    def call_predicate(self, function: Callable[..., Any], /, *args: Any) -> bool:
        """Call a predicate of values, and record a check that it returns the same in a replay."""
        if get_ident() != self.thread:
            return bool(function(*args))
        args = _read_tensors(args)
        value = bool(self._run(function, _unwrap(args), {}))
        if any(map(is_traced, iterate_leaves(args))):
            message = f"{find_place()}: {function.__name__} returned {value} when the function was traced"

            def check(*args: Any) -> None:
                if function(*args) is not value:
                    raise Deviation(message)

            self._record(Kind.CALL, function.__name__, check, args, {}, None)
        return value

    def call_forward(self, wrapper: TracedOperation, ctx: Context, inputs: Any, settings: Any) -> Any:
        """Call and record the `forward` of an operation."""
        op, inner = wrapper.op, Context(wrapper.op, (), {}, ctx.needs)
        value = self._run(op.forward, (inner, *_unwrap(inputs)), _unwrap(settings))
        if type(value) in (int, bool) and not op.differentiable:
            if not any(map(is_traced, iterate_leaves((inputs, settings)))):
                return value
            refuse(f"the number that {describe(op)} returns", "choose with np.where, on arrays")
        converts = isinstance(value, (np.generic, int, float))
        value = np.asarray(value) if converts else value
        step = self._record(Kind.FORWARD, describe(op), op.forward, inputs, settings, value, op)
        step.context, step.needs, step.converts = self.add_slot(), ctx.needs, converts
        wrapper.context, wrapper.saved = step.context, inner.saved
        by_id = {id(x.value): x for x in inputs if is_traced(x)}
        ctx.saved = tuple(self._lift(wrapper, x, (i,), by_id) for i, x in enumerate(inner.saved))
        return self._make_results(step, value)

    def call_backward(self, wrapper: TracedOperation, ctx: Context, grads: Any) -> Any:
        """Call and record the `backward` of an operation."""
        op, inner = wrapper.op, Context(wrapper.op, (), {}, ctx.needs)
        inner.saved = wrapper.saved
        value = self._run(op.backward, (inner, *_unwrap(grads)), {})
        step = self._record(Kind.BACKWARD, describe(op), op.backward, grads, {}, value, op)
        step.context, step.needs = wrapper.context, ctx.needs
        return self._make_results(step, value)

    def check_static(self, wrapper: TracedOperation) -> None:
        """Record a check that the numbers of Python that `forward` saved are those of the trace.

        In a higher derivative `backward` computes with them, and `forward` may have made them of values.
        """
        static, message = (
            wrapper.static,
            f"{describe(wrapper.op)} saved other numbers when the function was traced",
        )
        wrapper.static = {}

        def check(ctx: Context) -> None:
            if not all(has_same_bits(_follow(ctx.saved, path), value) for path, value in static.items()):
                raise Deviation(message)

        if static:
            self._record(Kind.CALL, "check", check, (), {}, None).args = (wrapper.context,)

    def record_output(self, function: Callable[..., Any], x: Any) -> Slot:
        """Record a function of one value, whose result may have any type, and return its slot."""
        step = self._record(Kind.CALL, function.__name__, function, (x,), {}, None)
        step.out = self.add_slot()
        return Slot(step.out)

    # Records

    def _run(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Return what a function returns, without records of the calls in it: it is recorded as a whole."""
        thread, self.thread = self.thread, 0
        try:
            return function(*args, **kwargs)
        except Exception:
            self.failure = getattr(function, "__qualname__", repr(function)) + f" at {find_place()}"
            raise
        finally:
            self.thread = thread

    def _record(
        self, kind: Kind, name: str, function: Any, args: Any, kwargs: Any, value: Any, op: Any = None
    ) -> Step:
        settings = {key: self.lower(x) for key, x in kwargs.items()}
        value = map_tree(value, _drop_memory)
        step = Step(kind, name, function, tuple(map(self.lower, args)), settings, value, find_place(), op)
        self.steps.append(step)
        return step

    def _make_results(self, step: Step, value: Any) -> Any:
        """Return stand-ins for the results of a step."""
        if type(value) in (tuple, list) or hasattr(value, "_fields"):
            results = [self._make_result(step, x) for x in value]
            step.out = tuple(None if x is None else Slot(x.slot) for x in results)
            return type(value)(*results) if hasattr(value, "_fields") else type(value)(results)
        result = self._make_result(step, value)
        step.out = None if result is None else Slot(result.slot)
        return result

    def _make_result(self, step: Step, value: Any) -> Any:
        if value is None:
            return None
        if not (type(value) is np.ndarray and value.dtype.kind in "biufc") and not isinstance(
            value, _NUMBERS
        ):
            refuse(f"the {type(value).__name__} that {step.name} makes of traced values", "return arrays")
        return self.stand_in(value)

    def _lift(
        self, wrapper: TracedOperation, value: Any, path: tuple[int, ...], inputs: dict[int, Any]
    ) -> Any:
        """Return what the engine finds in the place of a value that `forward` saved."""
        if id(value) in inputs:
            return inputs[id(value)]
        if type(value) in (tuple, list, Cached) or hasattr(value, "_fields"):
            items = [self._lift(wrapper, x, (*path, i), inputs) for i, x in enumerate(value)]
            return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
        if type(value) is np.ndarray or isinstance(value, (np.generic, complex)):
            step = self._record(Kind.SAVED, "".join(f"[{i}]" for i in path), _follow, (), {}, value)
            step.context = wrapper.context
            return self._make_results(step, value)
        if type(value) in (int, float, bool, str):
            wrapper.static[path] = value
        return value


def _read_tensors(tree: Any) -> Any:
    return map_tree(tree, lambda x: x.data if isinstance(x, Tensor) else x)


def _unwrap(tree: Any) -> Any:
    """Return a tree with the values of this run in the place of stand-ins."""
    return map_tree(tree, lambda x: x.value if is_traced(x) else x)


def _drop_memory(x: Any) -> Any:
    """Return an array of the same shape and dtype that takes no memory; anything else as it is."""
    return np.broadcast_to(np.empty((), x.dtype), x.shape) if isinstance(x, np.ndarray) else x


def _find_arrays(leaves: Iterable[Any]) -> list[NDArray[Any]]:
    return [x for x in leaves if type(x) is np.ndarray and not x.dtype.hasobject]


def _follow(saved: Any, path: tuple[int, ...]) -> Any:
    for i in path:
        saved = saved[i]
    return saved
