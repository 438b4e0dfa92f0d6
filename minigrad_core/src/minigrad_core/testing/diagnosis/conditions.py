"""Under which other arguments the gradient would be right: what it leaves out, it leaves out there unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..call import backward, flat, forward
from ..finding import Broken
from ..gradient import as_function, compare, steps
from ..jacobian import jacobian
from ..sample import is_float
from .facts import as_number, ratio_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ..gradient import Evidence
    from ..sample import Sample
    from ..study import Study


def right_by_default(study: Study, sample: Sample) -> str | None:
    """Return the setting with which the gradient is right once it has its default."""
    for name, value in sample.settings.items():
        parameter = study.signature.settings.get(name)
        if parameter is None or parameter.default is parameter.empty or parameter.default == value:
            continue
        other = replace(sample, settings={**sample.settings, name: parameter.default})
        try:
            right = compare(forward(study.op, other)) is None
        except Broken:
            continue
        if right:
            return f"{name}={parameter.default!r}, the default"
    return None


def conditions(study: Study, sample: Sample, evidence: Evidence) -> Iterator[str]:
    """Yield for which other inputs or grad the gradient is right: it leaves out what does not show there."""
    i = evidence.input
    for j, x in enumerate(sample.inputs):
        if not is_float(x) or x.size < 2:
            continue
        if x.ndim > 1 and x.shape[-1] == x.shape[-2] > 1:
            yield from _symmetric(sample.names[j], _ratio(study, _with(sample, j, _symmetrized(x)), evidence))
        if j != i and _may_be(sample.domains[j], 1.0) and _may_be(sample.domains[j], 1.25):
            one, more = (_ratio(study, _with(sample, j, np.full_like(x, c)), evidence) for c in (1.0, 1.25))
            if one == 1 and more is not None and more != 1:
                name = sample.names[j]
                yield f"right only where {name} is 1: {name} is left out as a factor, or one too many"
    g = evidence.cotangents[0]
    if len(evidence.cotangents) == 1 and g.ndim > 1 and g.shape[-1] == g.shape[-2] > 1:
        yield from _symmetric("grad", _ratio(study, sample, evidence, [_symmetrized(g)]))


def _symmetric(name: str, ratio: float | None) -> Iterator[str]:
    if ratio == 1:
        yield (
            f"right only where {name} is symmetric: a transpose is left out, or an axis is taken for another"
        )
    elif ratio in (0.5, 2.0):
        yield (
            f"where {name} is symmetric the gradient is {as_number(ratio)} times the numeric one: "
            "a transposed term is missing or too many"
        )


def _symmetrized(x: NDArray[Any]) -> NDArray[Any]:
    return np.asarray((x + np.swapaxes(x, -1, -2)) / 2)


def _with(sample: Sample, j: int, x: NDArray[Any]) -> Sample:
    return sample.with_inputs(tuple(x if k == j else other for k, other in enumerate(sample.inputs)))


def _may_be(domain: Any, value: float) -> bool:
    return bool(getattr(domain, "low", -np.inf) < value < getattr(domain, "high", np.inf))


def _ratio(study: Study, sample: Sample, evidence: Evidence, grads: Any = None) -> float | None:
    """Return the factor between the analytic and the numeric gradient, None if there is none."""
    i, grads = evidence.input, evidence.cotangents if grads is None else grads
    x = sample.inputs[i]
    try:
        call = forward(study.op, sample)
        f = as_function(study.op, sample, [i])
        matrix = jacobian(f, x, steps(x, sample.domains[i]), evidence.oracle)
        if matrix is None or matrix.shape[0] != flat(grads).size:
            return None
        ratio = ratio_of(backward(call, grads)[i], (flat(grads) @ matrix).reshape(x.shape))
    except Broken:
        return None
    return None if ratio is None else round(ratio, 6)
