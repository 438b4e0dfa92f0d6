"""A function that autograd differentiates, as the laws see it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np
from autograd import make_vjp
from autograd.builtins import tuple as boxed

from minigrad_core.testing.finding import DoesNotApply
from minigrad_core.testing.subjects.subject import ForwardPass, SecondOrder

from .arguments import parameters_of
from .foreign import ForeignSubject
from .literals import import_lines, literal

if TYPE_CHECKING:
    from minigrad_core.cases import Case
    from minigrad_core.testing.oracle.compare import Evidence
    from minigrad_core.testing.samples.sample import Sample


class AutogradSubject(ForeignSubject):
    """The adaptor: autograd's arrays are NumPy's."""

    framework, package = "autograd", "autograd"
    save_call = "the vjp that its maker returns"

    def __init__(self, f: Callable[..., Any], cases: Sequence[Case] | None = None, **declared: Any) -> None:
        inner = getattr(f, "fun", f)  # what `primitive` was given: it tells the arguments
        super().__init__(f, [inner], cases, parameters=_parameters(inner, cases), **declared)

    def forward(
        self, inputs: Sequence[Any], settings: Mapping[str, Any], needs: Sequence[bool]
    ) -> ForwardPass:
        """Return a forward pass; the backward pass runs the function again, as `make_vjp` does."""
        places = [i for i, needed in enumerate(needs) if needed]
        raw = self._evaluate(inputs, settings)

        def pullback(cotangents: Sequence[Any]) -> tuple[Any, ...]:
            found = self._gradients(inputs, settings, places, [inputs[i] for i in places], cotangents)
            received = dict(zip(places, found, strict=True))
            return tuple(received.get(i) for i in range(len(inputs)))

        return ForwardPass(raw, pullback)

    def differentiate_twice(
        self, sample: Sample, cotangents: Sequence[Any], weights: list[Any]
    ) -> SecondOrder:
        """Return autograd's gradients of its gradients."""
        count = len(sample.floats)
        places = [k for k, g in enumerate(cotangents) if g.dtype.kind in "fc"]

        def gradients(both: Any) -> Any:
            grads = list(cotangents)
            for k, g in zip(places, both[count:], strict=True):
                grads[k] = g
            xs = [both[k] for k in range(count)]
            return boxed(self._gradients(sample.inputs, sample.settings, sample.floats, xs, grads))

        start = boxed([*(sample.inputs[i] for i in sample.floats), *(cotangents[k] for k in places)])
        try:
            pullback, received = make_vjp(gradients, 0)(start)
            second = [np.asarray(g) for g in pullback(tuple(weights))]
        except NotImplementedError as error:
            raise DoesNotApply(f"autograd refuses second derivatives: {error}") from error
        return SecondOrder(weights, list(received), second[:count], second[count:])

    def write_script(self, sample: Sample, evidence: Evidence) -> str:
        """Return a script that imports autograd and the function."""
        arrays = [f"np.array({literal(x)})" if isinstance(x, np.ndarray) else repr(x) for x in sample.inputs]
        positional, named = self.bind_arguments([f"x{k}" for k in range(len(arrays))], sample.settings)
        call = [*map(str, positional), *(f"{name}={value!r}" for name, value in named.items())]
        lines = [
            "import numpy as np",
            "from autograd.test_util import check_grads",
            *import_lines(self.f),
            *(f"x{k} = {text}" for k, text in enumerate(arrays)),
            f"check_grads(lambda x{evidence.input}: f({', '.join(call)}), modes=['rev'])(x{evidence.input})",
        ]
        return "\n".join(lines)

    def _evaluate(self, inputs: Sequence[Any], settings: Mapping[str, Any]) -> Any:
        positional, named = self.bind_arguments(inputs, settings)
        raw = self.f(*positional, **named)
        return tuple(raw) if isinstance(raw, list) else raw

    def _gradients(self, inputs: Any, settings: Any, places: Sequence[int], xs: Any, cotangents: Any) -> Any:
        """Return the gradients at `xs`, the inputs at `places`."""

        def run(chosen: Any) -> Any:
            given = list(inputs)
            for k, place in enumerate(places):
                given[place] = chosen[k]
            out = self._evaluate(given, settings)
            return boxed(out) if type(out) is tuple else out

        pullback, value = make_vjp(run, 0)(boxed(xs))
        return pullback(tuple(cotangents) if isinstance(value, tuple) else cotangents[0])


def _parameters(f: Callable[..., Any], cases: Any) -> list[inspect.Parameter] | None:
    """Return the parameters of a function; of a ufunc its arrays alone, unless cases name them."""
    if isinstance(f, np.ufunc) and cases is None:
        return [inspect.Parameter(f"x{k}", inspect.Parameter.POSITIONAL_ONLY) for k in range(f.nin)]
    return parameters_of(f) if isinstance(f, FunctionType) else None
