"""A rule that bears a published name is the published one."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Broken, Check, DoesNotApply, Finding
from .rules import RULES
from .rules_further import FURTHER
from .study import DECAYS, LR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .rules import Options, Published
    from .study import OptimizerStudy

STEPS = 12
SHAPE = (3, 4)
KNOWN = {**RULES, **FURTHER}
# Words of a name that make no other rule of it.
QUALIFIERS = re.compile(
    "optimi[sz]er|method|rule|algorithm|descent|gradient|accelerated|ball|my|our|own|the|an?|of|with|and|in|plain|"
    "simple|basic|vanilla|classic|standard|pure|tiny|toy|naive|custom|reference|numpy|from|paper"
)
# What authors call the settings of each rule, besides `betas`.
SETTINGS = {
    "b1": ("beta1", "beta_1", "b1"),
    "b2": ("beta2", "beta_2", "b2"),
    "eps": ("eps", "epsilon"),
    "momentum": ("momentum", "mu", "beta"),
    "rho": ("rho", "alpha", "decay", "decay_rate", "beta", "smoothing"),
    "dampening": ("dampening",),
    "nesterov": ("nesterov",),
    "centered": ("centered",),
    "amsgrad": ("amsgrad",),
    "initial": ("initial_accumulator_value", "initial_accumulator", "initial"),
    "lr_decay": ("lr_decay",),
    "psi": ("momentum_decay", "psi"),
    "decay": DECAYS,
    "weight": ("beta", "momentum", "mu"),
    "nu": ("nu",),
    "weights": ("betas", "momenta", "dampings"),
    "period": ("k", "period", "sync_period", "la_steps"),
    "part": ("alpha", "la_alpha", "slow_rate", "slow_step_size"),
    "up": ("up", "eta_plus", "increase"),
    "down": ("down", "eta_minus", "decrease"),
    "trust": ("eta", "trust", "trust_coefficient", "coefficient"),
    "power": ("power", "partial", "p"),
    "last": ("final_lr",),
    "pace": ("gamma",),
}
TRIED = {
    "initial": 0.5,
    "lr_decay": 0.1,
    "b1": 0.8,
    "b2": 0.95,
    "eps": 0.01,
    "momentum": 0.9,
    "rho": 0.8,
    "dampening": 0.3,
    "decay": 0.1,
    "weight": 0.8,
    "nu": 0.4,
    "part": 0.3,
    "period": 3,
    "power": 0.3,
    "trust": 0.3,
}


def published(study: OptimizerStudy) -> Iterator[Finding]:
    """What is called by the name of a published rule, such as `adam` or `rmsprop`, moves as published.

    So does, under its other settings, what moves as one by default. All forms in which a rule was published
    count: an epsilon before or after the correction, decay as a penalty or apart. What has settings of its
    own that are on by default is a rule of its own.
    Faults: an epsilon inside of Adam's root, Nesterov's step without its factor, a sum that forgets.
    Fix: as in the paper; or another name, if the rule is another one.
    """
    name = _claimed(study)
    for claim in [name] if name else KNOWN:
        names = named(study, KNOWN[claim])
        if names is not None and (name or _goes_by_default(study, KNOWN[claim], names)):
            yield from _everywhere(study, claim, names, called=bool(name))
            return
    raise DoesNotApply("it is no published rule, or has settings of its own that are on")


def _goes_by_default(study: OptimizerStudy, rule: Published, names: dict[str, str]) -> bool:
    """Whether an optimizer moves as a rule, and not because a rate of 0 takes the rule apart: with nothing
    kept, RMSprop is the step of the sign.
    """
    rates = [
        study.settings[names[key]] for key, value in rule.settings.items() if value is None and key in names
    ]
    return 0 not in rates and moves_as(study, rule, names, {})


def _everywhere(
    study: OptimizerStudy, claim: str, names: dict[str, str], *, called: bool
) -> Iterator[Finding]:
    rule = KNOWN[claim]
    for settings in _modes(study, rule, names):
        try:
            right = moves_as(study, rule, names, settings)
        except Broken:
            continue  # refused
        if not right:
            given = ", ".join(f"{key}={value}" for key, value in settings.items()) or "its defaults"
            says = f"it is called {claim}" if called else f"by default it moves as {claim}"
            yield Finding("another-rule", f"{says}, and with {given} moves otherwise than in {rule.source}")
            return


def _claimed(study: OptimizerStudy) -> str:
    """Return the rule whose name the class or its `name` bears, or its docstring begins with; "" if none."""
    for name in (study.name, study.cls.__name__, _subject(study.cls.__doc__ or "")):
        words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
        for chosen in (words, [word for word in words if not QUALIFIERS.fullmatch(word)]):
            if "".join(chosen) in KNOWN:
                return "".join(chosen)
    return ""


def _subject(doc: str) -> str:
    """Return what a docstring begins with, up to a full stop or colon, without the source that follows."""
    first = re.match(r"\s*([\w\s-]+?)\s*(\([^()]*\d{4}[^()]*\)|,[^:]*?\d{4})?[.:](\s|$)", doc)
    return first[1] if first else ""


def named(study: OptimizerStudy, rule: Published) -> dict[str, str] | None:
    """Return the setting for each of the rule's; None if one is missing, or others are on by default."""
    # The first of two that go by one name: `beta` is the rate of RMSprop, not its momentum.
    known = {alias: key for key in ("decay", *reversed(rule.settings)) for alias in SETTINGS[key]}
    names = {known[name]: name for name in study.settings if name in known}
    betas = study.settings.get("betas") if "b1" in rule.settings else None
    given = {*names, *(("b1", "b2") if isinstance(betas, tuple) and len(betas) == 2 else ())}
    others = [
        v for name, v in study.settings.items() if name not in known and (name != "betas" or betas is None)
    ]
    if any(v not in (None, False, 0) for v in others):
        return None
    return names if all(key in given for key, value in rule.settings.items() if value is None) else None


