"""Wrong operations and calls. A comment names the type checkers that must reject its line, and no other."""

from __future__ import annotations

from collections.abc import Iterable

from minigrad_core import Array, Context, Operation, OperationLike, Tensor, register


class Right(Operation):
    name = "right"

    def forward(self, ctx: Context, x: Array, *, axis: int = 0) -> Array:
        return x

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad


def call_wrongly(x: Tensor) -> None:
    op = Right()
    op(x, axs=1)  # rejected: mypy, pyright
    op(x, axis="first")  # rejected: mypy, pyright
    op(x, x)  # rejected: mypy, pyright
    op()  # rejected: mypy, pyright
    op(x).gradient  # rejected: mypy, pyright


class ForwardReturnsText(Operation):
    name = "text"

    def forward(self, ctx: Context, x: Array) -> str:  # rejected: mypy, pyright
        return "text"

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad


class BackwardReturnsText(Operation):
    name = "text"

    def forward(self, ctx: Context, x: Array) -> Array:
        return x

    def backward(self, ctx: Context, grad: Array) -> str:  # rejected: mypy, pyright
        return "text"


class ForwardWithoutContext(Operation):
    name = "contextless"

    def forward(self, x: Array) -> Array:  # rejected: mypy
        return x

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad


class BackwardWithoutContext(Operation):
    name = "contextless"

    def forward(self, ctx: Context, x: Array) -> Array:
        return x

    def backward(self, grad: Array) -> Array:  # rejected: mypy
        return grad


class WithoutForward(Operation):
    name = "half"

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad


class BareWithoutBackward:
    name = "half"

    def forward(self, ctx: Context, x: Array) -> Array:
        return x


class BareWithoutName:
    def forward(self, ctx: Context, x: Array) -> Array:
        return x

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad


class BareForwardReturnsText:
    name = "text"

    def forward(self, ctx: Context, x: Array) -> str:
        return "text"

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad


class BareBackwardWithoutGradient:
    name = "gradless"

    def forward(self, ctx: Context, x: Array) -> Array:
        return x

    def backward(self, ctx: Context) -> Array:
        raise NotImplementedError


def call_wrong_operations(x: Tensor) -> None:
    WithoutForward()  # rejected: mypy, pyright
    ForwardWithoutContext()(x)  # rejected: mypy, pyright
    BackwardWithoutContext()(x)  # rejected: mypy, pyright


def hook() -> Iterable[OperationLike]:
    yield BareWithoutBackward()  # rejected: mypy, pyright
    yield BareWithoutName()  # rejected: mypy, pyright
    yield BareForwardReturnsText()  # rejected: mypy, pyright
    yield BareBackwardWithoutGradient()  # rejected: mypy, pyright
    yield Right  # rejected: mypy, pyright


def register_wrong_operations() -> None:
    register(BareWithoutBackward())  # rejected: mypy, pyright
    register(BareWithoutName)  # rejected: mypy, pyright
    register(len)  # rejected: mypy, pyright
