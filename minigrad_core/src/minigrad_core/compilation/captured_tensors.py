"""Makes captured tensors give stand-ins for their arrays to the thread that traces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import get_ident
from typing import TYPE_CHECKING, Any

from ..tensor import Tensor
from ..tensor.kinds import AssignedTensor
from .traced import refuse

if TYPE_CHECKING:
    from .tracer import Tracer

_ADVICE = "call backward(), zero_grad() and optimizer.step() outside, or use mg.grad"

_current: Tracer | None = None


def is_tracing() -> bool:
    """Return whether this thread traces a function."""
    return _current is not None and _current.thread == get_ident()


def _make_property(name: str) -> property:
    """Return a property in the place of a slot: `data` gives a stand-in, and `_grad` is refused."""
    slot: Any = vars(Tensor)[name]

    def read(t: Tensor) -> Any:
        value = slot.__get__(t)
        if _current is None or not is_tracing():
            return value
        return (
            _current.read_tensor(t, value)
            if name == "data"
            else refuse("the grad of a parameter is read", _ADVICE)
        )

    def write(t: Tensor, value: Any) -> None:
        if is_tracing():
            refuse(f"the {name.strip('_')} of a parameter is set", _ADVICE)
        slot.__set__(t, value)

    return property(read, write)


_PROPERTIES = {name: _make_property(name) for name in ("data", "_grad")}


@cache
def _make_subclass(cls: Any) -> type:
    """Return a class for the duration of a trace: a slot of a tensor cannot be replaced by a property."""
    return type(cls.__name__, (cls,), {"__slots__": (), "__module__": cls.__module__, **_PROPERTIES})


@contextmanager
def use_stand_ins(tracer: Tracer, tensors: Iterable[Tensor]) -> Iterator[None]:
    """Give stand-ins in the place of the arrays of these tensors in the body of the `with` statement.

    Other threads read the arrays as before. One thread traces at a time.
    """
    global _current
    changed: list[tuple[Any, Any]] = [(t, type(t)) for t in tensors if type(t) is not AssignedTensor]
    _current = tracer
    try:
        for t, cls in changed:
            t.__class__ = _make_subclass(cls)
        yield
    finally:
        for t, cls in changed:
            t.__class__ = cls
        _current = None
