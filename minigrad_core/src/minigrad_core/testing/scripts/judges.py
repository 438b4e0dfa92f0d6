"""Scripts for optimizers and initializers: the source of a judge, and its call on literals."""

from collections.abc import Sequence
from inspect import isfunction
from itertools import chain, combinations
from textwrap import indent
from typing import Any

from ..finding import Finding, apply_judge
from ..samples.initializer_draws import Draws
from ..samples.optimizer_run import OptimizerRun, select
from .parts import write_import, write_literal
from .sources import write_sources

MOST_SHOWN = 60  # values of a parameter
# Findings that something does not happen: in a shorter run it may not happen in a right class either.
ABSENCES = ("no-update", "setting-without-effect", "ascends", "imprecise")


def write_judge_script(finding: Finding) -> str:
    """Return the whole script of a finding; empty if no judge found it."""
    if finding.judge is None:
        return ""
    run, judge = finding.run, finding.judge
    functions = [value for value in finding.values.values() if isfunction(value)]
    things: list[Any] = [Draws, *functions, judge]
    if isinstance(run, OptimizerRun):
        run, things = _shrink(finding, run), [OptimizerRun, judge]
        given, written = write_import(run.cls, "cls"), _write_run(run)
    else:
        given, written = write_import(run.initializer, "initializer"), f"Draws(initializer, {run.seed})"
    values = "".join(f", {name}={write_literal(value)}" for name, value in finding.values.items())
    return f"""\
import sys
import numpy as np
from numpy import inf, nan
{given}

{write_sources(*things)}
run = {written}
# State that outlives a call may show only after many calls.
facts = next(filter(None, (list({judge.__name__}(run{values})) for _ in range(200))), [])
print("wrong" if facts else "right", *facts, sep="\\n")
sys.exit(bool(facts))"""


def _shrink(finding: Finding, run: OptimizerRun) -> OptimizerRun:
    """Return the run of the fewest parameters and steps in which the judge has the same finding."""
    judge: Any = finding.judge

    def is_shown(smaller: OptimizerRun) -> bool:
        return any(f.code == finding.code for f in apply_judge(judge, smaller, **finding.values))

    places = range(len(run.starts))
    small = [k for k in places if run.starts[k].size <= MOST_SHOWN]
    if finding.code in ABSENCES:
        return select(run, small) if is_shown(select(run, small)) else run
    choices = chain(combinations(small, 1), combinations(small, 2), [small], combinations(places, 1))
    chosen = next((choice for choice in choices if is_shown(select(run, choice))), places)
    counts = range(1, len(run.gradients))
    steps = next((count for count in counts if is_shown(select(run, chosen, count))), None)
    return select(run, chosen, steps)


def _write_run(run: OptimizerRun) -> str:
    """Return the code of a run."""
    lines = [
        f"settings={run.settings!r},",
        f"starts={_write_arrays(run.starts)},",
        "gradients=[",
        *(f"    {_write_arrays(row)}," for row in run.gradients),
        "],",
    ]
    if run.assigned:
        lines += [f"assigned={run.assigned!r},"]
    if run.description:
        lines += [f"description={run.description!r},"]
    if run.expected:
        lines += ["expected=[", *(f"    {_write_arrays(row)}," for row in run.expected), "],"]
    return "OptimizerRun(\n    cls,\n" + indent("\n".join(lines), "    ") + "\n)"


def _write_arrays(arrays: Sequence[Any]) -> str:
    return f"[{', '.join(map(write_literal, arrays))}]"
