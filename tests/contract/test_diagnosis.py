"""`diagnose_gradient` finds the cause of a wrong gradient from a function and its pullback alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from minigrad_core.cases import Case
from minigrad_core.testing.diagnosis.facts import gather_gradient_facts
from minigrad_core.testing.diagnosis.first_line import diagnose_gradient
from minigrad_core.testing.finding import SubjectFailed
from minigrad_core.testing.oracle.slopes import Oracle
from minigrad_core.testing.samples.sample import Recipe, Sample
from minigrad_core.testing.subjects.operation import OperationSubject

RNG = np.random.default_rng(3)
X, W, G = RNG.normal(size=(3, 4)), RNG.normal(size=(4, 4)), RNG.normal(size=(3, 4))
V, A = RNG.normal(size=(3, 4)), RNG.normal(size=(4, 4))
ROWS = np.array([2, 0, 2])


def diagnose_pullback(
    f: Callable[..., Any], pullback: Callable[..., Any], *inputs: Any, grad: Any = G, index: int = 0
) -> str | None:
    """Diagnose `pullback(grad, *inputs)`, the gradient of `f(*inputs)` for the input at `index`."""

    class Made:
        """f(*xs). d/dxs = grad."""

        name = "made"

        def forward(self, ctx: Any, *xs: Any, **_: Any) -> Any:
            ctx.save(*xs)
            return f(*xs)

        def backward(self, ctx: Any, *grads: Any) -> Any:
            gradients: list[Any] = [np.zeros(np.shape(x)) for x in ctx.saved]
            gradient = pullback(*grads, *ctx.saved)
            gradients[index] = gradient
            return gradient if isinstance(gradient, tuple) else tuple(gradients)

    grads = [np.asarray(g) for g in (grad if isinstance(grad, tuple) else (grad,))]
    names, domains = tuple("xwv"[: len(inputs)]), (None,) * len(inputs)
    sample = Sample(inputs, {}, names, domains, Recipe(Case()))
    facts = gather_gradient_facts(OperationSubject(Made()), grads, Oracle.COMPLEX, index, sample)
    assert facts is not None
    return diagnose_gradient(facts)


def softmax(x: Any) -> Any:
    e = np.exp(x)
    return e / e.sum(1, keepdims=True)


def assign(g: Any, x: Any) -> Any:
    out = np.zeros_like(x)
    out[ROWS] = g
    return out


FAULTS: dict[str, tuple[Any, ...]] = {
    "the sign is wrong": (np.sin, lambda g, x: -g * np.cos(x), X),
    "2 times the numeric one": (np.sin, lambda g, x: 2 * g * np.cos(x), X),
    r"1/3 times .* a mean, or a sum\?\)": (
        lambda x, w: x + w,
        lambda g, *_: g.mean(0),
        V,
        W[0],
        {"index": 1},
    ),
    "the inputs are swapped": (lambda x, w: x * w**2, lambda g, x, w: 2 * g * x * w, X, V),
    "with w transposed": (lambda x, w: np.sin(x) @ w, lambda g, x, w: g @ w * np.cos(x), X, W),
    "wrong only where x < 0: -1 times there": (lambda x: np.where(x.real < 0, -x, x), lambda g, _: g, X),
    "wrong only at 0, 3 along axis 1 .*zero there": (np.sin, lambda g, x: g * np.cos(x) * [0, 1, 1, 0], X),
    "through output 1: zero there": (
        lambda x: (np.sin(x), np.cos(x)),
        lambda g, _, x: g * np.cos(x),
        X,
        {"grad": (G, V)},
    ),
    "only one counts: the diagonal": (softmax, lambda g, x: g * softmax(x) * (1 - softmax(x)), X),
    "only one counts: assigned in the place of added": (lambda x: x[ROWS], assign, X),
    "in another order": (np.sin, lambda g, x: (g * np.cos(x))[::-1], X),
    r"2 \|x\| times the right values": (np.sin, lambda g, x: 2 * np.abs(x) * g * np.cos(x), X),
    r"outside of \[-2.*: zero there": (np.sin, lambda g, x: g * np.cos(x) * ((x > -2.5) & (x < 0.1)), X),
    "the error is the same all along axis 1": (np.sin, lambda g, x: g * np.cos(x) + V[:, :1], X),
    "all values are off by 0.5": (np.sin, lambda g, x: g * np.cos(x) + 0.5, X),
    r"J grad in the place of J\^T grad": (lambda x: W @ x, lambda g, _: W @ g, A, {"grad": A @ W}),
    r"the error is -1 grad x\^2": (lambda x: x**2 + x**3, lambda g, x: g * (2 * x + 2 * x**2), X),
    "the error is a multiple of x along axis 1": (
        lambda x: x / np.sqrt((x * x).sum(1, keepdims=True)),
        lambda g, x: g / np.sqrt((x * x).sum(1, keepdims=True)),
        X,
    ),
    "wrong only where grad < 0: zero there": (np.sin, lambda g, x: (g > 0) * g * np.cos(x), X),
    "right where w = 1": (
        lambda x, w: np.sin(x) * np.exp(w),
        lambda g, x, w: g * np.cos(x) * np.exp(np.sin(w) / np.sin(1)),
        X,
        V,
    ),
    "w has no effect": (lambda x, w: np.sin(x * np.cos(w)), lambda g, x, _: g * np.cos(0.7 * x), X, V),
    "d/dx is another formula, d/dw right": (
        lambda x, w: np.sin(x) + w.sum(),
        lambda g, x, w: (g * np.cos(1.3 * x + w.sum()), g.sum() + 0 * w),
        X,
        V,
    ),
    "the gradient is zero": (np.sin, lambda g, _: 0 * g, X),
    "the gradient is NaN where x < 0": (np.sin, lambda g, x: np.where(x < 0, np.nan, g), X),
}


@pytest.mark.parametrize("cause", FAULTS)
def test_a_cause_is_named(cause: str) -> None:
    f, pullback, *inputs = FAULTS[cause]
    options = inputs.pop() if isinstance(inputs[-1], dict) else {}
    line = diagnose_pullback(f, pullback, *inputs, **options)
    assert line is not None
    assert re.search(cause, line), line


def test_noise_has_no_cause() -> None:
    assert diagnose_pullback(np.sin, lambda g, x: g * np.cos(x) + np.cos(1e4 * x) * g, X) is None


def test_a_cause_that_fits_by_chance_is_not_reported() -> None:
    assert diagnose_pullback(lambda x: x**3, lambda g, x: 2 * g * x, X[:1, :1], grad=G[:1, :1]) is None


def test_a_backward_that_fails_elsewhere_is_diagnosed_all_the_same() -> None:
    def pullback(g: Any, x: Any, w: Any) -> Any:
        if not np.array_equal(w, W):
            raise SubjectFailed("elsewhere", "only here")
        return np.where(x < 0, -1, 1) * (g @ w.T)

    assert diagnose_pullback(lambda x, w: x @ w, pullback, X, W) == "wrong only where x < 0: -1 times there"
