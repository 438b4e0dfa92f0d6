"""The kit survives what operations do, and leaves the process as it was."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from minigrad_core import Operation, hookimpl, ops
from minigrad_core.cases import Case, axis_of, real
from minigrad_core.testing import check_initializer, check_operation, check_optimizer
from tests.contract.hostile import (
    SURVIVABLE,
    ExitsInBackward,
    Hostile,
    Interrupts,
    Raises,
    RunsOutOfMemory,
    TurnsTheWorldOver,
    with_attribute,
)

if TYPE_CHECKING:
    from minigrad_core import Context


@pytest.mark.parametrize("op", SURVIVABLE, ids=lambda op: op.__name__)
def test_misbehaviour_is_a_failure_in_the_report(op: Any) -> None:
    report = check_operation(op())
    assert not report.ok
    assert all(failure.check and failure.code and failure.message for failure in report.failures)


def test_the_failure_names_what_the_operation_did() -> None:
    (failure,) = check_operation(ExitsInBackward(), only=["refusal"]).failures
    assert failure.code == "backward-exits"
    assert failure.message.startswith("backward called sys.exit(None)")


@pytest.mark.parametrize(
    ("attribute", "value", "code", "text"),
    [
        ("cases", real("n"), "bad-cases", "expected a sequence of Case"),
        ("cases", Case(x=real("n")), "bad-cases", "expected a sequence of Case"),
        ("cases", RuntimeError("no"), "cases-raises", "cases raised RuntimeError: no"),
        ("cases", (1, 2), "bad-case", "expected a Case, got int: 1"),
        ("name", SystemExit(1), "name-exits", r"name called sys.exit\(1\)"),
        ("name", KeyboardInterrupt(), "name-raises", "name raised KeyboardInterrupt"),
        ("differentiable", ValueError("no"), "differentiable-raises", "differentiable raised ValueError: no"),
        ("forward", None, "not-an-operation", "expected an operation, an object with forward"),
    ],
)
def test_an_attribute_that_is_nonsense_is_told_before_anything_is_called(
    attribute: str, value: Any, code: str, text: str
) -> None:
    report = check_operation(with_attribute(attribute, value))
    assert (report.failures[0].check, report.failures[0].code) == ("domain", code)
    assert re.search(text, report.failures[0].message)
    assert report.skipped["derivative"] == "blocked: domain failed"


@pytest.mark.parametrize(
    ("check", "thing", "law", "start"),
    [
        *((check_operation, thing, "domain", "expected an ") for thing in (None, 42, Hostile)),
        *((check_optimizer, thing, "in_place", "expected a class of ") for thing in (None, 42, object())),
        *((check_initializer, thing, "shape_and_type", "expected an ") for thing in (None, 42, Hostile)),
    ],
)
def test_an_object_of_another_kind_is_a_failure(check: Any, thing: Any, law: str, start: str) -> None:
    (failure,) = check(thing).failures
    assert failure.check == law
    assert failure.message.startswith(start)


def test_what_forward_raises_is_told_where_no_arguments_are_found() -> None:
    (first,) = check_operation(RunsOutOfMemory()).failures
    assert "forward raised MemoryError" in first.message


@pytest.mark.usefixtures("interrupts_arrive")
def test_only_a_real_interrupt_stops_the_run() -> None:
    assert check_operation(Interrupts()).failures[0].code == "backward-raises"

    class Pressed(Hostile):
        def forward(self, ctx: Any, x: Any) -> Any:
            signal.raise_signal(signal.SIGINT)  # as Ctrl-C does
            return 3 * x

    with pytest.raises(KeyboardInterrupt):
        check_operation(Pressed())


def test_a_docstring_is_owed_by_what_is_registered_only(
    isolated_registry: Callable[..., Any],
) -> None:
    class Sketch(Operation):
        name = "sketch"
        broadcasts = True

        def forward(self, ctx: Context, x: Any) -> Any:
            return 3 * x

        def backward(self, ctx: Context, grad: Any) -> Any:
            return 3 * grad

    class Plugin:
        @hookimpl
        def minigrad_operations(self) -> list[Operation]:
            return [sketch]

    Sketch.__qualname__ = "Sketch"
    sketch = Sketch()
    tried = check_operation(sketch)
    assert tried.ok
    assert tried.skipped["documentation"] == "it is not registered"
    isolated_registry({"mine": Plugin()})
    (failure,) = check_operation(ops["mine::sketch"]).failures
    assert failure.code == "no-docstring"


def test_an_error_of_numpy_in_backward_is_no_refusal_of_a_setting() -> None:
    class Total(Hostile):
        """The sum over `axis`; x: (n, k). d/dx = grad, repeated."""

        broadcasts = False
        cases = (Case(x=real("n k"), axis=axis_of("x")),)

        def forward(self, ctx: Any, x: Any, *, axis: int = 0, keepdims: bool = False) -> Any:
            ctx.save(x.shape, axis)
            return np.sum(x, axis=axis, keepdims=keepdims)

        def backward(self, ctx: Any, grad: Any) -> Any:
            shape, axis = ctx.saved
            return np.tile(np.expand_dims(grad, axis), (shape[0], 1) if axis == 0 else (1, shape[1])).reshape(
                shape
            )

    codes = {failure.code for failure in check_operation(Total()).failures}
    assert "backward-raises" in codes


def test_what_builds_on_a_broken_law_is_reported_as_blocked() -> None:
    class Writes(Hostile):
        def forward(self, ctx: Any, x: Any) -> Any:
            x[...] = 0
            return 3 * x

    report = check_operation(Writes())
    assert report.failures[0].check == "frame"
    assert report.skipped["derivative"] == "blocked: frame failed"
    assert "derivative" not in report.ran


def test_an_operation_that_conforms_passes() -> None:
    report = check_operation(Hostile())
    assert report.ok, str(report)
    assert {"frame", "same", "refusal", "derivative", "linear", "domain", "type"} <= set(report.ran)


def test_an_operation_without_cases_is_told_to_give_some() -> None:
    (failure,) = check_operation(Raises()).failures
    assert failure.code == "needs-cases"
    assert 'cases = (Case(x=real("n k")),)' in failure.message


def test_two_runs_give_the_same_report() -> None:
    for op in (Hostile, TurnsTheWorldOver):
        assert check_operation(op()) == check_operation(op())


def test_only_the_chosen_laws_run_with_what_they_build_on() -> None:
    assert check_operation(Hostile(), only=["linear"]).ran == ("frame", "same", "linear")
