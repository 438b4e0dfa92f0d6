"""Draw inputs for the gradient checkers of other libraries from the cases of an operation."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np

from minigrad_core.cases import Case, real
from minigrad_core.contracts.cases import AxisOf, Booleans, Dominant, Floats, IndexInto, Integers, Values
from minigrad_core.testing.subjects.arguments import parse_documented_case, read_signature

SIZES = (3, 4, 2, 5)


def draws(op: Any) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Yield (inputs, settings), two for each case of `op`."""
    parameters = list(inspect.signature(op.forward).parameters.values())[1:]
    names = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
    documented = parse_documented_case(type(op).__doc__, read_signature(op))
    if documented is None or getattr(op, "broadcasts", False):
        documented = Case(**{name: real("...") for name in names})
    cases = getattr(op, "cases", ()) or (documented,)
    for seed, case in enumerate((*cases, *cases)):
        values = draw_arguments(case, np.random.default_rng(seed))
        settings = {name: value for name, value in values.items() if name not in names}
        inputs: list[Any] = []
        for p in parameters:  # an optional input may be omitted; a tuple is passed as *arrays
            if p.kind is not p.KEYWORD_ONLY:
                value = values.get(p.name, () if p.kind is p.VAR_POSITIONAL else None)
                inputs += value if isinstance(value, tuple) else (value,)
        while inputs and inputs[-1] is None:
            inputs.pop()
        yield inputs, settings


def draw_arguments(case: Case, rng: np.random.Generator) -> dict[str, Any]:
    """Return values for the arguments of `case`."""
    sizes: dict[str, int] = {}
    values: dict[str, Any] = {}
    # Indices last: they depend on the indexed array.
    for name, described in sorted(case.arguments.items(), key=lambda item: isinstance(item[1], IndexInto)):
        if isinstance(described, tuple) and any(isinstance(part, Values) for part in described):
            values[name] = tuple(value_of(part, values, sizes, rng) for part in described)
        else:
            values[name] = value_of(described, values, sizes, rng)
    return values


def value_of(described: Any, values: dict[str, Any], sizes: dict[str, int], rng: np.random.Generator) -> Any:
    """Return a value for one description; a setting is returned unchanged."""
    shape = shape_of(described, sizes) if isinstance(described, Values) else ()
    match described:
        case Dominant():
            x = rng.standard_normal(shape)
            return x + np.eye(x.shape[-1]) * (np.abs(x).sum(axis=(-2, -1), keepdims=True) + 1)
        case Floats():
            return into_domain(rng.standard_normal(shape), described)
        case Integers():
            return rng.integers(described.low, described.high, shape)
        case Booleans():
            return np.asarray(rng.random(shape) < 0.5)
        case IndexInto():
            return rng.integers(0, values[described.name].shape[described.axis], shape)
        case AxisOf():
            return values[described.name].ndim - 1
        case _:
            return described


def shape_of(described: Values, sizes: dict[str, int]) -> tuple[int, ...]:
    """Return a shape for a description: each letter gets the next of SIZES, `...` is (3, 4)."""
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
    """Return the normal values `x`, mapped into the described domain."""
    if np.isfinite(described.low) and np.isfinite(described.high):
        return described.low + (described.high - described.low) / (1 + np.exp(-x))
    return np.abs(x) + described.low if np.isfinite(described.low) else np.asarray(x)
