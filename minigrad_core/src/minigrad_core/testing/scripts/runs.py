"""The scripts of optimizers and initializers: their judges take a run of an optimizer, or draws."""

from dataclasses import fields
from itertools import chain, combinations

from ..finding import Finding, Script, apply_judge
from ..samples.initializer_draws import Draws
from ..samples.optimizer_run import OptimizerRun, select
from .literals import write_import, write_literal
from .script import write_judge

REPETITIONS = 200
MOST_SHOWN = 60  # values of a parameter
# Findings that something does not happen: in a shorter run it may not happen in a right class either.
ABSENCES = ("no-update", "setting-without-effect", "ascends", "imprecise")


def write_run_script(finding: Finding) -> str:
    """Return the script of a finding about an optimizer or an initializer; empty if no judge found it."""
    if (script := finding.script) is None:
        return ""
    if not isinstance(script.run, OptimizerRun):
        beginning, run = (
            write_import(script.run.initializer, "initializer"),
            f"Draws(initializer, {script.run.seed})",
        )
        return write_judge(beginning, [Draws], run, script, REPETITIONS)
    smallest = _shrink(finding.code, script, script.run)
    names = [field.name for field in fields(smallest)[1:]]
    arguments = ["cls", *(f"{name}={write_literal(getattr(smallest, name))}" for name in names)]
    run = f"OptimizerRun({', '.join(arguments)})".replace(", gradients=", ",\ngradients=")
    return write_judge(write_import(smallest.cls, "cls"), [OptimizerRun], run, script, REPETITIONS)


def _shrink(code: str, script: Script, run: OptimizerRun) -> OptimizerRun:
    """Return the run of the fewest parameters and steps in which the judge has the same finding."""

    def is_shown(smaller: OptimizerRun) -> bool:
        return any(f.code == code for f in apply_judge(script.judge, smaller, **script.values))

    places = range(len(run.starts))
    small = [k for k in places if run.starts[k].size <= MOST_SHOWN]
    if code in ABSENCES:
        return select(run, small) if is_shown(select(run, small)) else run
    choices = chain(combinations(small, 1), combinations(small, 2), [small], combinations(places, 1))
    chosen = next((choice for choice in choices if is_shown(select(run, choice))), places)
    counts = range(1, len(run.gradients))
    steps = next((count for count in counts if is_shown(select(run, chosen, count))), None)
    return select(run, chosen, steps)
