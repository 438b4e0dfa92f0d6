"""During a trace the engine calls operations that record themselves, and tensors return stand-ins as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch.tables import describe
from ..engine.modes import Block, recording, tracing
from ..engine.node import Context, match_to_inputs
from ..tensor import Tensor
from ..transforms import trees
from .traced import TracedScalar, get_value, is_traced, refuse

if TYPE_CHECKING:
    from .tracer import Tracer


trace_lock = RLock()  # held during a trace


@contextmanager
def use_tracer(tracer: Tracer, tensors: Iterable[Tensor]) -> Iterator[None]:
    """Record the calls in the body of the `with` statement.

    The data of `tensors` are stand-ins there. Other threads read the arrays as before.
    """
    changed: list[tuple[Any, Any]] = [(t, type(t)) for t in tensors]
    try:
        for t, cls in changed:
            t.__class__ = _make_subclass(cls)
        # `apply` asks for a tracer in a block.
        with Block(tracing, tracer), Block(recording, recording.get()):
            yield
    finally:
        for t, cls in changed:
            t.__class__ = cls


@cache
def _make_subclass(cls: Any) -> type:
    """Return the class that tensors of the class `cls` have during a trace.

    The attribute `data` of a tensor is a slot; in a subclass a property can take its place.
    """

    def make(_: Any, *args: Any, **kwargs: Any) -> Any:
        return cls(*args, **kwargs)  # another thread copies a tensor

    names = {"__slots__": (), "__module__": cls.__module__, "__new__": make}
    return type(cls.__name__, (cls,), {**names, **_REPLACED})


def _read_data(t: Tensor) -> Any:
    tracer, data = tracing.get(), _DATA.__get__(t)
    return data if tracer is None else tracer.read_tensor(t, data)


def _forbid(method: Callable[..., Any], what: str, advice: str) -> Callable[..., Any]:
    """Return a method that raises in a trace."""

    def call(t: Tensor, *args: Any) -> Any:
        if tracing.get() is not None:
            refuse(what, advice)
        return method(t, *args)

    return call


def _after_trace(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that waits in other threads until the trace has ended, and `t` has its class again."""

    def call(t: Tensor, *args: Any) -> Any:
        with trace_lock:
            return method(t, *args)

    return call


_DATA, _GRAD = vars(Tensor)["data"], vars(Tensor)["_grad"]
_WRITE = "a write to the array of a tensor or parameter", "return the new value, or write in an @mg.effect"
_USE = "the grad of a parameter is used", "call backward() and optimizer.step() outside, or use mg.grad"
_ASSIGNMENT = (
    "an assignment to a tensor that is an argument or captured",
    "assign to a copy, y = x.copy(); y[index] = value, and return the copy",
)
_COPY = "a copy or a pickle of a tensor", "use x.copy()"
_REPLACED = {
    "data": property(_read_data, _forbid(_DATA.__set__, *_WRITE)),
    "_grad": property(_forbid(_GRAD.__get__, *_USE), _forbid(_GRAD.__set__, *_USE)),
    "__setitem__": _forbid(_after_trace(Tensor.__setitem__), *_ASSIGNMENT),
    "__reduce_ex__": _forbid(_after_trace(object.__reduce_ex__), *_COPY),
}


class TracedOperation:
    """One call of an operation, whose `forward` and `backward` are recorded when they are called on arrays.

    In a higher derivative, the engine calls them on tensors. Then they run as they are, and the calls of
    operations in them are recorded.
    """

    def __init__(self, tracer: Tracer, op: Any) -> None:
        self.tracer, self.op, self.name = tracer, op, describe(op)
        self.numbers: list[Any] = []  # stand-ins for Python numbers that `forward` saved

    def __getattr__(self, name: str) -> Any:
        return getattr(self.op, name)

    def forward(self, ctx: Context, *inputs: Any, **settings: Any) -> Any:
        """Call and record the `forward` of the operation."""
        tracer, op = self.tracer, self.op
        if any(isinstance(x, Tensor) for x in inputs):
            return self._run_rule(op.forward, ctx, *inputs, **settings)
        self.needs, self.context = ctx.needs, self._add_context(ctx.needs)
        out = tracer.call(op.forward, (self.context, *inputs), settings, self.name, varies=not op.broadcasts)
        by_id = {id(x.value): x for x in inputs if is_traced(x) and not isinstance(x.value, int)}
        ctx.saved = self._lift(self.context.value.saved, f"{self.context.text}.saved", by_id)
        if not op.differentiable and type(get_value(out)) in (int, bool):
            if any(map(is_traced, trees.leaves((inputs, settings)))):
                refuse(f"the number that {self.name} returns", "choose with np.where, on arrays")
            return out.value
        return trees.map_leaves(out, self._make_array)

    def backward(self, ctx: Context, *grads: Any) -> Any:
        """Call and record the `backward` of the operation."""
        tracer, op, context = self.tracer, self.op, self.context
        if any(isinstance(g, Tensor) for g in grads):
            while self.numbers:
                tracer.check_number(self.numbers.pop(), f"{self.name} saved another number")
            results = self._run_rule(op.backward, ctx, *grads)
        else:
            if ctx.needs != self.needs:
                context = self._add_context(ctx.needs, context)
            args = (context, *grads)
            results = tracer.call(op.backward, args, {}, f"backward of {self.name}", varies=False)
        if type(results) is tuple and len(results) > len(ctx.inputs):  # None for inputs that were left out
            return match_to_inputs(op, ctx.inputs, results) or results
        return results

    def _add_context(self, needs: tuple[bool, ...], like: Any = None) -> Any:
        """Return the stand-in for a context with these needs, and with the values that `like` has saved."""
        context = Context(self.op, (), {}, needs)
        x = self.tracer.stand_in(context)
        self.tracer.contexts[x.text] = needs
        if like is not None:
            context.saved = like.value.saved
            self.tracer.add_step(f"{x.text}.saved = {like.text}.saved", "context")
        return x

    def _run_rule(self, function: Any, *args: Any, **settings: Any) -> Any:
        """Call a method of the operation on tensors, and record checks of the branches that it takes."""
        tracer = self.tracer
        outer, tracer.in_rule = tracer.in_rule, True
        try:
            return function(*args, **settings)
        finally:
            tracer.in_rule = outer

    def _make_array(self, x: Any) -> Any:
        return self.tracer.call(np.asarray, (x,), {}) if type(x) is TracedScalar else x

    def _lift(self, value: Any, text: str, inputs: dict[int, Any]) -> Any:
        """Return the stand-in for an array or complex number that `forward` saved; other values unchanged."""
        if id(value) in inputs:
            return inputs[id(value)]
        if isinstance(value, (tuple, list)):
            items = [self._lift(x, f"{text}[{i}]", inputs) for i, x in enumerate(value)]
            return trees.make_sequence(value, items)
        stand_in = self.tracer.stand_in(value, text)
        if isinstance(value, (np.ndarray, np.generic, complex)):
            return stand_in
        if isinstance(value, (int, float, str)):
            self.numbers.append(stand_in)
        return value