def _modes(study: OptimizerStudy, rule: Published, names: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the settings that are tried: the defaults, each number by itself, each flag, all together."""
    yield {}
    numbers = {names[key]: value for key, value in TRIED.items() if key in names}
    ball = {names["momentum"]: 0.9} if "momentum" in names else {}
    flags = [names[key] for key in ("nesterov", "centered", "amsgrad") if key in names]
    for name, value in numbers.items():
        yield {**ball, name: value}
    for flag in flags:
        yield {**ball, flag: not study.settings[flag]}
        if decay := names.get("decay"):
            yield {**ball, flag: not study.settings[flag], decay: 0.1}
    if "betas" in study.settings and "b1" in rule.settings:
        yield {"betas": (TRIED["b1"], TRIED["b2"])}


def moves_as(study: OptimizerStudy, rule: Published, names: dict[str, str], settings: dict[str, Any]) -> bool:
    """Whether an optimizer goes the way of any form of the rule."""
    start, grads, steps = _path(study, settings)
    given = {**study.settings, **settings}
    options = {**rule.settings, **{key: given[name] for key, name in names.items()}, "lr": LR}
    if "betas" in given and "b1" in options:
        options["b1"], options["b2"] = given["betas"]
    if "weights" in names:
        options["weights"] = list(given[names["weights"]])
    least = 1e-12 * (1 + np.max(np.abs(start + np.cumsum(steps, axis=0))))  # what rounding leaves of a step
    return any(_goes(rule, form, start, grads, steps, least) for form in _forms(rule, options))


def _path(study: OptimizerStudy, settings: dict[str, Any]) -> tuple[NDArray[Any], list[Any], NDArray[Any]]:
    """Return where a parameter starts, its gradients and its steps: run once for each settings."""
    key = repr(sorted(settings.items()))
    if key not in study.paths:
        (param,) = params = study.params((SHAPE,))
        optimizer = study.make(params, **settings)
        grads, places = [], [param.data.copy()]
        for step in range(STEPS):
            grads += study.wild(params, step)
            study.step(optimizer, params, grads[-1:])
            places.append(param.data.copy())
        study.paths[key] = places[0], grads, np.diff(np.array(places), axis=0)
    return study.paths[key]


def _forms(rule: Published, options: Options) -> Iterator[Options]:
    """Yield the settings with each combination of what publications differ in, and of what is built in."""
    built_in = {key: value for key, value in options.items() if isinstance(value, tuple)}
    choices: dict[str, tuple[Any, ...]] = {**rule.forms, **built_in, "pull": ("none",)}
    if options.setdefault("decay", 0.0) and not rule.decays_itself:
        choices["pull"] = ("before", "after") if rule.apart else ("before", "after", "penalty")
    for chosen in product(*choices.values()):
        yield {**options, **dict(zip(choices, chosen, strict=True))}


def _goes(
    rule: Published, o: Options, start: NDArray[Any], grads: Any, steps: NDArray[Any], least: float
) -> bool:
    """Whether all steps are those of one form of a rule, each by its own size."""
    p, state = start, dict[str, Any]()
    kept = 1 - LR * o["decay"]
    for g, step in zip(grads, steps, strict=True):
        down = LR * rule.rule(p, g + o["decay"] * p if o["pull"] == "penalty" else g, state, o)
        after = {"before": p * kept - down, "after": (p - down) * kept}.get(o["pull"], p - down)
        if not np.all(np.abs(after - p - step) <= 1e-6 * np.abs(step) + least):
            return False
        p = after
    return True


PUBLISHED = (Check("published", published, after=("in_place",)),)
