"""Automatic differentiation for NumPy, with operations, initializers and optimizers from plugins."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import plugins
from .array import Array
from .contracts import Initializer, Operation, OperationLike, Optimizer
from .dispatch import initializers, ops, optimizers
from .effects import effect
from .engine.modes import no_grad
from .engine.node import Cached, Context
from .errors import MinigradError
from .hints import describe_missing_package_attribute
from .module import Module
from .module_list import ModuleList
from .package_version import get_package_attribute
from .parameter import Parameter
from .plugins import register, rescan, unregister
from .tensor import Tensor, tensor
from .transforms import checkpoint, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

if TYPE_CHECKING:
    from .compilation import compile  # noqa: A004 - as `jax.jit` and `torch.compile` name it
    from .drawing import draw
    from .plugins import hookimpl

    __version__: str

__all__ = [
    "Array",
    "Cached",
    "Context",
    "Initializer",
    "MinigradError",
    "Module",
    "ModuleList",
    "Operation",
    "OperationLike",
    "Optimizer",
    "Parameter",
    "Tensor",
    "checkpoint",
    "compile",
    "draw",
    "effect",
    "grad",
    "hessian",
    "hookimpl",
    "hvp",
    "initializers",
    "jacobian",
    "jvp",
    "no_grad",
    "ops",
    "optimizers",
    "register",
    "rescan",
    "tensor",
    "unregister",
    "value_and_grad",
    "vjp",
]


if not TYPE_CHECKING:  # with a `__getattr__`, a type checker would accept every name

    def __getattr__(name: str) -> Any:
        if name == "hookimpl":  # the import of pluggy takes 20 ms, and only plugins need it
            return plugins.hookimpl
        if name == "__version__":
            return get_package_attribute(__name__, name)
        if name == "compile":  # few programs compile functions, and the import takes a few milliseconds
            return import_module(".compilation", __name__).compile
        if name == "draw":  # the import of the drawing takes as long, and few programs draw
            return import_module(".drawing", __name__).draw
        raise AttributeError(describe_missing_package_attribute(name))
