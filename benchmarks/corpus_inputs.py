"""Inputs for the gradient checkers of other libraries: plain draws from the cases of an operation."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np
from minigrad_core.cases import Case, real
from minigrad_core.contracts.cases import AxisOf, Booleans, Floats, IndexInto, Integers, Values

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = (3, 4, 2, 5)


def draws(op: Any) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Yield (inputs, settings), two for each case of `op`."""
    parameters = list(inspect.signature(op.forward).parameters.values())[1:]
    inputs = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    cases = getattr(op, "cases", ()) or (Case(**{name: real("...") for name in inputs}),)
    for seed, case in enumerate((*cases, *cases)):
        values = drawn(case, np.random.default_rng(seed))
        yield [values[name] for name in inputs], {k: v for k, v in values.items() if k not in inputs}


def drawn(case: Case, rng: np.random.Generator) -> dict[str, Any]:
    """Return values for the arguments of `case`."""
    sizes: dict[str, int] = {}
    values: dict[str, Any] = {}
    # Indices last: they depend on the array that they point into.
    for name, described in sorted(case.arguments.items(), key=lambda item: isinstance(item[1], IndexInto)):
        shape = shape_of(described, sizes) if isinstance(described, Values) else ()
        match described:
            case Floats():
                values[name] = into_domain(rng.standard_normal(shape), described)
            case Integers():
                values[name] = rng.integers(described.low, described.high, shape)
            case Booleans():
                values[name] = rng.random(shape) < 0.5
            case IndexInto():
                values[name] = rng.integers(0, values[described.name].shape[described.axis], shape)
            case AxisOf():
                values[name] = values[described.name].ndim - 1
            case _:
                values[name] = described
    return values


def shape_of(described: Values, sizes: dict[str, int]) -> tuple[int, ...]:
    """Return a shape for a description: a letter gets the next of SIZES, `...` is (3, 4)."""
    shape: list[int] = []
    for axis in described.dimensions:
        if axis == "...":
            shape += SIZES[:2]
        elif isinstance(axis, str):
            shape.append(sizes.setdefault(axis, SIZES[len(sizes) % len(SIZES)]))
        else:
            shape.append(axis)
    return tuple(shape)


def into_domain(x: Any, described: Floats) -> Any:
    """Return normal values `x`, moved into the domain that is described."""
    if np.isfinite(described.low) and np.isfinite(described.high):
        return described.low + (described.high - described.low) / (1 + np.exp(-x))
    return np.abs(x) + described.low if np.isfinite(described.low) else np.asarray(x)
