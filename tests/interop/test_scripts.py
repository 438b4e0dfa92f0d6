"""The scripts of failures show the fault of a function of another framework, and agree for its twin."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from minigrad_core.testing import check_operation

LAWS = ("derivative", "linear", "domain", "refusal", "saved", "compiled", "outputs")


def _list_pairs() -> list[Any]:
    """Return one parameter for each fault of a framework, or one that is skipped without the framework."""
    parameters = []
    for f in ("torch", "jax", "autograd"):
        if find_spec(f) is None:
            parameters.append(pytest.param(None, None, id=f, marks=pytest.mark.skip(f"{f} is not installed")))
            continue
        pairs = import_module(f"{__package__}.{f}_faults").PAIRS
        parameters += [pytest.param(*pair, id=f"{f}: {name}") for name, pair in pairs.items()]
    return parameters


def _run(script: str, function: Any) -> Any:
    """Return the exit status of a script whose function is replaced."""
    lines = script.splitlines()
    place = next(k for k, line in enumerate(lines) if line.startswith("op = "))
    code = "\n".join(["op = given" if k == place else line for k, line in enumerate(lines) if k != place - 1])
    with pytest.raises(SystemExit) as status, np.errstate(all="ignore"):
        exec(compile(code, "script", "exec"), {"given": function})
    return status.value.code


@pytest.mark.parametrize(("wrong", "right"), _list_pairs())
def test_a_script_exits_1_on_the_fault_and_0_on_the_right_function(wrong: Any, right: Any) -> None:
    failures = check_operation(wrong).failures
    if any(failure.check == "frame" for failure in failures):  # calls of the kit may have changed its state
        return
    for failure in failures:
        if failure.check in LAWS and failure.explanation is not None and failure.explanation.script:
            script = failure.explanation.script
            assert "minigrad" not in script.replace("tests.interop", "")
            assert (_run(script, wrong.f), _run(script, right.f)) == (True, False), script
