"""Functions that draw random numbers, take keys or write to their argument pass, if they are right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

import torch
from torch.autograd import Function

from minigrad_core.cases import Case, real
from minigrad_core.testing import check_operation
from minigrad_interop import subjects

MATRIX = [Case(x=real("n k"))]
DRAWS: dict[str, Callable[[Any], Any]] = {
    "dropout": lambda x: torch.nn.functional.dropout(x, 0.5),
    "rand_like": lambda x: x * (torch.rand_like(x) > 0.5),
    "a draw of the dtype": lambda x: x * torch.rand(x.shape, dtype=x.dtype),
}


@pytest.mark.parametrize("name", DRAWS)
def test_a_seeded_function_passes(name: str) -> None:
    subject: Any = subjects.torch(DRAWS[name], MATRIX, seeded=True)
    report = check_operation(subject)
    assert report.ok, str(report)


def test_a_wrong_gradient_of_a_seeded_function_is_found() -> None:
    def scale(x: Any) -> Any:
        return x.detach() * torch.rand_like(x) + x

    subject: Any = subjects.torch(scale, MATRIX, seeded=True)
    assert "wrong-gradient" in {failure.code for failure in check_operation(subject).failures}


class AddOne(Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.mark_dirty(x)
        return x.add_(1)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        return grad.clone()


class Double(AddOne):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.mark_dirty(x)
        return x.mul_(2)


def test_a_function_that_writes_to_its_argument_is_judged_on_copies() -> None:
    right, wrong = (check_operation(subjects.torch(f, MATRIX)) for f in (AddOne, Double))
    assert right.ok, str(right)
    assert [failure.code for failure in wrong.failures] == ["wrong-gradient"]


def test_a_key_of_jax_may_be_an_argument() -> None:
    jax = pytest.importorskip("jax", reason="JAX is not installed")

    def drop(x: Any, key: Any) -> Any:
        return x * jax.random.bernoulli(key, 0.5, x.shape)

    subject: Any = subjects.jax(drop, [Case(x=real("n k"), key=jax.random.key(0))])
    report = check_operation(subject)
    assert report.ok, str(report)
