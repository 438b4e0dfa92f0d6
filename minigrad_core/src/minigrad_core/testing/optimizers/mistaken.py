"""A rule moves exactly as a published one with one known mistake, whatever it is called."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Broken, Check, DoesNotApply, Finding
from .published import KNOWN, moves_as, named
from .rules import RULES, adam

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .rules import Options, Published, Rule, Values
    from .study import OptimizerStudy


def mistaken(study: OptimizerStudy) -> Iterator[Finding]:
    """No step after step of a run is that of a published rule with a known mistake.

    The gradients differ from step to step, over six orders of magnitude: nothing else moves like that.
    Faults: Nesterov's step without its factor, a minimum for AMSGrad's maximum, decay that is applied both in
    the gradient and apart from it.
    Fix: what the message says; the paper has the rule.
    """
    asked = False
    for told, rule in MISTAKES.items():
        names = named(study, rule)
        if names is None:
            continue
        asked = True
        for settings in study.modes:
            try:
                found = moves_as(study, rule, names, settings)
            except Broken:
                continue  # refused
            if found and not _is_published(study, settings):
                yield Finding("known-mistake", f"the steps are exactly those of {told} ({rule.source})")
                return
    if not asked:
        raise DoesNotApply("its settings are those of no rule whose mistakes are known")


def _is_published(study: OptimizerStudy, settings: dict[str, Any]) -> bool:
    """Whether these settings make no difference between a mistake and a rule, as those that are 0."""
    rules = [(rule, names) for rule in KNOWN.values() if (names := named(study, rule)) is not None]
    return any(moves_as(study, rule, names, settings) for rule, names in rules)


def _beside(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    s["v"] = o["momentum"] * s.get("v", 0.0) + g
    return g + o["momentum"] ** o["times"] * s["v"]


def _late(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    before = s.get("v", 0.0 * g)
    s["v"] = o["momentum"] * before + (1 - o["momentum"] if o["form"] == "average" else 1.0) * g
    return before


def _of_signs(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    s["m"] = o["momentum"] * s.get("m", 0.0) + (1 - o["momentum"]) * np.sign(g)
    return np.sign(s["m"])


def _moved_first(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    s["m"] = o["b2"] * s.get("m", 0.0) + (1 - o["b2"]) * g
    return np.sign(o["b1"] * s["m"] + (1 - o["b1"]) * g)


def _exchanged(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    m = s.get("m", 0.0)
    s["m"] = o["b1"] * m + (1 - o["b1"]) * g
    return np.sign(o["b2"] * m + (1 - o["b2"]) * g)


def _of_largest(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """AMSGrad with another choice of what divides."""
    t = s["t"] = s.get("t", 0) + 1
    m = s["m"] = o["b1"] * s.get("m", 0.0) + (1 - o["b1"]) * g
    old = s.get("top" if o["chosen"] == "kept" else "v", 0.0)
    v = s["v"] = o["b2"] * old + (1 - o["b2"]) * g * g
    top = s.get("top", v if o["chosen"] == "least" else 0.0)
    new = g * g if o["chosen"] == "square" else v
    top = s["top"] = np.minimum(top, new) if o["chosen"] == "least" else np.maximum(top, new)
    one, two = 1 - o["b1"] ** t, 1 - o["b2"] ** t
    return m / one / (np.sqrt(top / two if o["corrected"] == "both" else top) + o["eps"])


def _twice(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:
    return adam(p, g + o["decay"] * p, s, o) + o["decay"] * p


def _part(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:
    return adam(p, g, s, o) + o["part"] * o["decay"] * p


def _scaled(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:
    adam(p, g, s, o)  # moves the averages
    one, two = 1 - o["b1"] ** s["t"], 1 - o["b2"] ** s["t"]
    return (s["m"] / one + o["decay"] * p) / (np.sqrt(s["v"] / two) + o["eps"])


def _like(name: str, rule: Rule, **forms: Any) -> Published:
    """Return a published rule with another one in its place, and its settings."""
    base = RULES[name]
    return replace(base, rule=rule, forms={**base.forms, **{key: (value,) for key, value in forms.items()}})


def _amsgrad(chosen: str) -> Published:
    settings = {**RULES["adam"].settings, "amsgrad": (False, True)}
    base = replace(RULES["amsgrad"], settings=settings)
    return replace(base, rule=_of_largest, forms={"chosen": (chosen,), "corrected": ("both", "neither")})


def _decay(rule: Rule, **forms: Any) -> Published:
    return replace(_like("adamw", rule, **forms), decays_itself=True)


MISTAKES = {
    "Nesterov's step without its factor: the whole velocity beside the gradient": _like(
        "momentum", _beside, times=0
    ),
    "Nesterov's step with the square of its factor": _like("momentum", _beside, times=2),
    "a velocity as it was before the gradient": _like("momentum", _late),
    "an average of signs, where the sign of an average is meant": _like("signum", _of_signs),
    "an average that is moved before it is used": _like("lion", _moved_first),
    "exchanged betas": _like("lion", _exchanged),
    "a minimum, where the maximum of second moments is meant": _amsgrad("least"),
    "a maximum of squares, where that of their average is meant": _amsgrad("square"),
    "a maximum that takes the place of the average which it is one of": _amsgrad("kept"),
    "decay that is in the gradient, and apart from it as well": _decay(_twice),
    "decay that takes half of lr * weight_decay": _decay(_part, part=0.5),
    "decay that is divided by the root of the second moment": _decay(_scaled),
}

MISTAKEN = (Check("mistaken", mistaken, after=("in_place",)),)
