"""Hypotheses on what multiplies grad before it is handed on, and on terms that hand it on value by value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .facts import Facts, as_number, fits
from .quantities import functions_of, spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def weighted(facts: Facts) -> Iterator[str]:
    """The gradient is right for grad times a function of the output or of an input, or the other way."""
    rule, true = facts.rule(), facts.matrix
    if rule is None or true is None or rule.shape != true.shape or len(facts.sizes) > 1 or len(true) < 3:
        return
    for told, values in _of_outputs(facts):
        weights = values.ravel()[:, None]
        if np.isfinite(weights).all() and np.ptp(weights) and weights.all():
            if fits(weights * rule, true):
                yield f"a factor is missing: grad times {told} is what has to be handed on"
            elif fits(rule, weights * true):
                yield f"a factor too many: grad is multiplied by {told}"


def _of_outputs(facts: Facts) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield functions of the output, and of inputs of its shape."""
    for name, v in {facts.output_name: facts.output, facts.name: facts.x, **facts.inputs}.items():
        if v.shape == facts.output.shape:
            yield name, v
            with np.errstate(all="ignore"):
                yield from functions_of(name, v)
                yield f"{name} (1 - {name})", v * (1 - v)


def elementwise(facts: Facts) -> Iterator[str]:
    """The Jacobians differ on the diagonal alone: in a term that hands each value of grad to its place."""
    rule, true = facts.rule(), facts.matrix
    if (
        rule is None
        or true is None
        or rule.shape != true.shape
        or len(true) != true.shape[1]
        or len(true) < 3
    ):
        return
    rest = rule - true
    inside, off = np.diag(rest), true - np.diag(np.diag(true))
    if fits(rest, np.diag(inside)) and off.any() and not fits(true, np.diag(np.diag(true))):
        kind = "too many" if fits(np.diag(true), 0 * inside) else "wrong or missing"
        yield f"a term is {kind} that hands on each value of grad to its own place: the rest is right"


def term(facts: Facts) -> Iterator[str]:
    """The difference is grad times or over one elementary function, or two of them."""
    rest = facts.mine - facts.true
    grads = [v for name, v in spread(facts) if name == "grad"]
    if rest.size < 3 or not grads or not rest.all() or not grads[0].all():
        return
    ratio = rest / grads[0]
    if np.ptp(ratio) <= 1e-6 * np.abs(ratio).max():
        return
    known = [(told, v) for told, v in spread(facts) if told != "grad" and np.ptp(v) and v.all()]
    known += [(f"{told}**2", v * v) for told, v in known]
    candidates = [(told, v) for told, v in known] + [(f"1 / {told}", 1 / v) for told, v in known]
    candidates += [
        (f"{a} / {b}", u / v) for a, u in known for b, v in known if a.rstrip("*2") != b.rstrip("*2")
    ]
    for told, v in candidates:
        c = float(ratio.flat[0] / v.flat[0])
        if np.isfinite(c) and fits(ratio, c * v) and any(np.isclose(c * k, round(c * k)) for k in (1, 2, 3)):
            times = {1.0: "", -1.0: "minus "}.get(round(c, 6), f"{as_number(c)} times ")
            yield f"a term is missing or too many: the difference is {times}grad times {told}"
