"""What PyTorch asks of a function beside the eight laws: saved tensors are guarded, and graphs are freed."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core.testing.closeness import is_close
from minigrad_core.testing.finding import Finding, Law, SubjectFailed

from .outputs_law import OUTPUTS

if TYPE_CHECKING:
    from minigrad_core.testing.study import Study
    from minigrad_core.testing.trial import Trial


def check_saved(study: Study) -> Iterator[Finding]:
    """What backward needs is kept with `ctx.save_for_backward`: an input or output that is changed in place
    between the two passes is noticed, and the graph is freed with its outputs.

    Faults: `ctx.x = x` for an input or an output.
    Fix: `ctx.save_for_backward(x)`; plain numbers and sizes may stay attributes.
    """
    for trial in sorted(study.representatives, key=study.trials.index):
        if trial.differentiable and trial.backward_pass.failure is None:
            yield from _find_unguarded(trial)
            yield from _find_leaks(trial)


def _find_unguarded(trial: Trial) -> Iterator[Finding]:
    """Yield that a change between the two passes gives another gradient in silence."""
    sample = trial.sample
    for i in sample.floats:
        inputs = tuple(np.array(x) if isinstance(x, np.ndarray) else x for x in sample.inputs)
        changed = trial.run_on(sample.with_inputs(inputs))
        _run(changed).tensors[i].detach().mul_(0.75)
        yield from _compare_gradients(trial, changed, f"input {i} ({sample.names[i]})")
    for k in range(len(_run(trial).outputs)):
        changed = trial.run_on(sample)
        if _run(changed).outputs[k].requires_grad:
            _run(changed).outputs[k].detach().mul_(0.75)
            yield from _compare_gradients(trial, changed, f"output {k}")


def _run(trial: Trial) -> Any:
    """Return the pass with its tensors."""
    return trial.forward_pass


def _compare_gradients(trial: Trial, changed: Trial, what: str) -> Iterator[Finding]:
    try:
        received = changed.pull(trial.cotangents)
    except SubjectFailed:
        return  # PyTorch has seen it
    for g, expected in zip(received, trial.gradients, strict=True):
        if g is not None and not is_close(g, expected, 1e-9, 1e-12):
            fact = (
                f"{what} is changed in place after forward, and backward gives another gradient in silence: "
            )
            yield Finding("unguarded", f"{fact}use ctx.save_for_backward", trial.sample)
            return


def _find_leaks(trial: Trial) -> Iterator[Finding]:
    """Yield that an output lives on when nobody refers to it: it holds its graph, and the graph holds it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        run: Any = trial.subject.forward(trial.sample.inputs, trial.sample.settings, trial.needs)
        references = [weakref.ref(y) for y in run.outputs if y.grad_fn is not None]
        del run
        alive = any(reference() is not None for reference in references)
    finally:
        if enabled:
            gc.enable()
    if alive:
        fact = "an output is kept alive by its own graph, as with ctx.y = y: use ctx.save_for_backward"
        yield Finding("leaks", fact, trial.sample)


TORCH_LAWS = (Law("saved", check_saved, after=("frame", "same")), OUTPUTS)
