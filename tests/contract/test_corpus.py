"""The kit tells and shows what is wrong, accuses nothing that is right, and takes no notice of names."""

from __future__ import annotations

import inspect
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from minigrad_core.testing import check_initializer, check_operation, check_optimizer
from minigrad_ops_nn.optimizers import SGD
from tests.contract.corpus import initializers, operations, optimizers  # noqa: F401 - they enter the pairs
from tests.contract.corpus.operations.idioms import IDIOMS
from tests.contract.corpus.operations.right import shipped
from tests.contract.corpus.pair import INITIALIZERS, OPERATIONS, OPTIMIZERS, Pair
from tests.contract.fault_scripts import assert_script_shows
from tests.contract.renamed import renamed
from tests.contract.renamed_operations import renamed_operations

if TYPE_CHECKING:
    from minigrad_core.testing import Report

pytestmark = pytest.mark.usefixtures("surroundings")

PAIRS = (*OPERATIONS, *OPTIMIZERS, *INITIALIZERS)
OWN_TWINS = [pair for pair in PAIRS if pair.right.__module__ != shipped.__name__]
RIGHT = {(pair.right, pair.reference): pair.right.__name__ for pair in OWN_TWINS}
RIGHT |= {(operation, None): operation.__name__ for operation in IDIOMS}
FAULTS = [pytest.param(pair, id=pair.id) for pair in PAIRS]
LAWS_OF_NAMES = {"naming", "documentation"}

get_renamed_classes = cache(renamed_operations)


def check(thing: Any, reference: Any = None, seed: int = 0) -> Report:
    if hasattr(thing, "step"):
        return check_optimizer(thing, reference=reference, seed=seed)
    check_instance = check_operation if hasattr(thing, "forward") else check_initializer
    return check_instance(thing(), reference=reference, seed=seed)


def rename(thing: Any, reference: Any) -> tuple[Any, Any]:
    if hasattr(thing, "forward"):
        return get_renamed_classes()[thing.__name__], reference
    return renamed(thing, reference)


def find_broken(report: Report) -> set[tuple[str, str]]:
    return {(f.check, f.code) for f in report.failures if f.check not in LAWS_OF_NAMES}


def test_the_other_names_share_nothing_with_the_first() -> None:
    for name, cls in get_renamed_classes().items():
        assert re.fullmatch(r"Q\d+", cls.__name__), name
        if hasattr(cls, "forward") and not any(c.__module__.startswith("minigrad_ops") for c in cls.__mro__):
            _, _, *given = inspect.signature(cls.forward).parameters
            assert all(re.fullmatch(r"q\d+", argument) for argument in given), (name, given)


@pytest.mark.parametrize("pair", FAULTS)
def test_a_fault_is_told_by_its_law_whatever_the_names_and_shown_by_its_script(pair: Pair) -> None:
    report = check(pair.wrong, pair.reference)
    assert (pair.law, pair.code) in {(f.check, f.code) for f in report.failures}, str(report)
    assert_script_shows(pair, report.failures)
    assert find_broken(check(*rename(pair.wrong, pair.reference))) == find_broken(report)


@pytest.mark.parametrize("seed", range(4))
def test_zero_meets_the_least_integer_at_every_seed(seed: int) -> None:
    (pair,) = [pair for pair in PAIRS if pair.wrong.__name__ == "ZeroToMinusOne"]
    assert (pair.law, pair.code) in find_broken(check(pair.wrong, seed=seed))


def test_single_precision_that_comes_near_zero_is_not_accused() -> None:
    report = check_optimizer(SGD, seed=45, only=["type"])
    assert report.ok, str(report)


@pytest.mark.parametrize(("thing", "reference"), RIGHT, ids=RIGHT.values())
def test_what_is_right_keeps_all_laws_whatever_the_names(thing: Any, reference: Any) -> None:
    for seed, given in enumerate(((thing, reference), rename(thing, reference))):
        report = check(*given, seed=seed)
        assert report.ok, str(report)
