"""Schedules against PyTorch's rates, and their effect on groups and states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import StateError
from minigrad_ops_nn.optimizers import SGD
from minigrad_ops_nn.schedules import Schedule, cosine, exponential, one_cycle, step_decay, warm_up

with np.load(Path(__file__).parent / "schedules.npz") as file:
    RATES = dict(file)
FACTORS = {
    "step_decay": step_decay(3, 0.5),
    "exponential": exponential(0.9),
    "cosine": cosine(12, minimum=0.1),
    "one_cycle": one_cycle(12),
    "warm_up": warm_up(4, start=0.25),
}


def optimizer(**settings: Any) -> SGD:
    return SGD([mg.Parameter(np.zeros(1))], **settings)


@pytest.mark.parametrize("name", sorted(RATES))
def test_rates_equal_those_of_pytorch(name: str) -> None:
    sgd = optimizer(lr=0.5)
    schedule = Schedule(sgd, FACTORS[name])
    for expected in RATES[name]:
        assert sgd.lr == pytest.approx(expected, rel=1e-12)
        schedule.step()


def test_a_schedule_scales_the_rate_of_each_group() -> None:
    groups: list[dict[str, Any]] = [
        {"params": [mg.Parameter(np.zeros(1))]},
        {"params": [mg.Parameter(np.zeros(1))], "lr": 4.0},
    ]
    sgd = SGD(groups, lr=1.0)
    schedule = Schedule(sgd, exponential(0.5))
    schedule.step()
    assert (sgd.lr, sgd.groups[1][1]["lr"]) == (0.5, 2.0)


def test_warm_up_hands_over_to_another_factor() -> None:
    factor = warm_up(2, exponential(0.5))
    assert [factor(steps) for steps in range(5)] == [0.0, 0.5, 1.0, 0.5, 0.25]


def test_a_schedule_goes_on_from_its_state() -> None:
    first, second = optimizer(lr=0.5), optimizer(lr=0.7)
    schedule = Schedule(first, cosine(10))
    for _ in range(4):
        schedule.step()
    other = Schedule(second, cosine(10))
    other.load_state_dict(schedule.state_dict())
    schedule.step()
    other.step()
    assert first.lr == second.lr


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"steps": 3}, r"for 1 groups, got a dict that lacks \['base', 'group_bases'\]"),
        ({"steps": 3, "base": 1.0, "group_bases": [None, 0.1]}, "for 1 groups, got 2 groups"),
    ],
)
def test_a_state_of_something_else_is_refused_and_changes_nothing(state: Any, message: str) -> None:
    schedule = Schedule(optimizer(), exponential(0.5))
    with pytest.raises(StateError, match=f"Schedule expected what state_dict.. returned {message}"):
        schedule.load_state_dict(state)
    assert schedule.steps == 0


def test_a_rate_stays_a_python_float() -> None:
    sgd = optimizer(lr=0.5)
    Schedule(sgd, lambda _: np.float64(0.5))
    assert type(sgd.lr) is float
