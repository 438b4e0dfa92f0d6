"""Run the script of a failure on the wrong class of a pair, and on the right class."""

from __future__ import annotations

import inspect
import re
import sys
import threading
import warnings
from collections.abc import Sequence
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

from minigrad_core.testing.global_state import preserve_global_state
from minigrad_core.testing.scripts.runs import REPETITIONS
from tests.contract.corpus.pair import Pair

# Faults whose scripts prove nothing here, with the reason.
UNTESTED = {
    "BadName": "there are no values, and so no script",
    "NotPicklable": "there are no values, and so no script",
    "AddWithoutUnbroadcast": "no call is possible, and so no script",
    "WaveRefusesComplexValues": "a refusal has no script",
    "Stride2Empty": "memory that nobody writes may hold zeros",
    "SinClaimsCos": "the reference is wrong, and not the operation",
    "RoundStraightThrough": "the right operation has no gradient that could be right",
}


def assert_script_shows(pair: Pair, failures: Sequence[Any]) -> None:
    """Assert that the script of the fault exits with 1 on the wrong class, and with 0 on the right one."""
    if pair.wrong.__name__ in UNTESTED:
        return
    failure = next(f for f in failures if (f.check, f.code) == (pair.law, pair.code))
    script = failure.explanation.script
    assert "minigrad_core.testing" not in script
    code = re.sub(r"(?m)^from .*\n(cls|initializer|op) = \S+$", r"\1 = given", script)
    assert run_script(code, build(load_again(pair.wrong))) == 1, code
    # Without state each repetition is the same: all 200 take 8 s for the corpus.
    code = code.replace(f"in range({REPETITIONS})", "in range(3)")
    assert run_script(code, build(pair.right)) == 0, code


def load_again(cls: Any) -> Any:
    """Return the class as a new process has it: without the state that calls of the check left in it."""
    spec = spec_from_file_location(cls.__module__, inspect.getfile(cls))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, cls.__name__)


def build(cls: Any) -> Any:
    """Return the object that a script tests: an optimizer's class, or an instance."""
    return cls if hasattr(cls, "step") else cls()


def run_script(code: str, given: Any) -> int:
    """Return the exit code of a script, as Python gives it.

    A timer of an earlier operation could end during the script, which counts threads.
    """
    for timer in (thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)):
        timer.cancel()
        timer.join()
    with preserve_global_state(), warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        try:
            exec(compile(code, "script", "exec"), {"given": given})
        except SystemExit as exit_:
            return int(exit_.code or 0)
        except Exception as error:
            print(error, file=sys.stderr)
            return 1
    return 0
