"""One promise of the contract per file."""

from . import (
    aliasing,
    cases,
    dtype,
    layout,
    linear,
    needs,
    projection,
    protocol,
    purity,
    settings,
    shapes,
    vjp,
)

OPERATION_CHECKS = tuple(
    module.CHECK
    for module in (
        cases,
        protocol,
        purity,
        aliasing,
        dtype,
        vjp,
        projection,
        linear,
        needs,
        shapes,
        settings,
        layout,
    )
)

__all__ = ["OPERATION_CHECKS"]
