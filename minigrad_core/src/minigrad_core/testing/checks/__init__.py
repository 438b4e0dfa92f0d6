"""One promise of the contract per file."""

from . import cases, linear, projection, protocol, settings, shapes, vjp

OPERATION_CHECKS = tuple(
    module.CHECK for module in (cases, protocol, vjp, projection, linear, shapes, settings)
)

__all__ = ["OPERATION_CHECKS"]
