"""Messages about a function of another framework use the terms of that framework."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

import torch
from torch.autograd import Function

from minigrad_core.testing import check_operation
from minigrad_interop import subjects

from .torch_faults.memory import KeepsOnClass


def test_the_advice_for_state_on_the_class_is_save_for_backward(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KeepsOnClass, "last", None)  # an earlier check in this process may have set it
    subject: Any = subjects.torch(KeepsOnClass, broadcasts=True)
    report = check_operation(subject, only=["frame"])
    (failure,) = report.failures
    assert "keep what backward needs with ctx.save_for_backward" in failure.message


def test_the_request_for_cases_does_not_mention_classes() -> None:
    subject: Any = subjects.torch(torch.bmm)
    (failure,) = check_operation(subject).failures
    assert failure.code == "needs-cases"
    assert "Give it cases, with shapes that fit: cases = (Case(x=" in failure.message
    assert "ctx" not in failure.message


def test_a_function_of_tensors_may_raise_for_python_numbers() -> None:
    class Plus(Function):
        @staticmethod
        def forward(ctx: Any, x: Any, y: Any) -> Any:
            ctx.shapes = x.shape, y.shape
            return x + y

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return tuple(grad.sum_to_size(shape) for shape in ctx.shapes)

    subject: Any = subjects.torch(Plus, broadcasts=True)
    report = check_operation(subject)
    assert report.ok, str(report)
