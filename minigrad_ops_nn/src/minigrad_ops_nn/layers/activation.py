"""Activations as layers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from minigrad_core import Array, Module, Tensor
from minigrad_core.errors import ArgumentError

from .. import activations
from .construction import check_sizes, fill_parameter


class Activation(Module):
    """A layer that applies `operation` with the settings of its constructor.

    Raises
    ------
    ArgumentError
        The operation has no such setting.
    """

    __signature__: ClassVar[inspect.Signature | None]  # for `help` and the site; None is that of `__init__`
    operation: ClassVar[Any]  # an Operation; that type does not declare the settings

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        takes_settings = hasattr(cls, "operation") and cls.__init__ is Activation.__init__
        cls.__signature__ = inspect.Signature(list_settings(cls.operation)) if takes_settings else None

    def __init__(self, *unnamed: Any, **settings: Any) -> None:
        super().__init__()
        known = sorted(p.name for p in list_settings(self.operation))
        if unnamed:
            raise ArgumentError(
                f"{type(self).__name__} takes settings by keyword only, {known}, got {unnamed[0]!r}"
            )
        if unknown := sorted(set(settings) - set(known)):
            raise ArgumentError(f"{type(self).__name__} has no setting {unknown[0]!r}, only {known}")
        self.settings = settings

    def forward(self, x: Array) -> Tensor:
        return self.operation(x, **self.settings)

    def extra_repr(self) -> str:
        return ", ".join(f"{name}={value!r}" for name, value in self.settings.items())


def list_settings(operation: Any) -> list[inspect.Parameter]:
    """Return the settings of an operation, the keyword-only parameters of `forward`."""
    parameters = inspect.signature(operation.forward).parameters.values()
    return [p for p in parameters if p.kind is p.KEYWORD_ONLY]


class ReLU(Activation):
    """`max(x, 0)`, elementwise."""

    operation = activations.relu


class Sigmoid(Activation):
    """`1 / (1 + exp(-x))`, elementwise."""

    operation = activations.sigmoid


class LeakyReLU(Activation):
    """`max(x, 0) + negative_slope * min(x, 0)`, elementwise."""

    operation = activations.leaky_relu


class ELU(Activation):
    """`x` where x > 0, else `alpha * (exp(x) - 1)`. Clevert et al. 2016."""

    operation = activations.elu


class SELU(Activation):
    """`scale * elu(x, alpha)`, with the constants of Klambauer et al. 2017."""

    operation = activations.selu


class CELU(Activation):
    """`x` where x > 0, else `alpha * (exp(x / alpha) - 1)`. Barron 2017."""

    operation = activations.celu


class GELU(Activation):
    """`x * Phi(x)`, where Phi is the normal distribution function; `approximate="tanh"` approximates Phi."""

    operation = activations.gelu


class SiLU(Activation):
    """`x * sigmoid(x)`, also known as swish."""

    operation = activations.silu


class Mish(Activation):
    """`x * tanh(softplus(x))`. Misra 2019."""

    operation = activations.mish


class Softplus(Activation):
    """`log(1 + exp(beta * x)) / beta`, elementwise."""

    operation = activations.softplus


class LogSigmoid(Activation):
    """`log(sigmoid(x))`, exact in both tails."""

    operation = activations.log_sigmoid


class HardSigmoid(Activation):
    """`clip(x / 6 + 1/2, 0, 1)`, elementwise."""

    operation = activations.hard_sigmoid


class HardSwish(Activation):
    """`x * clip(x / 6 + 1/2, 0, 1)`, elementwise."""

    operation = activations.hard_swish


class GLU(Activation):
    """`a * sigmoid(b)`, where a and b are the halves of x along `axis`. Dauphin et al. 2017."""

    operation = activations.glu


class Softmax(Activation):
    """`exp(x) / sum(exp(x))` along `axis`: one axis, several, or None for all."""

    operation = activations.softmax


class LogSoftmax(Activation):
    """`x - log(sum(exp(x)))` along `axis`: one axis, several, or None for all."""

    operation = activations.log_softmax


class PReLU(Module):
    """`max(x, 0) + weight * min(x, 0)`, with learned slopes, which start at `init`.

    x: (n, c, ...). There is one slope, or `num_parameters` slopes, one for each channel.
    """

    def __init__(self, num_parameters: int = 1, *, init: float = 0.25, dtype: DTypeLike = np.float32) -> None:
        super().__init__()
        check_sizes(self, num_parameters=num_parameters)
        self.weight = fill_parameter(num_parameters, init, dtype)

    def forward(self, x: Array) -> Tensor:
        return activations.prelu(x, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.weight.size}"


class Tanh(Module):
    """`np.tanh(x)`, elementwise."""

    def forward(self, x: Array) -> Tensor:
        return np.tanh(x)  # type: ignore[return-value]  # NumPy's stubs do not know tensors


def find_activation(name: str) -> Callable[[Array], Tensor]:
    """Return the activation called `name`: one of this package, "tanh", or any registered operation.

    Raises
    ------
    UnknownNameError
        No operation is registered under the name.
    ArgumentError
        `name` is not a string.
    """
    if not isinstance(name, str):
        raise ArgumentError(f"activation: expected a name such as 'tanh' or 'nn::gelu', got {name!r}")
    if name in activations.__all__:
        return getattr(activations, name)
    if name == "tanh":
        return np.tanh
    from minigrad_core import ops

    return ops[name] if "::" in name else getattr(ops, name)
