"""The facts about what a law saw: the one file that knows the kit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..as_function import as_function
from ..finding import Broken
from ..oracle.compare import compare, steps
from ..oracle.jacobian import jacobian
from ..trial import Trial
from .facts import Facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ..oracle.compare import Evidence
    from ..samples.sample import Sample
    from ..study import Study


def facts_of(study: Study, sample: Sample, evidence: Evidence) -> Facts | None:
    """Return the facts about a wrong gradient, None if there is no numeric one."""
    f = as_function(study.subject, sample, range(len(sample.inputs)))
    floats = [y.dtype.kind == "f" for y in Trial(study.subject, sample).outputs]

    def pullback(xs: Sequence[Any], cotangents: Sequence[NDArray[Any]]) -> Sequence[Any]:
        given = iter(cotangents)
        grads = [next(given) if kept else g for kept, g in zip(floats, evidence.cotangents, strict=True)]
        return Trial(study.subject, sample.with_inputs(tuple(xs))).pull(grads)

    def numeric(xs: Sequence[Any], i: int) -> NDArray[Any]:
        scale = steps(xs[i], sample.domains[i])
        found = jacobian(lambda x: f([*xs[:i], *x, *xs[i + 1 :]]), xs[i], scale, evidence.oracle)
        if found is None or len(found) != sum(g.size for g in cotangents):
            raise Broken("no-jacobian", "there is no numeric Jacobian")
        return found

    def moved() -> dict[str, Any]:
        xs, rng = list(sample.inputs), np.random.default_rng(0)
        for i in sample.floats:
            way = rng.uniform(-0.3, 0.3, xs[i].shape) * steps(xs[i], sample.domains[i])
            xs[i] = np.asarray(xs[i] + way)
        return {"inputs": xs, "cotangents": [rng.normal(size=g.shape) for g in cotangents]}

    cotangents = [g for kept, g in zip(floats, evidence.cotangents, strict=True) if kept]
    call = (sample.inputs, sample.names, evidence.input, cotangents, sample.settings)
    facts = Facts(lambda xs: f(list(xs)), pullback, numeric, *call, moved)
    return facts.at()


def right_by_default(study: Study, sample: Sample) -> str | None:
    """Return the setting with which the gradient is right once it has its default."""
    for name, value in sample.settings.items():
        parameter = study.subject.signature.settings.get(name)
        if parameter is None or parameter.default in (parameter.empty, value):
            continue
        other = replace(sample, settings={**sample.settings, name: parameter.default})
        try:
            if compare(Trial(study.subject, other)) is None:
                return f"{name}={parameter.default!r}, the default"
        except Broken:
            continue
    return None
