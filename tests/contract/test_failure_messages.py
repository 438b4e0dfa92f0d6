"""A failure explains itself, and its script reproduces it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from minigrad_core import Operation
from minigrad_core.cases import Case, between, real
from minigrad_core.testing import check_operation
from tests.contract.corpus import operations  # noqa: F401 - they enter the pairs
from tests.contract.corpus.pair import OPERATIONS

if TYPE_CHECKING:
    from minigrad_core.testing import Failure

ROOT = Path(__file__).parents[2]
FAULTS = {pair.wrong.__name__: pair.wrong for pair in OPERATIONS}
DIAGNOSED = {
    "SquareTiny": r"input 0: .*small values",
    "SoftmaxDiagonal": "input 0: of several contributions to one value only one counts: the diagonal",
    "AddViewOfTheOther": "the array returned for input 0 is also the one returned for input 1",
}


def find_failure(fault: str, check: str) -> Failure:
    report = check_operation(FAULTS[fault]())
    return next(f for f in report.failures if f.check == check)


@pytest.mark.parametrize("fault", DIAGNOSED)
def test_the_first_line_names_the_cause(fault: str) -> None:
    message = check_operation(FAULTS[fault]()).failures[0].message
    assert re.match(DIAGNOSED[fault], message.split("\n")[0])


def test_a_wrong_gradient_is_told_in_six_parts() -> None:
    message = find_failure("SoftmaxDiagonal", "derivative").message
    parts = message.split("\n\n")
    assert len(parts) == 6
    assert parts[1].startswith("smallest case: x (2, 2) float64")
    assert "analytic | numeric | difference" in parts[2]
    assert re.search(r"complex step, step .*, noise .*; off by .*, allowed ", parts[3])
    assert parts[4].startswith("reproduce (NumPy and the operation only):")
    assert parts[5] == "rerun: the same call with only=['derivative']"


def test_a_gradient_that_is_wrong_where_the_output_is_empty_is_told_in_six_parts_too() -> None:
    class ByMean(Operation):
        """x w; x: (n, k), w: (k,) -> (n, k). d/dx = grad w, d/dw = n times the mean of grad x."""

        name = "by_mean"

        def forward(self, ctx: Any, x: Any, w: Any) -> Any:
            ctx.save(x, w)
            return x * w

        def backward(self, ctx: Any, grad: Any) -> Any:
            x, w = ctx.saved
            return grad * w, len(x) * np.mean(grad * x, axis=0)

    (failed,) = check_operation(ByMean(), only=["derivative"]).failures
    first, *others = failed.message.split("\n\n")
    assert first == "input 1: the gradient is wrong at n = 0, right elsewhere: the gradient is NaN"
    assert len(others) == 5


def test_a_forgotten_context_is_told() -> None:
    class Forgetful:
        """x. d/dx = grad."""

        name = "forgetful"

        def forward(self, x: Any) -> Any:
            return x * 1

        def backward(self, grad: Any) -> Any:
            return grad * 1

    wrong: Any = Forgetful()
    (failed,) = check_operation(wrong).failures
    assert failed.message.startswith("it takes no inputs; an operation's forward has them after ctx")


def test_an_error_inside_numpy_is_told_with_the_line_that_called_it() -> None:
    class Misplaced:
        """The values of x in order; x: (n, k). d/dx = grad in the places of x."""

        name = "misplaced"
        cases = (Case(x=real("n k")),)

        def forward(self, ctx: Any, x: Any) -> Any:
            ctx.save(np.argsort(x, axis=1))
            return np.sort(x, axis=1)

        def backward(self, ctx: Any, grad: Any) -> Any:
            (order,) = ctx.saved
            return np.take_along_axis(grad, order + grad.shape[1], axis=1)

    wrong: Any = Misplaced()
    line = check_operation(wrong).failures[0].message.split("\n")[0]
    assert re.search(r"IndexError: .* at line \d+ of test_failure_messages.py", line), line


def test_a_registered_operation_is_rerun_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    report = check_operation(FAULTS["SoftmaxDiagonal"](), subject="mine::softmax")
    assert report.failures[0].message.endswith(
        "rerun: pytest --minigrad-contract=mine::softmax -k derivative"
    )
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # the command line, in an environment that may have no pytest
    report = check_operation(FAULTS["SoftmaxDiagonal"](), subject="mine::softmax")
    assert report.failures[0].message.endswith("rerun: minigrad check mine::softmax")


def run_script(message: str) -> subprocess.CompletedProcess[str]:
    lines = message.split("reproduce (NumPy and the operation only):\n")[1].split("\n\nrerun")[0].splitlines()
    script = "\n".join(line[4:] for line in lines)
    assert "minigrad_core" not in script
    return subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )


@pytest.mark.parametrize("fault", ["SoftmaxDiagonal", "SquareTiny", "TakeOverwrites"], ids=str)
def test_the_script_reproduces_the_failure_without_the_kit(fault: str) -> None:
    done: Any = run_script(find_failure(fault, "derivative").message)
    assert "wrong" in done.stdout, done.stderr
    assert done.returncode == 1


class WrongInLargeArrays(Operation):
    """x^2, elementwise. d/dx = 2 grad x."""

    name, broadcasts = "wrong_in_large_arrays", True
    cases = (Case(x=between(10, 20)),)

    def forward(self, ctx: Any, x: Any) -> Any:
        ctx.save(x)
        return x**2

    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where((x > 10) & (x.size > 1000), 2.5, 2.0) * grad * x


def test_the_script_has_the_very_values_of_a_large_sample() -> None:
    (failed,) = check_operation(WrongInLargeArrays(), only=["derivative"]).failures
    assert "smallest case: x (1025,)" in failed.message
    done = run_script(failed.message)
    assert "wrong" in done.stdout, done.stderr
