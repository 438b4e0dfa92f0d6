"""Every setting is exercised, and an unknown one is an error."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..call import Call, forward
from ..finding import Broken, Check, Finding
from ..gradient import compare
from ..study import Study, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator


def settings(study: Study) -> Iterator[Finding]:
    """The gradient is right for every value of every setting; an unknown setting raises.

    Tried: every axis from either end, None and tuples; both values of a flag; every word of a Literal;
    numbers beside the default; each optional input left out.
    Faults: a backward that ignores `keepdims` or assumes `axis >= 0`, `**settings` that swallow a typo.
    Fix: save the setting in forward and use it in backward; refuse what is not supported with a ValueError.
    """
    yield from _unknown(study)
    yield from _without_effect(study)
    if not study.differentiable:
        return
    rng = study.rng("settings")
    for family in ("axes", "settings"):
        yield from study.failed(family)
        for call in study.derived(family):
            recipe = call.sample.recipe
            try:
                found = compare(study.op, call.sample, rng, call=call)
            except Broken as broken:
                if refusal(recipe, broken):
                    continue
                yield Finding(broken.code, f"with {recipe.label}: {broken.fact}", call.sample)
                return
            if found:
                yield Finding(
                    "wrong-gradient", f"the gradient is wrong with {recipe.label}", call.sample, found
                )
                return


def _without_effect(study: Study) -> Iterator[Finding]:
    """Cases that differ in one word only, and all give the same result."""
    for name in study.signature.settings:
        alike: dict[str, list[Call]] = {}
        for call in study.calls:
            rest = {k: v for k, v in call.sample.recipe.case.arguments.items() if k != name}
            if isinstance(call.sample.settings.get(name), str):
                alike.setdefault(repr(rest), []).append(call)
        for group in alike.values():
            words = {call.sample.settings[name] for call in group}
            first = group[0]
            again = [
                forward(study.op, replace(first.sample, settings={**first.sample.settings, name: w}))
                for w in words
            ]
            if len(words) > 1 and all(_same_outputs(first, other) for other in again):
                fact = f"the setting {name} has no effect: {', '.join(sorted(words))} give the same value"
                yield Finding("setting-without-effect", fact, first.sample)
                return


def _same_outputs(first: Call, second: Call) -> bool:
    return all(
        np.array_equal(x, y, equal_nan=True) for x, y in zip(first.outputs, second.outputs, strict=False)
    )


def _unknown(study: Study) -> Iterator[Finding]:
    sample = study.calls[0].sample
    try:
        forward(study.op, replace(sample, settings={**sample.settings, "no_such_setting": 1}))
    except Broken:
        return
    yield Finding(
        "swallows-settings", "an unknown setting is ignored in silence: name the settings, without **", sample
    )


CHECK = Check("settings", settings, after=("vjp",))
