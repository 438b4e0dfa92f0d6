"""`minigrad check --mutants`: what is changed, what is noticed, and what is told of the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from minigrad_core.testing.mutants.own_code import Source
from minigrad_core.testing.mutants.score import Score, generate_edits, generate_mutants, score_mutants
from minigrad_core.testing.registered_subjects import find_subjects
from tests.contract.faulty_plugins import plugin
from tests.contract.weak_cases import OPERATIONS, Unregistered

if TYPE_CHECKING:
    from tests.plugins.testbed import Site


def changed_lines(function: Any) -> set[str]:
    """Return the lines that a function has after one change, and not before."""
    source = Source(function)
    before = source.text.decode().splitlines()
    texts = [source.apply(edit) for edit in generate_edits(function)]
    return {line.strip() for text in texts for line in text.splitlines() if line not in before}


def arithmetic(x: Any, y: Any) -> Any:
    x += y
    return x @ (x) ** y


def comparisons(x: Any, y: Any) -> Any:
    return x < y or x is not y


def values(x: Any) -> Any:
    y = x[0].copy() + 1.5 + x[-1]
    return -y if y.any() else np.geterr()


def arguments(x: Any, y: Any) -> Any:
    return np.clip(x, np.maximum(x, y), None, dtype=x)  # größer: a letter of two bytes


def refuse_matrices(x: Any) -> None:
    if x.ndim == 2:
        raise ValueError("expected no matrix")


def handed_on(x: Any, needs: Any) -> Any:
    return x if needs[0] else None


def invisible(ctx: Any, x: Any) -> Any:
    """Return 1 + 1."""
    np.einsum("i", x, optimize=True)
    if x.ndim > 2:
        text = f"expected {1 + 1} dimensions"
        raise ValueError(text)
    refuse_matrices(x)
    assert x.ndim < 3
    if ctx.needs[0]:
        pass
    pairs: dict[int, int] = dict(zip(x, x, strict=True))
    return pairs


@pytest.mark.parametrize(
    ("function", "lines"),
    [
        (arithmetic, {"x -= y", "pass", "return (x * x ** y)", "return x @ (x * y)"}),
        (
            comparisons,
            {
                "return (x <= y) or x is not y",
                "return (x >= y) or x is not y",
                "return (x < y and x is not y)",
                "return x < y or (x is y)",
            },
        ),
        (
            values,
            {
                "y = (x[0].copy() - 1.5) + x[-1]",
                "y = x[0] + 1.5 + x[-1]",
                "y = x.copy() + 1.5 + x[-1]",
                "y = x[1].copy() + 1.5 + x[-1]",
                "y = x[0].copy() + 2.5 + x[-1]",
                "y = (x[0].copy() + 1.5 - x[-1])",
                "y = x[0].copy() + 1.5 + x",
                "y = x[0].copy() + 1.5 + x[1]",
                "return y if y.any() else np.geterr()",
                "return -y if (not y.any()) else np.geterr()",
                "return -y if y else np.geterr()",
                "return -y if y.any() else np",
            },
        ),
        (
            arguments,
            {
                "return np.clip(np.maximum(x, y), x, None, dtype=x)  # größer: a letter of two bytes",
                "return np.clip(x, None, np.maximum(x, y), dtype=x)  # größer: a letter of two bytes",
                "return np.clip(x, np.maximum(x, y), None)  # größer: a letter of two bytes",
            },
        ),
        (handed_on, {"return x if (not needs[0]) else None", "return x if needs[1] else None"}),
        (
            invisible,
            {
                "if (not ctx.needs[0]):",
                "if ctx.needs[1]:",
                "np.einsum(x, 'i', optimize=True)",
                "pass",
            },
        ),
    ],
)
def test_each_operator_makes_one_small_change(function: Any, lines: set[str]) -> None:
    assert changed_lines(function) == lines


def score_named(*names: str) -> Score:
    score = [Unregistered(name, "operation") for name in names]
    return score_mutants(score, lambda reports, _: reports, jobs=2, timeout=12)


def test_cases_that_hold_enough_kill_every_mutant() -> None:
    score = score_named("doubled")
    assert score.ok
    assert score.mutant_counts == {"doubled": 4}
    assert str(score) == "mutants: 4, killed: 4 (100.0%)"


def test_cases_that_hold_too_little_leave_survivors_with_their_place() -> None:
    score = score_named("sum_of_one_row")
    assert not score.ok
    assert "sum_of_one_row, tests/contract/weak_cases.py:" in str(score)
    assert any("-    return np.broadcast_to(grad[..., None]" in mutant.diff() for mutant in score.survivors)


def test_a_value_that_nobody_compares_is_killed_by_a_reference() -> None:
    (survivor,) = score_named("row_sums").survivors
    assert survivor.diff().splitlines()[4:6] == [
        "-        return x.sum(axis=-1)",
        "+        return x.sum()",
    ]
    assert score_named("compared_row_sums").ok


def test_a_change_to_shared_code_counts_once_and_is_killed_by_whoever_notices() -> None:
    score = score_named("sum_of_one_row", "compared_row_sums")
    assert score.mutant_counts == {"sum_of_one_row": 7}
    assert score.ok


def test_shared_code_belongs_to_subjects_of_other_modules_too() -> None:
    mutants = generate_mutants(find_subjects(["basic::concatenate", "basic::vstack"]))
    users = {mutant.function: [subject.name for subject in mutant.subjects] for mutant in mutants}
    assert users["split_gradient"] == ["basic::concatenate", "basic::vstack"]
    assert users["Stacking.backward"] == ["basic::vstack"]


def test_a_mutant_that_never_returns_is_ended_and_killed() -> None:
    score = score_named("counted")
    assert score.ok
    assert score.mutant_counts["counted"] > 5


def test_what_fails_as_it_is_has_no_mutants() -> None:
    score = score_named("wrong")
    assert not score.ok
    assert not score.mutant_counts
    assert "wrong: no mutants, it fails as it is" in str(score)


def test_a_mutant_leaves_the_code_as_it_was() -> None:
    function = type(OPERATIONS["doubled"]).forward
    code = function.__code__
    first = generate_mutants([Unregistered("doubled", "operation")])[0]
    assert not first.check().ok
    assert function.__code__ is code


def test_the_command_lists_survivors_and_tells_by_its_status(site: Site) -> None:
    # What a plugin declares is judged, and has no code of its own that could be changed.
    site.add("minigrad-mine", namespace="mine", code=plugin(), functions=["numpy.negative"])
    env = {"MINIGRAD_PLUGINS": "mine"}
    done = site.minigrad("check", "--mutants", "--json", env=env)
    score = json.loads(done.stdout)
    assert (score["mutants"], score["killed"], done.returncode) == (2, 2, 0)
    assert score["subjects"] == {"mine::right": {"mutants": 2, "killed": 2}}
