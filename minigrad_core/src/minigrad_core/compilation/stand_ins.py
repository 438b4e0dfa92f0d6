"""The time of a trace: calls of operations and the arrays of captured tensors lead to the tracer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import get_ident
from typing import Any

from ..engine import interception
from ..tensor import Tensor
from ..tensor.kinds import AssignedTensor
from .operations import TracedOperation
from .refusals import refuse
from .tracer import Tracer

_REFUSALS = {
    "data": ("a write to a captured array or parameter", "return the new value, or write in an @mg.effect"),
    "_grad": (
        "the grad of a parameter is read or set",
        "call backward(), zero_grad() and optimizer.step() outside, or use mg.grad",
    ),
}

_current: Tracer | None = None


def is_tracing() -> bool:
    """Return whether this thread traces a function."""
    tracer = _current  # another thread may end its trace meanwhile
    return tracer is not None and tracer.thread == get_ident()


@contextmanager
def use_tracer(tracer: Tracer, tensors: Iterable[Tensor]) -> Iterator[None]:
    """Record the calls of this thread in the body of the `with` statement.

    These tensors give stand-ins in the place of their arrays. Other threads read the arrays as before. One
    thread traces at a time.
    """
    global _current
    changed: list[tuple[Any, Any]] = [(t, type(t)) for t in tensors if type(t) is not AssignedTensor]
    _current = tracer
    interception.operation = lambda op: TracedOperation(tracer, op) if is_tracing() else op
    interception.effect, interception.predicate = tracer.call_effect, tracer.call_predicate
    try:
        for t, cls in changed:
            t.__class__ = _make_subclass(cls)
        yield
    finally:
        for t, cls in changed:
            t.__class__ = cls
        _current = interception.operation = interception.effect = interception.predicate = None


@cache
def _make_subclass(cls: Any) -> type:
    """Return a class for the duration of a trace: a slot of a tensor cannot be replaced by a property."""
    properties = {name: _make_property(name) for name in ("data", "_grad")}
    return type(cls.__name__, (cls,), {"__slots__": (), "__module__": cls.__module__, **properties})


def _make_property(name: str) -> property:
    """Return a property in the place of a slot: `data` gives a stand-in, and `_grad` is refused."""
    slot: Any = vars(Tensor)[name]

    def read(t: Tensor) -> Any:
        if _current is None or not is_tracing():
            return slot.__get__(t)
        if name == "_grad":
            refuse(*_REFUSALS[name])
        return _current.read_tensor(t, slot.__get__(t))

    def write(t: Tensor, value: Any) -> None:
        if is_tracing():
            refuse(*_REFUSALS[name])
        slot.__set__(t, value)

    return property(read, write)
