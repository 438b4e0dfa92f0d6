"""Functions of JAX, with or without a custom rule, as subjects."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from minigrad_core.cases import Case
from minigrad_core.testing.finding import DoesNotApply, Law, Script
from minigrad_core.testing.samples.sample import Sample
from minigrad_core.testing.subjects.subject import ForwardPass, SecondOrder

from ..positions import place_at, replace_at
from .foreign import SHARED_MEMORY, ForeignSubject
from .jaxpr import evaluate
from .laws import JAX_LAWS
from .scripts import JAX, JAX_TWICE, write_foreign_script

# JAX raises these if a function needs concrete values while it is traced; such a function is not traced.
NEEDS_VALUES = (
    jax.errors.ConcretizationTypeError,
    jax.errors.TracerArrayConversionError,
    jax.errors.TracerIntegerConversionError,
    jax.errors.NonConcreteBooleanIndexError,
)
# Parts of JAX's messages for a function without a derivative.
REFUSALS = (
    "not implemented",
    "can't apply forward-mode",
    "does not support",
    "Reverse-mode differentiation does not",
)


class JaxSubject(ForeignSubject):
    """A function of JAX, which is traced once for each combination of shapes and evaluated with NumPy.

    The law `compiled` compares the results with those of XLA under `jit`.
    """

    framework = engine = "JAX"
    package, save_call = "jax", "the residuals that fwd returns"
    laws: tuple[Law, ...] = JAX_LAWS
    conventions = SHARED_MEMORY | {"accepts-index"}  # JAX clips or drops indices out of range

    def __init__(self, f: Callable[..., Any], cases: Sequence[Case] | None = None, **declared: Any) -> None:
        parts = [f, *(getattr(f, name, None) for name in ("fun", "fwd", "bwd", "jvp", "__wrapped__"))]
        super().__init__(f, [p for p in parts if inspect.isroutine(p)], cases, **declared)
        self.jaxprs: dict[Any, Any] = {}

    def forward(
        self, inputs: Sequence[Any], settings: Mapping[str, Any], needs: Sequence[bool]
    ) -> ForwardPass:
        """Return a forward pass, with copies of the inputs: JAX never writes to an array."""
        arrays, positions = _copies(inputs), [i for i, needed in enumerate(needs) if needed]
        outputs = self._run("value", partial(self._evaluate, settings), (arrays,), settings)

        def pullback(cotangents: Sequence[Any]) -> tuple[Any, ...]:
            pairs = zip(cotangents, outputs, strict=True)
            grads = [np.array(g, y.dtype) for g, y in pairs if y.dtype.kind in "fc"]
            run = partial(self._gradients, settings, positions)
            gradients = self._run("gradients", run, (arrays, grads), (settings, positions))
            return place_at(positions, gradients, len(arrays))

        return ForwardPass(tuple(outputs) if len(outputs) != 1 else outputs[0], pullback)

    def single_output_gradients(self, sample: Sample, k: int, cotangent: NDArray[Any]) -> tuple[Any, ...]:
        """Return the gradients of the float inputs if only output `k` is used."""
        run = partial(self._single_output_gradients, sample.settings, sample.floats, k)
        gradients = self._run("single", run, (_copies(sample.inputs), cotangent), (sample.settings, k))
        return place_at(sample.floats, gradients, len(sample.inputs))

    def differentiate_twice(
        self, sample: Sample, cotangents: Sequence[Any], weights: list[Any]
    ) -> SecondOrder:
        """Return the gradients of JAX's gradients."""
        grads = [np.array(g) for g in cotangents if g.dtype.kind in "fc"]
        count, run = len(sample.floats), partial(self._second, sample.settings, sample.floats)
        try:
            results = self._run("second", run, (_copies(sample.inputs), grads, weights), sample.settings)
        except (TypeError, NotImplementedError, ValueError) as error:
            if any(text in str(error) for text in REFUSALS):
                raise DoesNotApply(f"JAX refuses second derivatives: {error}") from error
            raise
        return SecondOrder(weights, results[:count], results[count : 2 * count], results[2 * count :])

    def write_script(self, sample: Sample, script: Script) -> str:
        """Return a script that imports JAX and the function."""
        return write_foreign_script(self, sample, script, JAX, JAX_TWICE)

    def global_state(self) -> dict[str, Any]:
        """Return the global settings of JAX."""
        names = ("jax_enable_x64", "jax_debug_nans", "jax_default_matmul_precision")
        return {f"jax.config.{name}": getattr(jax.config, name) for name in names}

    def run_compiled(self, sample: Sample, cotangents: Sequence[Any]) -> Any:
        """Return the outputs of the differentiated function and the gradients, compiled together by XLA."""
        settings, positions = sample.settings, sample.floats

        def run(arrays: Any, grads: Any) -> Any:
            outputs = self._vjp_outputs(settings, positions, arrays)
            return outputs, self._gradients(settings, positions, arrays, grads)

        grads = [np.array(g) for g in cotangents if g.dtype.kind in "fc"]
        with jax.enable_x64(True):
            return jax.tree.map(np.asarray, jax.jit(run)(_copies(sample.inputs), grads))

    def _evaluate(self, settings: Mapping[str, Any], arrays: Sequence[Any]) -> list[Any]:
        positional, named = self.bind_arguments(arrays, settings)
        return [jax.numpy.asarray(y) for y in jax.tree.leaves(self.f(*positional, **named))]

    def _vjp(
        self, settings: Mapping[str, Any], positions: Sequence[int], arrays: Sequence[Any], xs: Any
    ) -> Any:
        """Return the float outputs and the pullback for the inputs at `positions`, whose values are `xs`."""

        def floats(*xs: Any) -> list[Any]:
            outputs = self._evaluate(settings, replace_at(arrays, positions, xs))
            return [y for y in outputs if y.dtype.kind in "fc"]

        return jax.vjp(floats, *xs)

    def _gradients(self, settings: Any, positions: Sequence[int], arrays: Any, grads: Any) -> Any:
        return self._vjp(settings, positions, arrays, [arrays[i] for i in positions])[1](grads)

    def _single_output_gradients(
        self, settings: Any, positions: Sequence[int], k: int, arrays: Any, grad: Any
    ) -> Any:
        def output(*xs: Any) -> Any:
            return self._evaluate(settings, replace_at(arrays, positions, xs))[k]

        return jax.vjp(output, *(arrays[i] for i in positions))[1](grad)

    def _vjp_outputs(self, settings: Any, positions: Sequence[int], arrays: Any) -> list[Any]:
        """Return all outputs; the floats are those of `jax.vjp`."""
        float_outputs = iter(self._vjp(settings, positions, arrays, [arrays[i] for i in positions])[0])
        return [next(float_outputs) if y.dtype.kind in "fc" else y for y in self._evaluate(settings, arrays)]

    def _second(self, settings: Any, positions: Sequence[int], arrays: Any, grads: Any, weights: Any) -> Any:
        def gradients(xs: Any, grads: Any) -> Any:
            return self._vjp(settings, positions, arrays, xs)[1](grads)

        received, pullback = jax.vjp(gradients, [arrays[i] for i in positions], grads)
        by_inputs, by_grads = pullback(tuple(weights))
        return [*received, *by_inputs, *by_grads]

    def _run(self, kind: str, run: Callable[..., Any], arguments: Any, settings: Any) -> list[Any]:
        """Return the outputs of `run`, traced once for its shapes and settings, evaluated with NumPy."""
        leaves, form = jax.tree.flatten(arguments)
        key = (kind, form, tuple(_shape_of(x) for x in leaves), repr(settings))
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
        """Return the jaxpr of `run`, None if `run` needs concrete values."""
        try:
            return jax.make_jaxpr(run)(*arguments)
        except NEEDS_VALUES:
            return None


def _shape_of(x: Any) -> Any:
    return (x.shape, x.dtype) if isinstance(x, np.ndarray) else type(x)


def _copies(inputs: Sequence[Any]) -> list[Any]:
    return [np.array(x) if isinstance(x, np.ndarray) else x for x in inputs]
