"""The kit tells what is wrong with optimizers and initializers, and accuses nothing that is right."""

from __future__ import annotations

import re
from typing import Any

import pytest

from minigrad_core.testing import Report, check_initializer, check_optimizer, references
from minigrad_ops_nn.initializers import glorot_uniform
from minigrad_ops_nn.optimizers import SGD
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


def test_a_failure_names_the_first_step_the_setting_and_the_ratio() -> None:
    faults = {pair.wrong.__name__: pair for pair in OPTIMIZERS}
    told = {}
    for name in ("DecaysApart", "ForgetsAtScalars"):
        (failure,) = checked(faults[name].wrong, faults[name].reference).failures
        told[name] = failure.message.splitlines()
    assert re.match(
        r"at step 1 with decay=0\.1 a parameter of shape .* moves .* times as far", told["DecaysApart"][0]
    )
    assert re.match(
        r"at step 2 with the defaults a parameter of shape \(\) moves ", told["ForgetsAtScalars"][0]
    )
    assert told["DecaysApart"][-1] == "rerun: the same call with only=['reference']"


def test_the_argument_wins_over_the_reference_of_the_class() -> None:
    def still(data: Any, grad: Any, state: Any, settings: Any) -> Any:
        return data

    report = check_optimizer(SGD, reference=still)
    assert verdict(report) == {("reference", "another-rule")}
    assert check_optimizer(SGD).ok
    report = check_initializer(glorot_uniform, reference=lambda shape, *, rng: rng.standard_normal(shape))
    assert verdict(report) == {("reference", "another-distribution")}


def test_a_reference_that_fails_is_told_and_no_crash() -> None:
    (failure,) = check_optimizer(SGD, reference=references.adam).failures
    assert (failure.check, failure.code) == ("reference", "reference-raises")
    assert "KeyError: 'betas'" in failure.message
