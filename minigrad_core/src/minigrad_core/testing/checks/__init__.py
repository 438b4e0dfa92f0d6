"""One promise of the contract per file."""

from . import (
    accumulate,
    adjoint,
    aliasing,
    cases,
    complex_values,
    documentation,
    dtype,
    errors,
    extremes,
    index,
    integers,
    layout,
    linear,
    needs,
    no_gradient,
    pickling,
    precision,
    projection,
    protocol,
    purity,
    recorded,
    reference,
    second_order,
    settings,
    shapes,
    state,
    ties,
    vjp,
)

OPERATION_CHECKS = tuple(
    module.CHECK
    for module in (
        pickling,
        cases,
        protocol,
        purity,
        aliasing,
        dtype,
        state,
        vjp,
        linear,
        needs,
        shapes,
        projection,
        settings,
        index,
        integers,
        ties,
        precision,
        extremes,
        layout,
        reference,
        errors,
        no_gradient,
        accumulate,
        recorded,
        second_order,
        adjoint,
        complex_values,
        documentation,  # last: whoever reads one line should read the fault
    )
)

__all__ = ["OPERATION_CHECKS"]
