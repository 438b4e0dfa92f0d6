"""Judges of the laws of PyTorch and JAX: a script has the source of a judge.

run, restrict, convert: the functions of these names in the beginning of a script; see `scripts`.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from minigrad_core.testing.scripts.example import Example, compare_values
from minigrad_core.testing.scripts.gradients import list_gradients
from minigrad_core.testing.scripts.literals import Name

RUN, CONVERT, RESTRICT = Name("run"), Name("convert"), Name("restrict")


def judge_unused_in_torch(
    example: Example, run: Callable[..., Any], convert: Callable[..., Any], k: int
) -> Iterator[str]:
    """Yield gradients that differ if only output k is used; the other cotangents are zero."""
    import torch

    leaves, ys = run(example.inputs, example.needs)
    received = torch.autograd.grad(ys[k], leaves, convert(example.grads[k]), allow_unused=True)
    zeros = map(torch.zeros_like, leaves)
    arrays = [(z if g is None else g).numpy(force=True) for g, z in zip(received, zeros, strict=True)]
    yield from compare_each(arrays, list_gradients(example, example.inputs), 1e-9)


def judge_unused_in_jax(example: Example, restrict: Callable[..., Any], k: int) -> Iterator[str]:
    """Yield gradients that differ if only output k is used; the other cotangents are zero."""
    import jax

    moved, run, _ = restrict(example.inputs, example.needs)
    received = jax.vjp(lambda *xs: run(*xs)[k], *moved)[1](jax.numpy.asarray(example.grads[k]))
    yield from compare_each(received, list_gradients(example, example.inputs), 1e-9)


def judge_compiled(example: Example, restrict: Callable[..., Any]) -> Iterator[str]:
    """Yield outputs or gradients that differ under `jax.jit`."""
    import jax

    moved, run, run_floats = restrict(example.inputs, example.needs)
    floats = [jax.numpy.asarray(g) for g in example.grads if g.dtype.kind in "fc"]
    outputs = example.call(*example.inputs)[0]
    expected = [
        *outputs,
        *list_gradients(example, example.inputs),
        *(y for y in outputs if y.dtype.kind in "fc"),
    ]
    differentiate = jax.jit(lambda *xs: jax.vjp(run_floats, *xs)[1](floats))
    compiled = [*jax.jit(run)(*moved), *differentiate(*moved), *jax.vjp(run_floats, *moved)[0]]
    yield from compare_each(compiled, expected, 1e-7)


def judge_unguarded(
    example: Example, run: Callable[..., Any], convert: Callable[..., Any], kind: str, index: int
) -> Iterator[str]:
    """Yield that a change in place of an input or output silently changes gradients."""
    import torch

    expected = list_gradients(example, example.inputs)
    leaves, ys = run(example.inputs, example.needs)
    remaining = iter(leaves)
    inputs: list[Any] = [next(remaining) if need else None for need in example.needs]
    (inputs if kind == "input" else ys)[index].detach().mul_(0.75)
    pairs = [(y, convert(np.conj(g))) for y, g in zip(ys, example.grads, strict=True) if y.requires_grad]
    try:
        received = torch.autograd.grad(
            [y for y, _ in pairs], leaves, [g for _, g in pairs], allow_unused=True
        )
    except RuntimeError as error:  # PyTorch detects the change
        print("refused:", error)
        return
    changed = [
        x if g is None else g.conj().numpy(force=True) for g, x in zip(received, expected, strict=True)
    ]
    yield from compare_each(changed, expected, 1e-9)


def judge_leaks(example: Example, run: Callable[..., Any]) -> Iterator[str]:
    """Yield that an unused output stays alive."""
    gc.disable()
    leaves, ys = run(example.inputs, example.needs)
    references = [weakref.ref(y) for y in ys if y.grad_fn is not None]
    del leaves, ys
    if any(reference() is not None for reference in references):
        yield "an output is alive although nothing refers to it"


def compare_each(results: Sequence[Any], expected: Sequence[Any], tolerance: float) -> Iterator[str]:
    """Yield the results that differ from the expected ones."""
    for x, y in zip(results, expected, strict=True):
        yield from compare_values(np.asarray(x), y, tolerance * (1 + np.abs(y)))
