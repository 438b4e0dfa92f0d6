"""Single right and wrong operations, with the verdict that the kit owes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core import Context, Operation
from minigrad_core.cases import Case, between, positive, real
from minigrad_core.testing import check_operation
from minigrad_ops_basic.indexing.selecting import Where
from tests.contract.corpus.operations.idioms import VarianceFarFromZero
from tests.contract.corpus.operations.right.shipped import Exp, Log, Sqrt, Square

pytestmark = pytest.mark.usefixtures("surroundings")


class WhereByProducts(Where):
    def forward(self, ctx: Any, condition: Any, x: Any, y: Any) -> Any:
        super().forward(ctx, condition, x, y)
        return condition * x + (1 - condition * 1) * y  # NaN and infinities of what is not chosen leak


class ShortRowsToo(Operation):
    name = "rows_of_length_one"
    cases = (Case(x=real("n k")), Case(x=real("n k"), eps=0.5))

    def forward(self, ctx: Any, x: Any, *, eps: float = 1e-12) -> Any:
        size = np.maximum(np.linalg.norm(x, axis=1, keepdims=True), eps)
        ctx.save(x / size, size)
        return x / size

    def backward(self, ctx: Any, grad: Any) -> Any:
        y, size = ctx.saved  # where eps is larger than the row, y has no part in it
        return (grad - y * np.sum(y * grad, axis=1, keepdims=True)) / size


@pytest.mark.parametrize(
    ("wrong", "law", "code"),
    [
        (WhereByProducts, "reference", "differs-from-reference"),
        (ShortRowsToo, "derivative", "wrong-gradient"),
    ],
)
def test_a_fault_is_found(wrong: Any, law: str, code: str) -> None:
    assert (law, code) in [(f.check, f.code) for f in check_operation(wrong()).failures]


def test_a_slope_may_be_infinite_where_a_case_has_it() -> None:
    assert check_operation(Sqrt(), cases=(Case(x=positive()), Case(x=np.array([0.0, 0.5])))).ok


def test_an_obvious_reference_may_lose_digits() -> None:
    assert check_operation(Log(), reference=lambda x: np.log(1 + (x - 1))).ok


@pytest.mark.parametrize(
    ("operation", "law", "seeds"),
    [
        # A mean rounds alike for all values of a row, and so did the one nudge that was to tell how far.
        (VarianceFarFromZero, "type", (10, 25, 35, 70, 94)),
        # Near a singular matrix the difference itself is rough.
        (lambda: mg.ops["basic::solve"], "derivative", (2,)),
        # The gradient itself has no more digits where rounding of x moves it.
        (lambda: mg.ops["basic::polyfit"], "derivative", (24,)),
        # Parts of a product of a thousand values may be none that float32 can hold.
        (lambda: mg.ops["basic::prod"], "type", (9,)),
        # The gradient for a weight alone cancels: in float32, rounding is left of it.
        (lambda: mg.ops["nn::nll"], "same", (3,)),
        # Two cotangents of a symmetric result cancel, and their rounding errors do not.
        (lambda: mg.ops["basic::corrcoef"], "type", (6014, 7101)),
        # The gradient for an input that stayed in float64 was rounded to float64.
        (lambda: mg.ops["scipy::windows_general_gaussian"], "derivative", (7103,)),
    ],
)
def test_a_right_operation_is_not_accused_under_the_seeds_that_once_did(
    operation: Callable[[], Operation], law: str, seeds: tuple[int, ...]
) -> None:
    for seed in seeds:
        report = check_operation(operation(), seed=seed, only=[law])
        assert report.ok, str(report)


class SignedSquare(Square):
    """x |x|, any shape; d/dx = 2 grad |x|. At zero both slopes are as small as the step."""

    implements = ()
    function = staticmethod(lambda x: x * np.abs(x))
    rule = staticmethod(lambda grad, x: grad * 2 * np.abs(x))


def test_curvature_at_zero_is_no_kink() -> None:
    report = check_operation(SignedSquare())
    assert report.ok, str(report)


class ArcCosh(Square):
    """arcosh(x) for x above 1; NaN for other x, without a warning. d/dx = grad / sqrt(x^2 - 1)."""

    implements = ()
    function: Any = staticmethod(np.errstate(invalid="ignore")(np.arccosh))
    rule = staticmethod(lambda grad, x: grad / (np.sqrt(x - 1) * np.sqrt(x + 1)))
    cases = (Case(x=between(1, 30, "...")),)


class ArcCoshOfNegative(ArcCosh):
    """arcosh(-x) for x below -1. d/dx = -grad / sqrt(x^2 - 1)."""

    function = staticmethod(np.errstate(invalid="ignore")(lambda x: np.arccosh(-x)))
    rule = staticmethod(lambda grad, x: -grad / (np.sqrt(1 - x) * np.sqrt(-1 - x)))
    cases = (Case(x=between(-30, -1, "...")),)


@pytest.mark.parametrize("operation", [ArcCosh, ArcCoshOfNegative])
def test_no_value_lies_outside_of_a_domain_without_zero(operation: Any) -> None:
    report = check_operation(operation())
    assert report.ok, str(report)


class NarrowCases(Exp):
    """e^x, any shape; d/dx = grad e^x."""

    cases = tuple(Case(x=np.array([0.3, -1.7], dtype)) for dtype in (np.float64, np.float32, np.float16))


def test_arrays_of_a_case_may_be_narrower_than_float64() -> None:
    report = check_operation(NarrowCases())
    assert report.ok, str(report)


class Steep(Exp):
    """e^x up to 1e305, where a grad of 1e6 makes the gradient infinite; any shape. d/dx = grad e^x."""

    name = "steep"
    cases = (Case(x=between(697, 703, "...")),)


def test_a_gradient_that_only_a_large_grad_makes_infinite_is_linear() -> None:
    report = check_operation(Steep(), only=["linear"])
    assert report.ok, str(report)


class Cube(Square):
    """x ** 3, elementwise. d/dx = 3 grad x^2."""

    implements = ()
    function = staticmethod(lambda x: x**3)
    rule = staticmethod(lambda grad, x: grad * 3 * x**2)


class WrongCube(Cube):
    rule = staticmethod(lambda grad, x: grad * 2 * x**2)


def test_without_plugins_the_derivative_is_judged_all_the_same(isolated_registry: Callable[..., Any]) -> None:
    isolated_registry({})
    report = check_operation(Cube())
    assert report.ok, str(report)
    assert "derivative" in report.ran
    assert {failure.check for failure in check_operation(WrongCube()).failures} == {"derivative"}


class InOrderOfMemory(Operation):
    """x w, value by value; x: (n, k), w: (n, k). d/dx = grad w, d/dw = grad x."""

    name = "in_order_of_memory"
    once_differentiable = "it is about the first derivative"

    def forward(self, ctx: Context, x: Any, w: Any) -> Any:
        if x.shape != w.shape:
            raise ValueError(f"in_order_of_memory expected one shape, got {x.shape} and {w.shape}")
        ctx.save(x, w)
        out = np.empty_like(x)
        np.multiply(x.ravel("K"), w.ravel("K"), out=out.ravel("K"))
        return out

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w = ctx.saved
        return grad * w, grad * x


def test_what_is_wrong_only_where_two_inputs_lie_differently_is_found() -> None:
    (failure,) = check_operation(InOrderOfMemory()).failures
    assert (failure.check, failure.code) == ("same", "depends-on-layout")
    assert failure.message.startswith("the output is another one with w in fortran_order\n")
