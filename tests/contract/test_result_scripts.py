"""The scripts of failures other than wrong gradients show the fault, and agree for what is right."""

import re
import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, index_into, real
from minigrad_core.testing import check_initializer, check_operation, check_optimizer
from tests.contract.corpus import initializers, optimizers  # noqa: F401 - they enter the pairs
from tests.contract.corpus.operations import derivative_complex, derivative_second
from tests.contract.corpus.operations.right.smooth import plain
from tests.contract.corpus.pair import INITIALIZERS, OPTIMIZERS, Pair

REFERENCE = staticmethod(lambda x: np.logaddexp(0.0, x))


class Softplus(Operation):
    """log(1 + exp(x)), any shape. d/dx = grad / (1 + exp(-x))."""

    name = "softplus"
    broadcasts = True
    reference = REFERENCE

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.logaddexp(0.0, x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.exp(-np.logaddexp(0.0, -x))


class NaiveSoftplus(Softplus):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.log(1 + np.exp(x))


class DoubleSoftplus(Softplus):
    def forward(self, ctx: Context, x: Any) -> Any:
        return super().forward(ctx, x).astype(np.float64)


class DoubleGradientSoftplus(Softplus):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, grad).astype(np.float64)


class Spread(Operation):
    """The variance of each row of values near 1000. x: (n, k) -> (n,). d/dx = grad 2 (x - mean) / k."""

    name = "spread"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.mean((x - np.mean(x, axis=1, keepdims=True)) ** 2, axis=1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad[:, None] * 2 * (x - np.mean(x, axis=1, keepdims=True)) / x.shape[1]


class NaiveSpread(Spread):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.mean(x**2, axis=1) - np.mean(x, axis=1) ** 2


class Rows(Operation):
    """The rows of x at places. x: (n, k), places: (m,) ints in [0, n) -> (m, k). d/dx = grad added by row."""

    name = "rows"
    cases = (Case(x=real("n k"), places=index_into("x", axis=0, shape="m")),)

    def forward(self, ctx: Context, x: Any, places: Any) -> Any:
        if places.size and not -len(x) <= places.min() <= places.max() < len(x):
            raise IndexError(f"rows: places {places} of {len(x)} rows")
        ctx.save(x.shape[0], places)
        return x[places]

    def backward(self, ctx: Context, grad: Any) -> Any:
        n, places = ctx.saved
        return (np.arange(n)[:, None] == places % n).astype(grad.dtype) @ grad, None


class WrappingRows(Rows):
    def forward(self, ctx: Context, x: Any, places: Any) -> Any:
        return super().forward(ctx, x, places % len(x))


class LayoutSoftplus(Softplus):
    def forward(self, ctx: Context, x: Any) -> Any:
        return super().forward(ctx, x.ravel("K").reshape(x.shape))


class StatefulSoftplus(Softplus):
    x: Any = None

    def forward(self, ctx: Context, x: Any) -> Any:
        self.x = x.copy()
        return super().forward(ctx, x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        ctx.save(self.x)
        return super().backward(ctx, grad)


class CachedSoftplus(Softplus):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        ctx.save(x + 1)  # for the next backward
        return grad * np.exp(-np.logaddexp(0.0, -x))


class WritingSoftplus(Softplus):
    def backward(self, ctx: Context, grad: Any) -> Any:
        grad *= super().backward(ctx, np.ones_like(grad))
        return grad.copy()


class ClippedSoftplus(Softplus):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, np.clip(grad, -2, 2))


class CutSoftplus(Softplus):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, plain(grad))


class ShapedSoftplus(Softplus):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return super().backward(ctx, grad).ravel()


class Cover(Operation):
    """|x|, any shape. d/dx = grad sign(x), between -grad and grad at 0."""

    name = "cover"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.abs(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.sign(x)


class WrongCover(Cover):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x == 0, 2 * grad, super().backward(ctx, grad))


@pytest.mark.parametrize(
    ("wrong", "law"),
    [
        (NaiveSoftplus, "reference"),
        (NaiveSoftplus, "domain"),
        (DoubleSoftplus, "type"),
        (DoubleGradientSoftplus, "type"),
        (NaiveSpread, "type"),
        (WrappingRows, "refusal"),
        (LayoutSoftplus, "same"),
        (StatefulSoftplus, "frame"),
        (CachedSoftplus, "same"),
        (WritingSoftplus, "frame"),
        (ClippedSoftplus, "linear"),
        (CutSoftplus, "linear"),
        (ShapedSoftplus, "derivative"),
        (WrongCover, "derivative"),
        (derivative_second.TanhNeedsItsCache, "derivative"),
        (derivative_second.TanhRecomputesAConstant, "derivative"),
        (derivative_second.TanhRecomputesWithAnOffset, "derivative"),
        (derivative_second.SideOfComplexValues, "derivative"),
        (derivative_complex.WaveConjugated, "derivative"),
        (derivative_complex.WaveOfDoublePrecision, "derivative"),
    ],
)
def test_a_script_exits_1_on_the_fault_and_0_on_the_right_operation(wrong: Any, law: str) -> None:
    (failure,) = (f for f in check_operation(wrong()).failures if f.check == law)
    assert failure.explanation is not None
    assert "smallest case: x (" in failure.message
    assert failure.explanation.rerun
    script = failure.explanation.script
    right = wrong.__mro__[1]
    for cls, status in ((wrong, 1), (right, 0)):
        code = script.replace(wrong.__name__, cls.__name__)
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert run.returncode == status, run.stdout + run.stderr


@pytest.mark.usefixtures("surroundings")
@pytest.mark.parametrize("pair", [pytest.param(p, id=p.id) for p in (*OPTIMIZERS, *INITIALIZERS)])
def test_a_script_of_a_run_or_a_draw_exits_1_on_the_fault_and_0_on_the_right_class(pair: Pair) -> None:
    is_optimizer = pair in OPTIMIZERS
    check: Any = check_optimizer if is_optimizer else check_initializer
    report = check(pair.wrong if is_optimizer else pair.wrong(), reference=pair.reference)
    (failure,) = (f for f in report.failures if (f.check, f.code) == (pair.law, pair.code))
    code = re.sub(r"(?m)^from .*\n(cls|initializer) = \S+$", r"\1 = given", failure.explanation.script)
    assert "minigrad_core.testing" not in code
    for cls, status in ((pair.wrong, True), (pair.right, False)):
        with pytest.raises(SystemExit) as exit_:
            run_script(code, cls if is_optimizer else cls())
        assert exit_.value.code == status, code


def run_script(code: str, given: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(code, "script", "exec"), {"given": given})
