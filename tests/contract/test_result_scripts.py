"""The script of a failure shows the fault of the wrong class of a pair, and none in the right class."""

from __future__ import annotations

import re
import sys
import threading
import warnings
from typing import Any

import pytest

from minigrad_core.testing.global_state import preserve_global_state
from tests.contract.corpus.pair import Pair
from tests.contract.test_corpus import PAIRS, check

# Faults whose scripts prove nothing here, with the reason.
UNTESTED = {
    "BadName": "there are no values, and so no script",
    "NotPicklable": "there are no values, and so no script",
    "AddWithoutUnbroadcast": "no call is possible, and so no script",
    "WaveRefusesComplexValues": "a refusal has no script",
    "TanhCachesByShape": "the cache is full after the check",
    "RadiansCachedDtype": "the cache is full after the check",
    "Expm1GrowingDefault": "the default is another one after the check",
    "Stride2Empty": "memory that nobody writes may hold zeros",
    "SinClaimsCos": "the reference is wrong, and not the operation",
    "RoundStraightThrough": "the right operation has no gradient that could be right",
}
TESTED = [pytest.param(pair, id=pair.id) for pair in PAIRS if pair.wrong.__name__ not in UNTESTED]


@pytest.mark.usefixtures("surroundings")
@pytest.mark.parametrize("pair", TESTED)
def test_a_script_exits_1_on_the_fault_and_0_on_the_right_class(pair: Pair) -> None:
    failures = check(pair.wrong, pair.reference).failures
    failure: Any = next(f for f in failures if (f.check, f.code) == (pair.law, pair.code))
    script = failure.explanation.script
    assert "minigrad_core.testing" not in script
    code = re.sub(r"(?m)^from .*\n(cls|initializer|op) = \S+$", r"\1 = given", script)
    for cls, status in ((pair.wrong, 1), (pair.right, 0)):
        given = cls if hasattr(cls, "step") else cls()
        assert run_script(code, given) == status, code


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
