"""What JAX asks of a function beside the eight laws: compiled, it gives the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core.testing.closeness import is_close
from minigrad_core.testing.finding import Finding, Law
from minigrad_core.testing.guard import guard

from .outputs_law import OUTPUTS

if TYPE_CHECKING:
    from minigrad_core.testing.study import Study


def check_compiled(study: Study) -> Iterator[Finding]:
    """Under `jax.jit`, and where it is differentiated, outputs and gradients are those of the other calls.

    Faults: a branch on values, NumPy on traced arrays, a kernel or rule that computes another value.
    Fix: `jnp.where` or `jax.lax.cond` in the place of `if`, `jnp` in the place of `np`.
    """
    trial = study.first_trial
    if not trial.differentiable or trial.backward_pass.failure is not None or not trial.is_finite:
        return
    subject: Any = study.subject
    outputs, gradients = guard("jax.jit", lambda: subject.run_compiled(trial.sample, trial.cotangents))
    usual = [g for g in trial.gradients if g is not None]
    for kind, compiled, expected in (("output", outputs, trial.outputs), ("gradient", gradients, usual)):
        for k, (x, y) in enumerate(zip(compiled, expected, strict=True)):
            size = float(np.abs(y[np.isfinite(y)]).max(initial=0.0)) if y.dtype.kind in "fc" else 0.0
            if x.shape != y.shape or not is_close(x, y, 1e-7, 1e-9 * size):
                yield Finding(
                    "compiled-differs", f"{kind} {k} is another one under jit, or a rule", trial.sample
                )


JAX_LAWS = (Law("compiled", check_compiled, after=("frame", "same")), OUTPUTS)
