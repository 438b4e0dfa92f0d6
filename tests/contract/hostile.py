"""Operations that do everything to bring the kit down."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np


class Hostile:
    """3 x, any shape; d/dx = 3 grad. The subclasses misbehave."""

    name: Any = "hostile"
    broadcasts = True

    def forward(self, ctx: Any, x: Any) -> Any:
        return 3 * x

    def backward(self, ctx: Any, grad: Any) -> Any:
        return 3 * grad


class Raises:
    """Neither method works."""

    name = "raises"

    def forward(self, ctx: Any, x: Any) -> Any:
        raise ZeroDivisionError("on purpose")

    backward = forward


class HasNoBackward:
    """Forward alone."""

    name, broadcasts, forward = "forward_only", True, Hostile.forward


class HasNoName:
    """3 x, any shape; d/dx = 3 grad."""

    broadcasts, forward, backward = True, Hostile.forward, Hostile.backward


class TurnsTheWorldOver(Hostile):
    def forward(self, ctx: Any, x: Any) -> Any:
        np.random.seed(1)  # noqa: NPY002
        np.seterr(all="ignore")
        np.set_printoptions(precision=1)
        warnings.simplefilter("ignore")
        return 3 * x


def recurse(op: Any, ctx: Any, x: Any) -> Any:
    return op.forward(ctx, x)


def raising(error: BaseException) -> Any:
    """Return a method that raises an exception."""

    def method(op: Any, ctx: Any, x: Any) -> Any:
        raise error

    return method


def returning(make_value: Any) -> Any:
    """Return a method that returns a function of its array."""
    return lambda op, ctx, x: make_value(x)


def make_hostile(class_name: str, /, **attributes: Any) -> Any:
    """Return a class that differs from `Hostile` by some methods or attributes."""
    return type(class_name, (Hostile,), {**attributes, "__doc__": Hostile.__doc__})


def with_attribute(name: str, value: Any) -> Any:
    """Return an operation with an attribute of this value; an exception is raised when it is read."""

    def read(_: Any) -> Any:
        raise value

    raises = isinstance(value, BaseException)
    return make_hostile("Odd", **{name: property(read) if raises else value})()


ExitsInBackward = make_hostile("ExitsInBackward", backward=raising(SystemExit()))
Interrupts = make_hostile("Interrupts", backward=raising(KeyboardInterrupt()))
RunsOutOfMemory = make_hostile("RunsOutOfMemory", forward=raising(MemoryError()))

SURVIVABLE = (
    Raises,
    HasNoBackward,
    HasNoName,
    TurnsTheWorldOver,
    ExitsInBackward,
    Interrupts,
    RunsOutOfMemory,
    make_hostile("ExitsInForward", forward=raising(SystemExit(3))),
    make_hostile("RaisesBaseException", forward=raising(GeneratorExit())),
    make_hostile("Recurses", forward=recurse),
    make_hostile("ReturnsNone", forward=returning(lambda x: None)),
    make_hostile("ReturnsList", forward=returning(lambda x: [x, x])),
    make_hostile("ReturnsObjects", forward=returning(lambda x: np.array([None] * 3))),
    make_hostile("ReturnsText", backward=returning(lambda grad: "gradient")),
    make_hostile("ReturnsNan", forward=returning(lambda x: x * np.nan)),
    make_hostile("GradientIsNan", backward=returning(lambda grad: grad * np.nan)),
    make_hostile("NameIsNoText", name=7),
    make_hostile("CopyExits", __deepcopy__=lambda op, memo: sys.exit()),
)
