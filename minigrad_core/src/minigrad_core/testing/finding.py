"""Laws and their outcomes: a finding, a failure of the subject, or that the law does not apply."""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..exceptions import describe_exception
from .oracle.slopes import Slope
from .samples.sample import Sample


class Evidence(NamedTuple):
    """A wrong gradient, and how it was found."""

    input: int  # the index of the input
    cotangents: Sequence[NDArray[Any]]  # the cotangents that `backward` received
    direction: NDArray[Any]  # the direction along which the slopes were compared
    slope: Slope  # the slope of the most precise oracle
    error: float  # the difference between the two sides
    tolerance: float  # the difference that is allowed


class Result(NamedTuple):
    """An output of a call, or the gradient for one of its inputs."""

    name: str  # the name in messages
    position: int  # the index of the output, or of the input
    values: NDArray[Any]
    is_gradient: bool


class Comparison(NamedTuple):
    """A wrong result, and the right one."""

    result: Result
    # The right values; the right dtype, where the dtype is wrong; None where any finite values are right.
    expected: NDArray[Any] | np.dtype[Any] | None
    cotangents: Sequence[NDArray[Any]] = ()  # one per output, if the call has a backward pass
    is_wrong: Any = True  # the places where the values are wrong


class Script(NamedTuple):
    """The end of a script that shows a fault: the call of a judge; see `scripts`."""

    judge: Callable[..., Iterator[Any]]  # yields facts, or findings; a script has its source
    values: Mapping[str, Any] = {}  # the arguments of the judge, beside the first one
    cotangents: Sequence[NDArray[Any]] = ()  # one per output, if the script calls the pullback
    run: Any = None  # the first argument, if there is no sample: the run of an optimizer, or draws

    @property
    def differentiates(self) -> bool:
        """Whether an engine differentiates the gradients: their sum with weights, one per float input."""
        return bool(self.values.get("weights"))


@dataclass(frozen=True)
class Finding:
    """A fault that a law found."""

    code: str  # the kind of fault, stable across releases
    fact: str  # the fault in one line
    sample: Sample | None = None  # the arguments that show the fault
    # For a wrong gradient: the direction, the numeric slope along it, and the error.
    evidence: Evidence | None = None
    comparison: Comparison | None = None  # for another wrong result: its values
    script: Script | None = None  # shows the fault; by default that of the evidence or of the comparison
    # Yields the findings at the trial of another sample, to find the smallest one; by default the law does.
    judge: Callable[..., Iterator[Finding]] | None = None


Findings: TypeAlias = Iterator[Finding]


class SubjectFailed(Exception):  # noqa: N818 - control flow of the kit, and no error of the user
    """The subject raised, or returned something with which no law can go on.

    code, fact: as of a finding.
    cause: the exception of the subject.
    """

    def __init__(self, code: str, fact: str, cause: BaseException | None = None) -> None:
        super().__init__(fact)
        self.code, self.fact, self.cause = code, fact, cause
        self.study: Any = None  # the study that cannot go on
        self.sample: Sample | None = None  # the arguments with which the subject failed


class DoesNotApply(Exception):  # noqa: N818 - control flow of the kit, and no error of the user
    """The law does not apply to this subject; the message is the reason."""


@dataclass(frozen=True, eq=False)
class Law:
    """One promise of the contract."""

    name: str  # the name in reports, test ids and `--explain`
    run: Callable[..., Iterator[Finding]]  # yields findings; its docstring is the text of `--explain`
    # The laws on which this law builds: if one of them is broken, this law is blocked.
    after: tuple[str, ...] = ()


def apply_judge(judge: Callable[..., Findings], run: Any, **values: Any) -> Findings:
    """Yield the findings of a judge; their scripts call the judge, too.

    judge: yields findings about a run of an optimizer, or about the draws of an initializer. The source of
        the judge, and of all functions that the judge calls, becomes a part of the script.
    """
    script = Script(judge, values, run=run)
    try:
        for finding in judge(run, **values):
            yield replace(finding, script=script)
    except SubjectFailed as failure:
        place = f"at shape {values['shape']}: " if "shape" in values else ""
        yield Finding(failure.code, place + failure.fact, script=script)


T = TypeVar("T")
LIBRARIES = ("minigrad_core", "numpy", "scipy")


def guard(action: str, run: Callable[[], T]) -> T:
    """Return `run()`.

    action: the name of the call in messages; the failure code derives from it: `forward-raises` from
        "forward".
    run: calls the subject.

    Raise SubjectFailed if the subject raises any exception, SystemExit included.
    """
    try:
        return run()
    except (SubjectFailed, DoesNotApply):
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) and not is_deliberate(error):
            raise  # the user pressed Ctrl-C
        code = action.removeprefix("the ").replace(" ", "-").replace("_", "-")
        if isinstance(error, SystemExit):
            fact = f"{action} called sys.exit({error.code!r})"
            raise SubjectFailed(f"{code}-exits", fact, error) from error
        fact = f"{action} raised {describe_exception_and_place(error)}"
        raise SubjectFailed(f"{code}-raises", fact, error) from error


def is_deliberate(error: BaseException) -> bool:
    """Return whether a `raise` statement outside of NumPy made the exception: a refusal, not an accident."""
    last = _find_last(error)
    if last is None or last.tb_frame.f_globals.get("__name__", "").partition(".")[0] == "numpy":
        return False
    return dis.opname[last.tb_frame.f_code.co_code[last.tb_lasti]] == "RAISE_VARARGS"


def is_refusal(failure: SubjectFailed) -> bool:
    """Return whether the subject refused a call: a `raise` statement made the exception."""
    return is_deliberate(getattr(failure, "cause", failure) or failure)  # in a script it has no cause


def describe_exception_and_place(error: BaseException) -> str:
    """Return type, message and place of an exception; the place is in the author's own code if possible."""
    last = _find_last(error, outside=LIBRARIES) or _find_last(error)
    if last is None:
        return describe_exception(error)
    file = last.tb_frame.f_code.co_filename.rsplit("/", 1)[-1]
    return f"{describe_exception(error)} at line {last.tb_lineno} of {file}"


def _find_last(error: BaseException, outside: tuple[str, ...] = ()) -> TracebackType | None:
    """Return the last entry of a traceback that is not in one of the packages.

    The module `traceback` would read the source as well, and takes 50 times as long.
    """
    last, entry = None, error.__traceback__
    while entry is not None:
        package = entry.tb_frame.f_globals.get("__name__", "").partition(".")[0]
        if package not in outside:
            last = entry
        entry = entry.tb_next
    return last
