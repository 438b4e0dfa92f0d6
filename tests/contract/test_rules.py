"""The kit tells what is wrong with optimizers and initializers, and accuses nothing that is right."""

from __future__ import annotations

from typing import Any

import pytest

from minigrad_core.testing import Report, check_initializer, check_optimizer
from tests.contract.corpus import initializers, optimizers  # noqa: F401 - they enter the pairs
from tests.contract.corpus.pair import INITIALIZERS, OPTIMIZERS, Pair
from tests.contract.renamed import renamed

pytestmark = pytest.mark.usefixtures("surroundings")

PAIRS = [pytest.param(pair, id=pair.id) for pair in (*OPTIMIZERS, *INITIALIZERS)]
RIGHT = list({(pair.right, pair.reference): pair for pair in (*OPTIMIZERS, *INITIALIZERS)}.values())


def checked(thing: Any, reference: Any, seed: int = 0) -> Report:
    if hasattr(thing, "step"):
        return check_optimizer(thing, reference=reference, seed=seed)
    return check_initializer(thing(), reference=reference, seed=seed)


def verdict(report: Report) -> set[tuple[str, str]]:
    return {(failure.check, failure.code) for failure in report.failures}


@pytest.mark.parametrize("pair", PAIRS)
def test_a_fault_is_told_by_its_law_whatever_the_names(pair: Pair) -> None:
    report = checked(pair.wrong, pair.reference)
    assert (pair.law, pair.code) in verdict(report), str(report)
    assert verdict(checked(*renamed(pair.wrong, pair.reference))) == verdict(report)


@pytest.mark.parametrize("pair", RIGHT, ids=lambda pair: f"{pair.right.__name__}-{pair.id}")
def test_what_is_right_keeps_all_laws_whatever_the_names(pair: Pair) -> None:
    for seed, (thing, reference) in enumerate(
        ((pair.right, pair.reference), renamed(pair.right, pair.reference))
    ):
        report = checked(thing, reference, seed)
        assert report.ok, str(report)
