"""A function of JAX, with or without a rule of its own, as the laws see it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
from numpy.typing import NDArray

from minigrad_core.testing.finding import DoesNotApply
from minigrad_core.testing.subjects.subject import ForwardPass, SecondOrder

from .foreign import SHARED_MEMORY, ForeignSubject
from .jax_laws import JAX_LAWS
from .jax_script import script
from .jaxpr import evaluate

if TYPE_CHECKING:
    from minigrad_core.cases import Case
    from minigrad_core.testing.finding import Law
    from minigrad_core.testing.oracle.compare import Evidence
    from minigrad_core.testing.samples.sample import Sample

# What JAX raises where a function asks for values while it is traced: then it is run as it stands.
NEEDS_VALUES = (
    jax.errors.ConcretizationTypeError,
    jax.errors.TracerArrayConversionError,
    jax.errors.TracerIntegerConversionError,
    jax.errors.NonConcreteBooleanIndexError,
)
# How JAX says that something has no derivative: said aloud, that is an answer.
REFUSALS = (
    "not implemented",
    "can't apply forward-mode",
    "does not support",
    "Reverse-mode differentiation does not",
)


class JaxSubject(ForeignSubject):
    """The adaptor: each function is traced once for each shape, and what was traced is computed with NumPy.

    The law `compiled` compares that with what XLA computes under `jit`.
    """

    framework, package, save_call = "JAX", "jax", "the residuals that fwd returns"
    laws: tuple[Law, ...] = JAX_LAWS
    conventions = SHARED_MEMORY | {"accepts-index"}  # indices out of range are clipped, or dropped

    def __init__(self, f: Callable[..., Any], cases: Sequence[Case] | None = None, **declared: Any) -> None:
        parts = [f, *(getattr(f, name, None) for name in ("fun", "fwd", "bwd", "jvp", "__wrapped__"))]
        super().__init__(f, [p for p in parts if inspect.isroutine(p)], cases, **declared)
        self.jaxprs: dict[Any, Any] = {}

    def forward(
        self, inputs: Sequence[Any], settings: Mapping[str, Any], needs: Sequence[bool]
    ) -> ForwardPass:
        """Return a forward pass; JAX writes to no array, so it gets copies."""
        arrays, places = _copies(inputs), [i for i, needed in enumerate(needs) if needed]
        outputs = self._run("value", partial(self._evaluate, settings), (arrays,), settings)

        def pullback(cotangents: Sequence[Any]) -> tuple[Any, ...]:
            pairs = zip(cotangents, outputs, strict=True)
            grads = [np.array(g, y.dtype) for g, y in pairs if y.dtype.kind in "fc"]
            gradients = partial(self._gradients, settings, places)
            results = self._run("gradients", gradients, (arrays, grads), (settings, places))
            received = dict(zip(places, results, strict=True))
            return tuple(received.get(i) for i in range(len(arrays)))

        return ForwardPass(tuple(outputs) if len(outputs) != 1 else outputs[0], pullback)

    def single_output_gradients(self, sample: Sample, k: int, cotangent: NDArray[Any]) -> tuple[Any, ...]:
        """Return the gradients by the float inputs where output `k` is the only one that is used."""
        run = partial(self._single_output_gradients, sample.settings, sample.floats, k)
        results = self._run("alone", run, (_copies(sample.inputs), cotangent), (sample.settings, k))
        received = dict(zip(sample.floats, results, strict=True))
        return tuple([received.get(i) for i in range(len(sample.inputs))])

    def differentiate_twice(
        self, sample: Sample, cotangents: Sequence[Any], weights: list[Any]
    ) -> SecondOrder:
        """Return the gradients of JAX's gradients."""
        grads = [np.array(g) for g in cotangents if g.dtype.kind in "fc"]
        count, run = len(sample.floats), partial(self._second, sample.settings, sample.floats)
        try:
            results = self._run("second", run, (_copies(sample.inputs), grads, weights), sample.settings)
        except (TypeError, NotImplementedError, ValueError) as error:
            if any(words in str(error) for words in REFUSALS):
                raise DoesNotApply(f"JAX refuses second derivatives: {error}") from error
            raise
        return SecondOrder(weights, results[:count], results[count : 2 * count], results[2 * count :])

    def write_script(self, sample: Sample, evidence: Evidence) -> str:
        """Return a script that imports JAX and the function."""
        return script(self, sample, evidence)

    def global_state(self) -> dict[str, Any]:
        """Return what JAX keeps for everybody."""
        names = ("jax_enable_x64", "jax_debug_nans", "jax_default_matmul_precision")
        return {f"jax.config.{name}": getattr(jax.config, name) for name in names}

    def run_compiled(self, sample: Sample, cotangents: Sequence[Any]) -> Any:
        """Return outputs, those of the rule for the gradient, and gradients as XLA compiles them together."""
        settings, places = sample.settings, sample.floats

        def run(arrays: Any, grads: Any) -> Any:
            outputs = self._vjp_outputs(settings, places, arrays)
            return outputs, self._gradients(settings, places, arrays, grads)

        grads = [np.array(g) for g in cotangents if g.dtype.kind in "fc"]
        with jax.enable_x64(True):
            return jax.tree.map(np.asarray, jax.jit(run)(_copies(sample.inputs), grads))

    def _evaluate(self, settings: Mapping[str, Any], arrays: Sequence[Any]) -> list[Any]:
        positional, named = self.bind_arguments(arrays, settings)
        return [jax.numpy.asarray(y) for y in jax.tree.leaves(self.f(*positional, **named))]

    def _vjp(self, settings: Mapping[str, Any], places: Sequence[int], arrays: Sequence[Any], xs: Any) -> Any:
        """Return the float outputs and the pullback at `xs`, the inputs at `places`."""

        def floats(*xs: Any) -> list[Any]:
            given = list(arrays)
            for place, x in zip(places, xs, strict=True):
                given[place] = x
            return [y for y in self._evaluate(settings, given) if y.dtype.kind in "fc"]

        return jax.vjp(floats, *xs)

    def _gradients(self, settings: Any, places: Sequence[int], arrays: Any, grads: Any) -> Any:
        return self._vjp(settings, places, arrays, [arrays[i] for i in places])[1](grads)

    def _single_output_gradients(
        self, settings: Any, places: Sequence[int], k: int, arrays: Any, grad: Any
    ) -> Any:
        def one(*xs: Any) -> Any:
            given = list(arrays)
            for place, x in zip(places, xs, strict=True):
                given[place] = x
            return self._evaluate(settings, given)[k]

        return jax.vjp(one, *(arrays[i] for i in places))[1](grad)

    def _vjp_outputs(self, settings: Any, places: Sequence[int], arrays: Any) -> list[Any]:
        """Return all outputs; those that are floats as they are beside a pullback."""
        float_outputs = iter(self._vjp(settings, places, arrays, [arrays[i] for i in places])[0])
        return [next(float_outputs) if y.dtype.kind in "fc" else y for y in self._evaluate(settings, arrays)]

    def _second(self, settings: Any, places: Sequence[int], arrays: Any, grads: Any, weights: Any) -> Any:
        def gradients(xs: Any, grads: Any) -> Any:
            return self._vjp(settings, places, arrays, xs)[1](grads)

        received, pullback = jax.vjp(gradients, [arrays[i] for i in places], grads)
        by_inputs, by_grads = pullback(tuple(weights))
        return [*received, *by_inputs, *by_grads]

    def _run(self, kind: str, run: Callable[..., Any], arguments: Any, what: Any) -> list[Any]:
        """Return the outputs of `run`, traced once for arguments of these shapes, and computed with NumPy."""
        leaves, form = jax.tree.flatten(arguments)
        key = (kind, form, tuple(_shape_of(x) for x in leaves), repr(what))
        with jax.enable_x64(True), np.errstate(all="ignore"):
            try:
                if key not in self.jaxprs:
                    self.jaxprs[key] = self._trace(run, arguments)
                jaxpr = self.jaxprs[key]
                if jaxpr is None:
                    results = jax.tree.leaves(run(*jax.tree.map(jax.numpy.asarray, arguments)))
                else:
                    results = evaluate(jaxpr.jaxpr, jaxpr.consts, leaves)
            except Exception as error:
                translated = self.refusal(error) if kind == "value" else self.excuse(error, arguments[0])
                if translated is None or translated is error:
                    raise
                raise translated from error
        return [np.array(y) for y in results]

    def _trace(self, run: Callable[..., Any], arguments: Any) -> Any:
        """Return the jaxpr of `run`, None if it needs values."""
        try:
            return jax.make_jaxpr(run)(*arguments)
        except NEEDS_VALUES:
            return None


def _shape_of(x: Any) -> Any:
    return (x.shape, x.dtype) if isinstance(x, np.ndarray) else type(x)


def _copies(inputs: Sequence[Any]) -> list[Any]:
    return [np.array(x) if isinstance(x, np.ndarray) else x for x in inputs]
