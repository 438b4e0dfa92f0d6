"""The published rules that authors choose, against PyTorch's steps and numbers worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minigrad_core import Parameter
from minigrad_core.testing import references
from minigrad_ops_nn import optimizers

with np.load(Path(__file__).parents[1] / "ops_nn" / "trajectories.npz") as file:
    START, GRADS, STEPS = file["start"], file["grads"], file["steps"]
    INDEX = json.loads(file["index"].item())

RULES = [getattr(optimizers, name) for name in optimizers.__all__]
DEFAULTS = {rule.name: rule([Parameter(np.ones(1))]).state_dict()["settings"] for rule in RULES}


def follow(rule: Callable[..., Any], start: Any, grads: Any, **settings: Any) -> list[Any]:
    positions, state = [start], dict[str, Any]()
    for grad in grads:
        positions.append(rule(positions[-1], grad, state, settings))
    return positions[1:]


@pytest.mark.parametrize(
    ("entry", "steps"),
    list(zip(INDEX, STEPS, strict=True)),
    ids=[f"{k}-{e['name']}" for k, e in enumerate(INDEX)],
)
def test_ten_steps_follow_pytorch_or_the_paper(entry: Any, steps: Any) -> None:
    rules = [getattr(references, entry["name"])]
    rules += [references.sgd_pytorch] if entry["name"] == "sgd" else []  # alike while lr stays as it is
    for rule in rules:
        settings = {**DEFAULTS[entry["name"]], **entry["settings"]}
        np.testing.assert_allclose(follow(rule, START, GRADS, **settings), steps, rtol=1e-10, atol=1e-10)


def test_the_two_conventions_of_momentum_part_when_the_rate_changes() -> None:
    moves = {}
    for rule in (references.sgd, references.sgd_pytorch):
        state: dict[str, Any] = {}
        there = rule(np.zeros(1), np.ones(1), state, {"lr": 1.0, "momentum": 0.5})
        moves[rule] = rule(there, np.ones(1), state, {"lr": 0.1, "momentum": 0.5}) - there
    assert moves[references.sgd] == pytest.approx(-0.5 - 0.1)
    assert moves[references.sgd_pytorch] == pytest.approx(-0.1 * 1.5)


def test_signsgd_takes_steps_of_one_size_and_none_for_zero() -> None:
    moves = references.signsgd(np.zeros(3), np.array([3.0, -0.1, 0.0]), {}, {"lr": 0.5})
    np.testing.assert_array_equal(moves, [-0.5, 0.5, 0])


def test_amsgrad_does_not_forget_a_large_gradient() -> None:
    grads = [np.ones(1), *[np.full(1, 1e-3)] * 50]
    settings = {"lr": 1.0, "betas": (0.0, 0.5), "eps": 0.0}
    plain, kept = (
        follow(references.adam, np.zeros(1), grads, amsgrad=on, **settings) for on in (False, True)
    )
    assert abs(plain[-1] - plain[-2]) == pytest.approx(1.0, rel=1e-3)
    assert abs(kept[-1] - kept[-2]) < 2e-3


@pytest.mark.parametrize("shape", [(4, 7), (7, 4), (5,), (), (3, 2, 2)])
def test_an_orthogonal_matrix_has_orthonormal_rows_or_columns(shape: tuple[int, ...]) -> None:
    drawn = references.orthogonal(shape, rng=np.random.default_rng(0))
    matrix = drawn.reshape(len(drawn) if drawn.ndim > 1 else 1, -1)
    gram = matrix @ matrix.T if len(matrix) <= matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-12)


def test_a_truncated_normal_has_no_tail() -> None:
    drawn = references.truncated_normal(
        (1000, 10), rng=np.random.default_rng(0), mean=1.0, stddev=0.5, bound=1.0
    )
    assert np.all(np.abs(drawn - 1) <= 0.5)
