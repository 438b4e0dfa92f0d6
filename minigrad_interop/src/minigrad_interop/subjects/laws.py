"""Laws for functions of PyTorch and JAX, in addition to the eight laws of the contract kit."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

from minigrad_core.testing.closeness import is_close
from minigrad_core.testing.finding import Finding, Law, Script, SubjectFailed, guard
from minigrad_core.testing.study import Study
from minigrad_core.testing.trial import Trial
from minigrad_core.testing.variations import is_alike

from .law_scripts import (
    CONVERT,
    RESTRICT,
    RUN,
    judge_compiled,
    judge_leaks,
    judge_unguarded,
    judge_unused_in_jax,
    judge_unused_in_torch,
)


def check_outputs(study: Study) -> Iterator[Finding]:
    """If only one of several outputs is used, the gradient equals that for zeros in the other outputs.

    Faults: `set_materialize_grads(False)`, or `symbolic_zeros=True`, and a `backward` that does not handle
    the missing gradient of an unused output.
    Fix: leave out the terms of the unused output, and only these.
    """
    for trial in study.trials:
        floats = [k for k, y in enumerate(trial.outputs) if y.dtype.kind in "fc"]
        if trial.differentiable and trial.backward_pass.failure is None and len(floats) > 1:
            for k in dict.fromkeys((floats[0], floats[-1])):
                yield from _compare_single_output(trial, k)
            return


def _compare_single_output(trial: Trial, k: int) -> Iterator[Finding]:
    subject: Any = trial.subject
    cotangents = [g if j == k else np.zeros_like(g) for j, g in enumerate(trial.cotangents)]
    expected = trial.pull(cotangents)
    script = Script(judge_unused_in_jax, {"restrict": RESTRICT, "k": k}, cotangents)
    if subject.package == "torch":
        script = Script(judge_unused_in_torch, {"run": RUN, "convert": CONVERT, "k": k}, cotangents)
    try:
        received = guard("backward", lambda: subject.single_output_gradients(trial.sample, k, cotangents[k]))
    except SubjectFailed as failure:
        fact = f"if only output {k} is used, {failure.fact}"
        yield Finding("unused-output", fact, trial.sample, script=script)
        return
    for i, (g, g_expected) in enumerate(zip(received, expected, strict=True)):
        if g_expected is not None and not is_alike(g, g_expected):
            fact = f"if only output {k} is used, the gradient for input {i} differs from that for zeros"
            yield Finding("unused-output", fact, trial.sample, script=script)


def check_compiled(study: Study) -> Iterator[Finding]:
    """Under `jax.jit`, and when the function is differentiated, outputs and gradients do not change.

    Faults: a branch on values, NumPy on traced arrays, a kernel or a rule that computes another value.
    Fix: `jnp.where` or `jax.lax.cond` instead of `if`, `jnp` instead of `np`.
    """
    trial = study.first_trial
    if not trial.differentiable or trial.backward_pass.failure is not None or not trial.is_finite:
        return
    subject: Any = study.subject
    outputs, gradients = guard("jax.jit", lambda: subject.run_compiled(trial.sample, trial.cotangents))
    eager_gradients = [g for g in trial.gradients if g is not None]
    for kind, compiled, eager in (
        ("output", outputs, trial.outputs),
        ("gradient", gradients, eager_gradients),
    ):
        for k, (x, y) in enumerate(zip(compiled, eager, strict=True)):
            size = float(np.abs(y[np.isfinite(y)]).max(initial=0.0)) if y.dtype.kind in "fc" else 0.0
            if x.shape != y.shape or not is_close(x, y, 1e-7, 1e-9 * size):
                fact = f"{kind} {k} differs under jit, or when the function is differentiated"
                script = Script(judge_compiled, {"restrict": RESTRICT}, trial.cotangents)
                yield Finding("compiled-differs", fact, trial.sample, script=script)


def check_saved(study: Study) -> Iterator[Finding]:
    """Backward uses tensors that `ctx.save_for_backward` saved: PyTorch raises if an input or an output is
    changed in place between the two passes, and frees the graph with its outputs.

    Faults: `ctx.x = x` for an input or an output.
    Fix: `ctx.save_for_backward(x)`; plain numbers and sizes may be attributes.
    """
    for trial in sorted(study.representatives, key=study.trials.index):
        if trial.differentiable and trial.backward_pass.failure is None:
            yield from _find_unguarded(trial)
            yield from _find_leaks(trial)


def _find_unguarded(trial: Trial) -> Iterator[Finding]:
    """Yield a finding for each tensor whose change between the two passes silently changes the gradient."""
    sample = trial.sample
    for i in sample.floats:
        inputs = tuple(np.array(x) if isinstance(x, np.ndarray) else x for x in sample.inputs)
        changed = trial.run_on(sample.with_inputs(inputs))
        _forward_pass(changed).tensors[i].detach().mul_(0.75)
        yield from _compare_gradients(trial, changed, f"input {i} ({sample.names[i]})")
    for k in range(len(_forward_pass(trial).outputs)):
        changed = trial.run_on(sample)
        if _forward_pass(changed).outputs[k].requires_grad:
            _forward_pass(changed).outputs[k].detach().mul_(0.75)
            yield from _compare_gradients(trial, changed, f"output {k}")


def _forward_pass(trial: Trial) -> Any:
    """Return the `TorchForwardPass` of a trial."""
    return trial.forward_pass


def _compare_gradients(trial: Trial, changed: Trial, tensor: str) -> Iterator[Finding]:
    try:
        received = changed.pull(trial.cotangents)
    except SubjectFailed:
        return  # PyTorch has detected the change
    for g, expected in zip(received, trial.gradients, strict=True):
        if g is not None and not is_close(g, expected, 1e-9, 1e-12):
            fact = (
                f"{tensor} is changed in place after forward, and backward silently returns another gradient"
            )
            fact += ": use ctx.save_for_backward"
            kind, index = tensor.split()[:2]
            values = {"run": RUN, "convert": CONVERT, "kind": kind, "index": int(index)}
            script = Script(judge_unguarded, values, trial.cotangents)
            yield Finding("unguarded", fact, trial.sample, script=script)
            return


def _find_leaks(trial: Trial) -> Iterator[Finding]:
    """Yield a finding if an unused output stays alive, since it holds its graph and the graph holds it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        forward_pass: Any = trial.subject.forward(trial.sample.inputs, trial.sample.settings, trial.needs)
        references = [weakref.ref(y) for y in forward_pass.outputs if y.grad_fn is not None]
        del forward_pass
        is_alive = any(reference() is not None for reference in references)
    finally:
        if enabled:
            gc.enable()
    if is_alive:
        fact = "an output is kept alive by its own graph, as with ctx.y = y: use ctx.save_for_backward"
        yield Finding("leaks", fact, trial.sample, script=Script(judge_leaks, {"run": RUN}))


OUTPUTS = Law("outputs", check_outputs, after=("frame", "same"))
TORCH_LAWS = (Law("saved", check_saved, after=("frame", "same")), OUTPUTS)
JAX_LAWS = (Law("compiled", check_compiled, after=("frame", "same")), OUTPUTS)
