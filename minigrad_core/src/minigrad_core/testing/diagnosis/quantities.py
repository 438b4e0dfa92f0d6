"""Known quantities that a factor or a term may be made of: functions of the inputs, the output and grad."""

from __future__ import annotations

from itertools import combinations, islice
from typing import TYPE_CHECKING, Any

import numpy as np

DIFFERENCES = 4  # more of them, and of their pairs, take too long

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .facts import Facts


def spread(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield x, y and grad in the gradient's shape; one that lacks an axis is repeated along it."""
    shape = facts.true.shape
    known = {facts.name: facts.x, facts.output_name: facts.output, "grad": facts.grad, **facts.inputs}
    for name, v in known.items():
        if v.shape == shape or not v.ndim:
            yield name, np.broadcast_to(v, shape)
        elif v.ndim == len(shape) - 1:
            for axis in range(len(shape)):
                if v.shape == shape[:axis] + shape[axis + 1 :]:
                    yield name, np.broadcast_to(np.expand_dims(v, axis), shape)


def quantities(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield elementary functions of each, the simplest first."""
    with np.errstate(all="ignore"):
        known = dict(spread(facts))
        known |= dict(islice(_differences(facts, known), DIFFERENCES))
        for name, v in known.items():
            yield name, v
        for name, v in known.items():
            yield from functions_of(name, v)


def _differences(facts: Facts, known: dict[str, NDArray[Any]]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield how far the inputs are from what the settings say, and from one another."""
    inputs = {name: known[name] for name in (facts.name, *facts.inputs) if name in known}
    for name, value in facts.settings.items():
        if isinstance(value, float) and value:
            yield from ((f"({a} - {name})", u - value) for a, u in inputs.items())
    for (a, u), (b, v) in combinations(inputs.items(), 2):
        yield f"({a} - {b})", u - v


def functions_of(name: str, v: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield elementary functions of one."""
    yield from ((f"{name}**2", v * v), (f"(1 - {name}**2)", 1 - v * v), (f"(1 - {name})", 1 - v))
    yield from ((f"(1 + {name})", 1 + v), (f"|{name}|", np.abs(v)), (f"(1 + {name}**2)", 1 + v * v))
    yield from ((f"exp({name})", np.exp(v)), (f"log({name})", np.log(v)), (f"sqrt({name})", np.sqrt(v)))
    yield from ((f"cos({name})", np.cos(v)), (f"sin({name})", np.sin(v)), (f"tanh({name})", np.tanh(v)))
    yield from ((f"{name}**3", v**3), (f"sign({name})", np.sign(v)), (f"sinh({name})", np.sinh(v)))
    yield from ((f"cosh({name})", np.cosh(v)), (f"sigmoid({name})", 0.5 * (1 + np.tanh(0.5 * v))))
