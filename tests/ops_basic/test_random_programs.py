"""Random programs of 2 to 8 basic operations, against differences in extended precision.

`benchmarks/random_programs.py` compares such programs with JAX and autograd.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ops_basic.random_programs.drawing import STEPS, programs
from tests.ops_basic.random_programs.judge import check_derivatives, check_value_and_types

if TYPE_CHECKING:
    from tests.ops_basic.random_programs.program import Program


def judge_programs(count: int) -> Counter[str]:
    """Judge `count` programs, and count the programs with each step; "a kink" counts the skipped ones."""
    met: Counter[str] = Counter()

    @settings(max_examples=count, derandomize=True, report_multiple_bugs=False)
    @given(programs(), st.sampled_from([1, 2, 2, 3]))
    def judge(program: Program, order: int) -> None:
        try:
            check_value_and_types(program)
            met.update(set(program.steps) if check_derivatives(program, order) else ["a kink"])
        except Exception as error:
            error.add_note(repr(program))
            raise
        met["programs"] += 1

    judge()
    return met


def test_random_programs_agree_with_differences_in_extended_precision() -> None:
    met = judge_programs(250)
    assert met["a kink"] <= 0.02 * met["programs"]


@pytest.mark.slow
def test_ten_thousand_random_programs_agree_with_differences_in_extended_precision() -> None:
    met = judge_programs(10_000)
    print(met.most_common())
    assert met["a kink"] <= 0.01 * met["programs"]
    assert min(met[step.__name__] for step in STEPS) >= 10
