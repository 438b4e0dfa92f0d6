"""The contract kit finds each fault in functions of other frameworks, and reports no correct twin."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from minigrad_core.testing import check_operation


def _list_pairs(framework: str) -> list[Any]:
    """Return one parameter for each fault, or a skipped one without the framework."""
    if find_spec(framework) is None:
        return [pytest.param(None, None, marks=pytest.mark.skip(reason=f"{framework} is not installed"))]
    pairs = import_module(f"{__package__}.{framework}_faults").PAIRS
    return [pytest.param(wrong, right, id=f"{framework}: {name}") for name, (wrong, right) in pairs.items()]


@pytest.mark.parametrize(
    ("wrong", "right"), [*_list_pairs("torch"), *_list_pairs("jax"), *_list_pairs("autograd")]
)
def test_a_fault_is_found_and_its_twin_passes(wrong: Any, right: Any) -> None:
    report = check_operation(right)
    assert report.ok, str(report)
    assert not check_operation(wrong, until_first=True).ok
