"""Randomness comes from the generator that is handed in, and from nowhere else."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np

from ..finding import Broken, Check, DoesNotApply, Finding
from ..surroundings import changes, snapshot, unusual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .study import InitializerStudy


def generator(study: InitializerStudy) -> Iterator[Finding]:
    """The same generator state gives the same array, another seed another one, and successive draws differ.

    Faults: the generator is ignored, a generator of its own with a fixed seed, the same draw at every call.
    Fix: draw from `rng`, which is handed in; never `default_rng()` inside.
    """
    first, again = study.draw(study.usual, study.rng("a")), study.draw(study.usual, study.rng("a"))
    if not np.array_equal(first, again):
        yield Finding("not-deterministic", "the same generator state gives another array: rng is ignored")
        return
    if not study.random:
        return
    if np.array_equal(first, study.draw(study.usual, study.rng("b"))):
        yield Finding("ignores-generator", "another seed gives the same array: rng is ignored")
        return
    one = study.rng("a")
    if np.array_equal(study.draw(study.usual, one), study.draw(study.usual, one)):
        yield Finding("same-draw", "two draws from one generator are the same: its state is not advanced")


def surroundings(study: InitializerStudy) -> Iterator[Finding]:
    """The global random state is neither read nor moved, nor is any other global state.

    Faults: `np.random.randn`, `np.random.seed`, `np.seterr`.
    Fix: use `rng`.
    """
    results = []
    for seed in (1, 2):
        np.random.seed(seed)  # noqa: NPY002 - the legacy state is what is watched; it is put back afterwards
        random.seed(seed)
        with unusual() as before:
            results.append(study.draw(study.usual, study.rng("a")))
            changed = changes(before, snapshot())
        for name in changed:
            yield Finding("changes-global-state", f"a call changes {name}: draw from rng, and leave it alone")
            return
    if not np.array_equal(results[0], results[1]):
        yield Finding("reads-global-state", "the values depend on the global random state: draw from rng")


def settings(study: InitializerStudy) -> Iterator[Finding]:
    """An unknown setting is an error; `low`, `high`, `value`, `mean`, `std` mean what they say.

    Faults: bounds that are ignored, or made symmetric.
    Fix: name the settings, without `**`, and use each.
    """
    yield from _bounds(study)
    yield from _moments(study)
    try:
        study.draw(study.usual, study.rng("a"), None, no_such_setting=1)
    except Broken:
        return
    yield Finding(
        "swallows-settings", "an unknown setting is ignored in silence: name the settings, without **"
    )


def _bounds(study: InitializerStudy) -> Iterator[Finding]:
    known = set(study.parameters)
    for given in ({"low": -0.1, "high": 0.3}, {"low": 0.2, "high": 0.25}, {"value": 0.7}):
        if not given.keys() <= known:
            continue
        values = study.draw(study.usual, study.rng("a"), np.float64, **given)
        low, high = given.get("low", given.get("value", 0)), given.get("high", given.get("value", 0))
        if values.min() < low - 1e-6 or values.max() > high + 1e-6:
            told = ", ".join(f"{name}={value}" for name, value in given.items())
            yield Finding(
                "setting-ignored", f"with {told} values range from {values.min():.4g} to {values.max():.4g}"
            )
            return


def _moments(study: InitializerStudy) -> Iterator[Finding]:
    """Another mean, deviation or gain is another draw."""
    plain = study.draw(study.usual, study.rng("a"), np.float64)
    for name in {"mean", "std", "stddev", "loc", "scale", "gain"} & set(study.parameters):
        try:
            other = study.draw(study.usual, study.rng("a"), np.float64, **{name: 0.7310})
        except Broken:
            continue
        if np.array_equal(plain, other):
            yield Finding("setting-ignored", f"with {name}=0.731 the values are the same as without")
            return


def repeatable(study: InitializerStudy) -> Iterator[Finding]:
    """A call depends on nothing but its arguments: not on earlier calls, nor on their shapes.

    Faults: a cache by shape, a counter on self.
    Fix: keep nothing.
    """
    if not study.random:
        raise DoesNotApply("it draws nothing")
    first = study.draw(study.usual, study.rng("a"))
    study.draw((5, 3), study.rng("b"))
    study.draw(study.usual, study.rng("c"))
    if not np.array_equal(first, study.draw(study.usual, study.rng("a"))):
        yield Finding("keeps-state", "an earlier call changes what a later one returns")


RANDOMNESS = (
    Check("generator", generator, after=("shape",)),
    Check("surroundings", surroundings, after=("shape",)),
    Check("settings", settings, after=("shape",)),
    Check("repeatable", repeatable, after=("generator",)),
)
