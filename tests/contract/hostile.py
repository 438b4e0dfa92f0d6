"""Operations that do everything to bring the kit down."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np


class Hostile:
    """3 x, any shape; d/dx = 3 grad. The subclasses misbehave."""

    name = "hostile"
    broadcasts = True

    def forward(self, ctx: Any, x: Any) -> Any:
        return 3 * x

    def backward(self, ctx: Any, grad: Any) -> Any:
        return 3 * grad


class ExitsInForward(Hostile):
    def forward(self, ctx: Any, x: Any) -> Any:
        sys.exit(3)


class ExitsInBackward(Hostile):
    def backward(self, ctx: Any, grad: Any) -> Any:
        raise SystemExit


class RaisesBaseException(Hostile):
    def forward(self, ctx: Any, x: Any) -> Any:
        raise GeneratorExit


class Recurses(Hostile):
    def forward(self, ctx: Any, x: Any) -> Any:
        return self.forward(ctx, x)


class ReturnsNone(Hostile):
    def forward(self, ctx: Any, x: Any) -> Any:
        return None


class ReturnsList(Hostile):
    def forward(self, ctx: Any, x: Any) -> Any:
        return [x, x]


class ReturnsObjects(Hostile):
    def forward(self, ctx: Any, x: Any) -> Any:
        return np.array([None] * 3)


class ReturnsText(Hostile):
    def backward(self, ctx: Any, grad: Any) -> Any:
        return "gradient"


class ReturnsNan(Hostile):
    def forward(self, ctx: Any, x: Any) -> Any:
        return x * np.nan


class GradientIsNan(Hostile):
    def backward(self, ctx: Any, grad: Any) -> Any:
        return grad * np.nan


class HasNoBackward:
    """Forward alone."""

    name = "forward_only"
    broadcasts = True

    def forward(self, ctx: Any, x: Any) -> Any:
        return x * 1


class NameIsNoText(Hostile):
    name: Any = 7


class Raises:
    """Neither method works."""

    name = "raises"

    def forward(self, ctx: Any, x: Any) -> Any:
        raise ZeroDivisionError("on purpose")

    def backward(self, ctx: Any, grad: Any) -> Any:
        raise ZeroDivisionError("on purpose")


class TurnsTheWorldOver(Hostile):
    def forward(self, ctx: Any, x: Any) -> Any:
        np.random.seed(1)  # noqa: NPY002
        np.seterr(all="ignore")
        np.set_printoptions(precision=1)
        warnings.simplefilter("ignore")
        return 3 * x


class Interrupts(Hostile):
    def backward(self, ctx: Any, grad: Any) -> Any:
        raise KeyboardInterrupt


class RunsOutOfMemory(Hostile):
    def forward(self, ctx: Any, x: Any) -> Any:
        raise MemoryError


class CopyExits(Hostile):
    def __deepcopy__(self, memo: Any) -> Any:
        raise SystemExit


class NoName:
    """3 x, any shape; d/dx = 3 grad."""

    broadcasts = True
    forward = Hostile.forward
    backward = Hostile.backward


def with_attribute(name: str, value: Any) -> Any:
    """Return an operation whose attribute is that, or raises it."""

    def read(_: Any) -> Any:
        raise value

    raises = isinstance(value, BaseException)
    return type("Odd", (Hostile,), {name: property(read) if raises else value, "__doc__": Hostile.__doc__})()


SURVIVABLE = (
    ExitsInForward,
    ExitsInBackward,
    RaisesBaseException,
    Recurses,
    ReturnsNone,
    ReturnsList,
    ReturnsObjects,
    ReturnsText,
    ReturnsNan,
    GradientIsNan,
    HasNoBackward,
    NameIsNoText,
    Raises,
    TurnsTheWorldOver,
    Interrupts,
    RunsOutOfMemory,
    CopyExits,
    NoName,
)
