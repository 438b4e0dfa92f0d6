"""`minigrad check torch:module:name`, `contract_tests`, and the how-to page about them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from minigrad_core.cli.check import check
from minigrad_core.errors import ArgumentError, UnknownNameError
from minigrad_core.testing import check_operation
from minigrad_core.testing.workers import check_in_workers

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from minigrad_interop import contract_tests, subjects
from minigrad_interop.checks.selected import select

# JAX warns of each fork in a process that has imported it, and an earlier test may have: `minigrad check` by
# itself forks before it imports anything.
pytestmark = [
    pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "pytorch-and-jax.md"


def compute_sine(x: Any) -> Any:
    """Return the sine; x: (n,)."""
    return x.sin()


def multiply_detached(x: Any) -> Any:
    """Return x times itself; x: (n,)."""
    return x * x.detach()


def crash_if_empty(x: Any) -> Any:
    """Return x, or crash; x: (n,)."""
    if x.numel() == 0:
        os.abort()
    return x * 1.0


def _run(test: Any, *, name: str, law: str) -> None:
    test(name=name, law=law)


def test_a_subject_that_kills_its_process_does_not_affect_others() -> None:
    test = contract_tests([subjects.torch(f) for f in (crash_if_empty, multiply_detached, compute_sine)])
    with pytest.raises(pytest.fail.Exception, match="exit code -6"):
        _run(test, name="crash_if_empty", law="frame")
    for law in ("domain", "derivative", "saved"):
        with pytest.raises(pytest.skip.Exception, match="exit code -6"):
            _run(test, name="crash_if_empty", law=law)
    with pytest.raises(pytest.fail.Exception, match="wrong-gradient"):
        _run(test, name="multiply_detached", law="derivative")
    _run(test, name="compute_sine", law="derivative")


def test_no_law_passes_for_a_subject_that_does_not_load() -> None:
    (report,) = check_in_workers([select("torch:no.such:thing")], jobs=1, timeout=60.0)  # type: ignore[list-item]
    assert [failure.code for failure in report.failures] == ["not-loaded"]
    assert set(report.skipped.values()) == {"it did not load"}
    assert set(report.skipped) == set(select("torch:no.such:thing").laws)


def test_two_subjects_of_one_name_raise() -> None:
    with pytest.raises(ArgumentError, match="two subjects are called compute_sine"):
        contract_tests([subjects.torch(compute_sine), subjects.torch(compute_sine)])


def test_the_command_finds_functions_by_module_and_name() -> None:
    module = "torch:torch.nn.functional"
    result = CliRunner().invoke(check, [f"{module}:relu6", "torch:no.such:thing", "--jobs", "1"])
    assert result.exit_code == 1
    assert "needs-cases" in result.output
    assert "No module named 'no'" in result.output


def test_an_unknown_framework_is_named() -> None:
    result = CliRunner().invoke(check, ["tensorflow:a:b"])
    assert isinstance(result.exception, UnknownNameError)


def test_the_examples_of_the_page_run_in_order() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert blocks
    exec(compile("\n".join(blocks), str(PAGE), "exec"), {"__name__": "guide"})


def half(x: Any) -> Any:
    """Return x / 2, with twice the gradient; x: (n,)."""
    return x - x.detach() / 2


def test_the_page_says_which_messages_have_a_script_and_how_randomness_is_declared() -> None:
    (wrong,) = check_operation(subjects.torch(half), only=["derivative"]).failures
    assert wrong.code == "wrong-gradient"
    assert "reproduce (PyTorch and the operation only)" in wrong.message
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    for sentence in (
        "Messages about gradients, layouts, dtypes, NaN, side effects and threads end with a script",
        "Messages about the laws `saved`, `compiled` and `outputs` have no script",
        "It does not judge forward mode (`jvp`), rules for `vmap`, and compilation by `torch.compile`",
        "With `seeded=True`, the kit calls `torch.manual_seed` before each call",
    ):
        assert sentence in text
