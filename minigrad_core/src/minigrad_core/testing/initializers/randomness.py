"""Randomness comes from the generator that is handed in, and from nowhere else."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np

from ..finding import Check, DoesNotApply, Finding
from ..surroundings import unusual
from .study import InitializerStudy

if TYPE_CHECKING:
    from collections.abc import Iterator


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
        random.seed(seed)
        with unusual(study.process, seed) as changes:
            results.append(study.draw(study.usual, study.rng("a")))
            changed = changes()
        for name in changed:
            yield Finding("changes-global-state", f"a call changes {name}: draw from rng, and leave it alone")
            return
    if not np.array_equal(results[0], results[1]):
        yield Finding("reads-global-state", "the values depend on the global random state: draw from rng")


def repeatable(study: InitializerStudy) -> Iterator[Finding]:
    """A call depends on nothing but its arguments: not on earlier calls, nor on their shapes.

    Faults: a cache by shape, a counter on self, a scale that is settled by the first call.
    Fix: keep nothing.
    """
    if not study.random:
        raise DoesNotApply("it draws nothing")
    other = tuple(max(n // 2, 1) for n in study.usual)
    first = study.draw(study.usual, study.rng("a"))
    if study.unused is not None:  # what the first call leaves behind was not there for its copy
        unused = InitializerStudy(study.unused, study.seed)
        unused.draw(other, study.rng("b"))
        if not np.array_equal(first, unused.draw(study.usual, study.rng("a"))):
            yield Finding("keeps-state", "the first call settles what later ones return: nothing may be kept")
            return
    study.draw(other, study.rng("b"))
    study.draw(study.usual, study.rng("c"))
    if not np.array_equal(first, study.draw(study.usual, study.rng("a"))):
        yield Finding("keeps-state", "an earlier call changes what a later one returns")


RANDOMNESS = (
    Check("generator", generator, after=("shape",)),
    Check("surroundings", surroundings, after=("shape",)),
    Check("repeatable", repeatable, after=("generator",)),
)
