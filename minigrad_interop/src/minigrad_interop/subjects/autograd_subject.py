"""Functions that autograd differentiates, as subjects."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import Any

import numpy as np
from autograd import make_vjp
from autograd.builtins import tuple as boxed

from minigrad_core.cases import Case
from minigrad_core.testing.finding import DoesNotApply, Script
from minigrad_core.testing.samples.sample import Sample
from minigrad_core.testing.subjects.subject import ForwardPass, SecondOrder

from ..positions import place_at, replace_at
from .arguments import parameters_of
from .foreign import ForeignSubject
from .scripts import AUTOGRAD, AUTOGRAD_TWICE, write_foreign_script


class AutogradSubject(ForeignSubject):
    """A function of autograd; its arrays are NumPy's."""

    framework = engine = package = "autograd"
    save_call = "the vjp that its maker returns"

    def __init__(self, f: Callable[..., Any], cases: Sequence[Case] | None = None, **declared: Any) -> None:
        inner = getattr(f, "fun", f)  # the argument of `primitive`, which has the signature
        super().__init__(f, [inner], cases, parameters=_parameters(inner, cases), **declared)

    def forward(
        self, inputs: Sequence[Any], settings: Mapping[str, Any], needs: Sequence[bool]
    ) -> ForwardPass:
        """Return a forward pass; the backward pass runs the function again, as `make_vjp` does."""
        positions = [i for i, needed in enumerate(needs) if needed]
        raw = self._evaluate(inputs, settings)

        def pullback(cotangents: Sequence[Any]) -> tuple[Any, ...]:
            xs = [inputs[i] for i in positions]
            return place_at(
                positions, self._gradients(inputs, settings, positions, xs, cotangents), len(inputs)
            )

        return ForwardPass(raw, pullback)

    def differentiate_twice(
        self, sample: Sample, cotangents: Sequence[Any], weights: list[Any]
    ) -> SecondOrder:
        """Return the gradients of autograd's gradients."""
        count = len(sample.floats)
        outputs = [k for k, g in enumerate(cotangents) if g.dtype.kind in "fc"]

        def gradients(xs_and_grads: Any) -> Any:
            grads = replace_at(cotangents, outputs, xs_and_grads[count:])
            xs = [xs_and_grads[k] for k in range(count)]
            return boxed(self._gradients(sample.inputs, sample.settings, sample.floats, xs, grads))

        start = boxed([*(sample.inputs[i] for i in sample.floats), *(cotangents[k] for k in outputs)])
        try:
            pullback, received = make_vjp(gradients, 0)(start)
            second = [np.asarray(g) for g in pullback(tuple(weights))]
        except NotImplementedError as error:
            raise DoesNotApply(f"autograd refuses second derivatives: {error}") from error
        return SecondOrder(weights, list(received), second[:count], second[count:])

    def write_script(self, sample: Sample, script: Script) -> str:
        """Return a script that imports autograd and the function."""
        return write_foreign_script(self, sample, script, AUTOGRAD, AUTOGRAD_TWICE)

    def _evaluate(self, inputs: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        positional, named = self.bind_arguments(inputs, settings)
        raw = self.f(*positional, **named)
        return tuple(raw) if isinstance(raw, list) else raw

    def _gradients(
        self, inputs: Any, settings: Any, positions: Sequence[int], xs: Any, cotangents: Any
    ) -> Any:
        """Return the gradients of the inputs at `positions`, whose values are `xs`."""

        def run(xs: Any) -> Any:
            new_inputs = replace_at(inputs, positions, [xs[k] for k in range(len(positions))])
            out = self._evaluate(new_inputs, settings)
            return boxed(out) if type(out) is tuple else out

        pullback, value = make_vjp(run, 0)(boxed(xs))
        return pullback(tuple(cotangents) if isinstance(value, tuple) else cotangents[0])


def _parameters(f: Callable[..., Any], cases: Any) -> list[inspect.Parameter] | None:
    """Return the parameters of a function; for a ufunc without cases, only its arrays."""
    if isinstance(f, np.ufunc) and cases is None:
        return [inspect.Parameter(f"x{k}", inspect.Parameter.POSITIONAL_ONLY) for k in range(f.nin)]
    return parameters_of(f) if isinstance(f, FunctionType) else None
