"""Run `gradcheck` and `check_grads` on the functions of the lists, with arguments drawn from their cases."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from minigrad_core.testing.samples.draw import draw
from minigrad_core.testing.samples.sample import Recipe

from .runs import ListedFunction, load_list

DRAWS = 2


def find_accused(framework: str) -> set[str]:
    """Return the functions for which the framework's own checker fails, with any of their cases."""
    names = list(load_list(framework).entries)
    return {
        name.rstrip("'")
        for name in names
        if not _passes(framework, ListedFunction(name, framework).subject())
    }


def _passes(framework: str, subject: Any) -> bool:
    check = {"torch": _gradcheck, "jax": _check_grads}[framework]
    for case in subject.cases:
        for seed in range(DRAWS):
            sample = draw(Recipe(case, seed=seed), subject.signature)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    check(subject, sample)
                except Exception:
                    return False
    return True


def _gradcheck(subject: Any, sample: Any) -> None:
    import torch

    tensors = [
        torch.tensor(x, requires_grad=x.dtype.kind == "f") if isinstance(x, np.ndarray) else x
        for x in sample.inputs
    ]

    def run(*given: Any) -> Any:
        positional, named = subject.bind_arguments(given, sample.settings)
        if subject.seeded:
            torch.manual_seed(0)
        out = subject.call(*positional, **named)
        outs = out if isinstance(out, tuple | list) else (out,)
        return tuple(y for y in outs if y.requires_grad)

    torch.autograd.gradcheck(run, tensors)


def _check_grads(subject: Any, sample: Any) -> None:
    import jax
    from jax.test_util import check_grads

    places = sample.floats

    def run(*xs: Any) -> Any:
        given = list(sample.inputs)
        for place, x in zip(places, xs, strict=True):
            given[place] = x
        positional, named = subject.bind_arguments(given, sample.settings)
        return [y for y in jax.tree.leaves(subject.f(*positional, **named)) if y.dtype.kind in "fc"]

    with jax.enable_x64(True):
        check_grads(run, tuple(sample.inputs[i] for i in places), order=1, modes=("rev",))
