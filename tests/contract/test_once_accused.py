"""Right code that the kit accused under some seeds, before what accused it was mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import minigrad_core as mg
from minigrad_core.testing import check_operation
from tests.contract.corpus.twins import reductions

if TYPE_CHECKING:
    from collections.abc import Callable

    from minigrad_core import Operation

pytestmark = pytest.mark.usefixtures("surroundings")


@pytest.mark.parametrize(
    ("operation", "check", "seeds"),
    [
        # A mean rounds alike for all values of a row, and so did the one nudge that was to tell how far.
        (reductions.VarianceFarFromZero, "precision", (10, 25, 35, 70, 94)),
        # Near a singular matrix the difference itself is rough.
        (lambda: mg.ops["basic::solve"], "complex", (2,)),
    ],
)
def test_a_right_operation_is_not_accused_under_the_seeds_that_once_did(
    operation: Callable[[], Operation], check: str, seeds: tuple[int, ...]
) -> None:
    for seed in seeds:
        report = check_operation(operation(), seed=seed, only=[check])
        assert report.ok, str(report)
