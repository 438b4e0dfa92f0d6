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

    operation: ClassVar[Any]  # an Operation; that type does not declare the settings

    def __init__(self, *unnamed: Any, **settings: Any) -> None:
        super().__init__()
        parameters = inspect.signature(self.operation.forward).parameters.values()
        known = sorted(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)
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


class ReLU(Activation):
    """`relu`."""

    operation = activations.relu


class Sigmoid(Activation):
    """`sigmoid`."""

    operation = activations.sigmoid


class LeakyReLU(Activation):
    """`leaky_relu`, with `negative_slope`."""

    operation = activations.leaky_relu


class ELU(Activation):
    """`elu`, with `alpha`."""

    operation = activations.elu


class SELU(Activation):
    """`selu`."""

    operation = activations.selu


class CELU(Activation):
    """`celu`, with `alpha`."""

    operation = activations.celu


class GELU(Activation):
    """`gelu`, with `approximate`."""

    operation = activations.gelu


class SiLU(Activation):
    """`silu`."""

    operation = activations.silu


class Mish(Activation):
    """`mish`."""

    operation = activations.mish


class Softplus(Activation):
    """`softplus`, with `beta`."""

    operation = activations.softplus


class LogSigmoid(Activation):
    """`log_sigmoid`."""

    operation = activations.log_sigmoid


class HardSigmoid(Activation):
    """`hard_sigmoid`."""

    operation = activations.hard_sigmoid


class HardSwish(Activation):
    """`hard_swish`."""

    operation = activations.hard_swish


class GLU(Activation):
    """`glu` along `axis`, the last by default."""

    operation = activations.glu


class Softmax(Activation):
    """`softmax` along `axis`, the last by default."""

    operation = activations.softmax


class LogSoftmax(Activation):
    """`log_softmax` along `axis`, the last by default."""

    operation = activations.log_softmax


class PReLU(Module):
    """`prelu` with learned slopes, which start at `init`.

    There is one slope, or `num_parameters` slopes, one for each channel.
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
    """`np.tanh`."""

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
