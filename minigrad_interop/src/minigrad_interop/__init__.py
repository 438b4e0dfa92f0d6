"""Check gradients of PyTorch, JAX and autograd with the contract kit, and use minigrad's operations in them.

The import of this package imports no framework; the first function that needs a framework imports it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from minigrad_core.package_version import get_package_attribute

if TYPE_CHECKING:
    from . import subjects
    from .checks.pytest_tests import contract_tests
    from .operations.autograd_operations import to_autograd
    from .operations.jax_operations import to_jax
    from .operations.torch_modules import TorchModule, from_torch_module
    from .operations.torch_operations import to_torch

    __version__: str

__all__ = [
    "TorchModule",
    "contract_tests",
    "from_torch_module",
    "subjects",
    "to_autograd",
    "to_jax",
    "to_torch",
]

if not TYPE_CHECKING:  # a type checker would otherwise accept every name
    _HOMES = {
        "TorchModule": "operations.torch_modules",
        "from_torch_module": "operations.torch_modules",
        "contract_tests": "checks.pytest_tests",
        "to_autograd": "operations.autograd_operations",
        "to_jax": "operations.jax_operations",
        "to_torch": "operations.torch_operations",
    }

    def __getattr__(name: str) -> Any:
        if name == "subjects":
            return import_module(".subjects", __name__)
        if name == "__version__":
            return get_package_attribute(__name__, name)
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
