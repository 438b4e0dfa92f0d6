"""Slopes of the distributions of `stats`, against those of mpmath in stats.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

import minigrad_core as mg
from minigrad_scipy import stats
from minigrad_scipy.stats import CONTINUOUS
from minigrad_scipy.stats.discrete import DISCRETE
from tests.each import for_each

STORED: dict[str, Any] = json.loads(Path(__file__).with_name("stats.json").read_text(encoding="utf-8"))


@for_each([(name, method) for name, row in STORED.items() for method in row if method != "at"])
def test_slopes_are_those_of_mpmath(name: str, method: str) -> None:
    args, expected = STORED[name]["at"], STORED[name][method]
    first = len(args) - len(expected)  # the arguments before are whole numbers, without a slope
    got = mg.grad(getattr(getattr(stats, name), method), tuple(range(first, len(args))))(*args)
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


@for_each([name for name in STORED if "cdf" in STORED[name] and "ppf" in CONTINUOUS[name].formulas])
def test_slopes_of_a_quantile_are_those_of_the_inverse_of_cdf(name: str) -> None:
    args, (density, *rest) = STORED[name]["at"], STORED[name]["cdf"]
    distribution = getattr(stats, name)
    q = distribution.cdf(*args)
    got = mg.grad(distribution.ppf, tuple(range(len(args))))(q, *args[1:])
    np.testing.assert_allclose(
        got, [1 / density, *(-slope / density for slope in rest)], rtol=1e-9, atol=1e-12
    )


def test_every_distribution_has_stored_slopes() -> None:
    assert STORED.keys() == {*CONTINUOUS, *DISCRETE}
