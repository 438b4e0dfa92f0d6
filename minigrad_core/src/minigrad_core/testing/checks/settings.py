"""Every setting is exercised, and an unknown one is an error."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from ...errors import MinigradError
from ..call import Call, forward
from ..closeness import same
from ..families import family_of
from ..finding import Broken, Check, Finding
from ..gradient import compare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..sample import Sample
    from ..study import Study


def settings(study: Study) -> Iterator[Finding]:
    """The gradient is right for every value of every setting; an unknown setting raises.

    Tried: every axis from either end, None and tuples; both values of a flag; every word of a Literal;
    numbers beside the default; each optional input left out.
    Faults: a backward that ignores `keepdims` or assumes `axis >= 0`, `**settings` that swallow a typo.
    Fix: save the setting in forward and use it in backward; refuse what is not supported with a ValueError.
    """
    yield from _unknown(study)
    yield from _without_effect(study)
    yield from _ignored(study)
    if not study.differentiable:
        return
    for family in ("axes", "settings"):
        yield from study.failed(family)
        for call in study.derived(family):
            label = call.sample.recipe.label
            try:
                found = compare(call, derived=True)
            except Broken as broken:
                if isinstance(broken.cause, MinigradError):
                    continue  # refused with a reason; what NumPy raises in backward is no refusal
                yield Finding(broken.code, f"with {label}: {broken.fact}", call.sample)
                return
            if found:
                yield Finding("wrong-gradient", f"the gradient is wrong with {label}", call.sample, found)
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


def _ignored(study: Study) -> Iterator[Finding]:
    """`where`, `keepdims`, `axis` and `seed` mean what they mean in NumPy: another value, another result."""
    for name in ("where", "keepdims", "axis", "seed"):
        if name in study.signature.settings:
            effects = _effects(study, name)
            if next(effects, True) is False and not any(effects):
                yield Finding(
                    "setting-without-effect", f"the setting {name} is ignored: it never changes the result"
                )
                return


def _effects(study: Study, name: str) -> Iterator[bool]:
    """Yield whether another value of the setting changes the result, one pair of calls at a time."""
    for call in study.calls:
        for other in _others(study, call, name):
            if _only(name, call.sample, other.sample):
                again = forward(study.op, replace(other.sample, settings=call.sample.settings))
                yield not _same_outputs(again, other)


def _others(study: Study, call: Call, name: str) -> Iterator[Call]:
    """Yield calls of the same case with other settings: those at hand, then all that can be derived."""
    for family in ("settings", "axes"):
        yield from study.derived(family)
    for family in ("settings", "axes"):
        for recipe in family_of(study, family, call.sample.recipe):
            if recipe.settings.keys() != {name}:
                continue
            with suppress(Broken):
                if (other := study.attempt(recipe)) is not None:
                    yield other


def _only(name: str, first: Sample, second: Sample) -> bool:
    """Whether two calls of one case differ in this setting alone, to a value that cannot mean the same."""
    if first.recipe.case is not second.recipe.case or second.inputs[0].ndim < 1 + (name == "axis"):
        return False
    mine, other = first.settings.get(name), second.settings.get(name)
    if isinstance(mine, int) and isinstance(other, int) and name == "axis":
        ndim = second.inputs[0].ndim
        if mine % ndim == other % ndim:
            return False
    names = first.settings.keys() | second.settings.keys()
    return {k for k in names if repr(first.settings.get(k)) != repr(second.settings.get(k))} == {name}


def _same_outputs(first: Call, second: Call) -> bool:
    return all(same(x, y) for x, y in zip(first.outputs, second.outputs, strict=False))


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
