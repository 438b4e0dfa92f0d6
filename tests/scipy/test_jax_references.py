"""Gradients against stored gradients of JAX; every operation of minigrad_scipy has a stored gradient."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

import minigrad_core as mg
import minigrad_scipy
from tests.each import for_each
from tests.scipy import array_calls, filter_calls


def read(file: str) -> Any:
    return json.loads(Path(__file__).with_name(file).read_text(encoding="utf-8"))


STORED = {**read("filters.json"), **read("arrays.json")}
CALLS = {**filter_calls.CALLS, **array_calls.CALLS}


@for_each(CALLS.keys())
def test_the_gradient_of_a_call_is_that_of_jax(name: str) -> None:
    inputs = [np.array(x) for x in STORED[name]["inputs"]]
    real, imaginary = (np.array(w) for w in STORED[name]["weights"])

    def loss(*xs: Any) -> Any:
        y = CALLS[name][1](minigrad_scipy, *xs)
        return np.sum(np.real(y) * real + np.imag(y) * imaginary)

    gradients = mg.grad(loss, tuple(range(len(inputs))))(*inputs)
    for gradient, expected in zip(gradients, STORED[name]["gradients"], strict=True):
        np.testing.assert_allclose(gradient, expected, rtol=1e-8, atol=1e-11)


def test_every_operation_has_a_stored_derivative() -> None:
    # The rows of zeta with one argument are those of riemann_zeta.
    names = {"riemann_zeta"} | {row["name"] for row in read("special.json")}
    names |= read("solvers.json")["derivatives"].keys()
    names |= {name.split()[0] for name in CALLS}
    assert set(dir(mg.ops.scipy)) - names == set()
