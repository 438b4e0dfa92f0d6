"""The kit without plugins: what needs derivatives of NumPy's functions is left out, and nobody accused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigrad_core import Context, Operation
from minigrad_core.testing import check_operation


class Cube(Operation):
    """x ** 3, elementwise. d/dx = 3 grad x^2."""

    name = "cube"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return x**3

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * (3 * x**2)


class WrongCube(Cube):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * (2 * x**2)


def test_a_right_operation_passes_where_no_plugin_is_installed(
    isolated_registry: Callable[..., Any],
) -> None:
    isolated_registry({})
    report = check_operation(Cube())
    assert report.ok, str(report)
    assert "derivative" in report.ran


def test_a_wrong_one_does_not(isolated_registry: Callable[..., Any]) -> None:
    isolated_registry({})
    assert {failure.check for failure in check_operation(WrongCube()).failures} == {"derivative"}
