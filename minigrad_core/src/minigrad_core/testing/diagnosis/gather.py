"""What the hypotheses look at, computed where a gradient was seen to be wrong."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ..call import backward, flat, forward
from ..finding import Broken
from ..gradient import as_function, steps
from ..jacobian import jacobian
from ..sample import Undrawable, draw, is_float
from .conditions import conditions
from .facts import Facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...array import Shape
    from ..call import Call
    from ..gradient import Evidence
    from ..sample import Sample
    from ..study import Study

LARGEST = 20_000  # entries of a Jacobian that is made one backward pass at a time


def facts_of(study: Study, sample: Sample, evidence: Evidence) -> Facts | None:
    """Return the facts about the wrong gradient, None if it has no numeric Jacobian."""
    matrix = _jacobian(study, sample, evidence.input, evidence.oracle)
    if matrix is None:
        return None
    call, i = forward(study.op, sample), evidence.input
    g, x = flat(evidence.cotangents), sample.inputs[i]
    floats = [k for k, y in enumerate(call.outputs) if y.dtype.kind == "f"]
    first = floats[0] if floats else 0
    return Facts(
        x=x,
        name=sample.names[i],
        mine=np.asarray(backward(call, evidence.cotangents)[i]),
        true=(g @ matrix).reshape(x.shape),
        grad=evidence.cotangents[first],
        output=call.outputs[first],
        jacobian=matrix if len(call.outputs) == 1 else None,
        others=_others(study, sample, evidence),
        parts=_parts(call, floats, g, matrix, x.shape),
        discrete=_discrete(sample),
        inputs={sample.names[j]: sample.inputs[j] for j in sample.floats if j != i},
        matrix=matrix,
        sizes=tuple(call.outputs[k].size for k in floats),
        settings=sample.settings,
        rule=cache(lambda: _rule(call, i, matrix.size)),
        again=cache(lambda: _again(study, sample, evidence)),
        conditions=lambda: conditions(study, sample, evidence),
        elsewhere=lambda: _elsewhere(study, sample, evidence),
    )


def _others(study: Study, sample: Sample, evidence: Evidence) -> dict[str, Any]:
    """Return the numeric gradients for the other inputs."""
    g = flat(evidence.cotangents)
    return {
        f"input {j}": (g @ other).reshape(sample.inputs[j].shape)
        for j in sample.floats
        if j != evidence.input and (other := _jacobian(study, sample, j, evidence.oracle)) is not None
    }


def _parts(call: Call, floats: list[int], g: Any, matrix: Any, shape: Shape) -> dict[str, Any]:
    """Return what each of several float outputs contributes to the numeric gradient."""
    if len(floats) < 2:
        return {}
    ends = np.cumsum([call.outputs[k].size for k in floats])[:-1]
    blocks = zip(floats, np.split(g, ends), np.split(matrix, ends), strict=True)
    return {f"output {k}": (part @ rows).reshape(shape) for k, part, rows in blocks}


def _discrete(sample: Sample) -> dict[str, Any]:
    """Return the inputs that are integers or truth values, by name."""
    named = zip(sample.names, sample.inputs, strict=True)
    return {name: a for name, a in named if isinstance(a, np.ndarray) and a.dtype.kind in "iub"}


def _rule(call: Call, i: int, size: int) -> Any:
    """Return what `backward` gives for each single value of grad: the Jacobian that it stands for."""
    if size > LARGEST:
        return None
    rows, zeros = [], [np.zeros_like(y) for y in call.outputs]
    for k, y in enumerate(call.outputs):
        for j in range(y.size if y.dtype.kind == "f" else 0):
            grads = [z.copy() for z in zeros]
            grads[k].flat[j] = 1.0
            try:
                rows.append(np.ravel(backward(call, grads)[i]))
            except Broken:
                return None
    return np.stack(rows) if rows else None


def _again(study: Study, sample: Sample, evidence: Evidence) -> Facts | None:
    """Return the facts about other values in the same shapes: what held by chance does not hold there."""
    recipe = sample.recipe.but(seed=sample.recipe.seed + 1)
    try:
        other = replace(draw(recipe, study.signature), settings=sample.settings)
        if [np.shape(x) for x in other.inputs] != [np.shape(x) for x in sample.inputs]:
            return None
        call = forward(study.op, other)
        if [y.shape for y in call.outputs] != [np.shape(g) for g in evidence.cotangents]:
            return None
        return facts_of(study, other, evidence)
    except (Broken, Undrawable):
        return None


def _jacobian(study: Study, sample: Sample, i: int, oracle: str) -> Any:
    x = sample.inputs[i]
    return jacobian(as_function(study.op, sample, [i]), x, steps(x, sample.domains[i]), oracle)


def _elsewhere(study: Study, sample: Sample, evidence: Evidence) -> Iterator[tuple[str, Any]]:
    """Yield the numeric gradient with another input reversed, transposed or negated."""
    for j, other in enumerate(sample.inputs):
        if j == evidence.input or not is_float(other):
            continue
        for told, changed in _changes(other):
            inputs = list(sample.inputs)
            inputs[j] = np.array(changed)
            try:
                moved = sample.with_inputs(tuple(inputs))
                matrix = _jacobian(study, moved, evidence.input, evidence.oracle)
            except Broken:
                continue
            if matrix is not None and matrix.shape[0] == flat(evidence.cotangents).size:
                yield (
                    f"{sample.names[j]} {told}",
                    (flat(evidence.cotangents) @ matrix).reshape(sample.inputs[evidence.input].shape),
                )


def _changes(x: Any) -> Iterator[tuple[str, Any]]:
    for axis, n in enumerate(x.shape):
        if n > 1:
            yield f"reversed along axis {axis}", np.flip(x, axis)
    if x.ndim > 1 and x.shape[-1] > 1 and x.shape[-2] > 1:
        yield "reversed along its last two axes", np.flip(x, (-2, -1))
        if x.shape[-1] == x.shape[-2]:
            yield "transposed", np.swapaxes(x, -1, -2)
    yield "negated", -x
