"""One sample, one forward pass and one backward pass: computed once, and shared by all laws."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cached_property, partial
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .backward_pass import BackwardPass, filter_warnings, snapshot
from .closeness import has_same_values, is_finite, largest_magnitude
from .finding import Result, SubjectFailed, guard
from .reference_output import ReferenceOutput, evaluate_reference
from .samples.sample import Sample, is_float
from .samples.values import draw_signed
from .subjects.subject import SecondOrder, Subject, flatten_floats, split_gradients
from .variations import ALL_AT_ONCE, is_same_under

SCALES = (30.0, 1e-6, 0.0, -3.0)  # large, tiny, zero and negative factors of cotangents, in turns


class Trial:
    """The forward pass of a subject on one sample, and on demand its backward pass.

    Snapshots of the arguments are taken before the call, and copies of the outputs after it. They show
    whether somebody writes to an array later.

    subject: the function under test.
    sample: the arguments of the call.
    needs: the inputs whose gradients will be requested; by default all float inputs.
    warning_log: the list to which `warnings.catch_warnings` appends. Without it, neither warnings nor
        snapshots of the arguments are kept.
    base: the trial of the case from which the sample derives, at ordinary values. Errors far below its scale
        are rounding errors.

    Raise SubjectFailed if the forward pass raises, or returns something other than NumPy arrays.
    """

    def __init__(
        self,
        subject: Subject,
        sample: Sample,
        needs: tuple[bool, ...] | None = None,
        warning_log: Sequence[Any] | None = None,
        base: Trial | None = None,
    ) -> None:
        self.subject, self.sample = subject, sample
        self.needs = sample.needs if needs is None else needs
        self.warning_log = () if warning_log is None else warning_log
        self._base = base
        arguments = () if warning_log is None else (*sample.inputs, *sample.settings.values())
        self.argument_snapshots = [snapshot(argument) for argument in arguments]

        warning_count = len(self.warning_log)
        forward = partial(subject.forward, sample.inputs, sample.settings, self.needs)
        self.forward_pass = guard("forward", forward)
        self.warning_texts = filter_warnings("forward", self.warning_log[warning_count:], sample)
        raw = self.forward_pass.raw
        self.returns_tuple = isinstance(raw, tuple)
        self.returned = tuple(map(_check_output, raw if self.returns_tuple else (raw,)))
        self.outputs = tuple([y.copy() for y in self.returned])
        # An array that is cut along an empty axis gives no outputs.
        has_values = bool(sample.floats) and bool(self.outputs)
        self.differentiable = subject.declared.differentiable and has_values

    def run_on(self, sample: Sample, needs: tuple[bool, ...] | None = None) -> Trial:
        """Return a trial of the same subject on another sample; its warnings are ignored."""
        return Trial(self.subject, sample, needs, base=self.base)

    def try_on(self, sample: Sample) -> Trial | None:
        """Return a trial of the same subject on another sample, None if the subject refuses the sample."""
        try:
            return self.run_on(sample)
        except SubjectFailed:
            return None

    @property
    def base(self) -> Trial:
        """The trial of the case from which the sample derives; the trial itself if its sample is a case.

        A stored reference to itself would be a cycle, which only the garbage collector frees.
        """
        return self._base or self

    # Cotangents and gradients.

    @cached_property
    def cotangents(self) -> list[NDArray[Any]]:
        """Random cotangents of both signs, one per output; they depend on the sample only."""
        return self.draw_like("", self.outputs)

    def draw_like(self, purpose: str, arrays: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Return one array for each of `arrays`, in its shape and dtype.

        Values are random, of magnitude 0.5 to 1.5 and of both signs; an array of integers becomes zeros.
        """
        recipe = self.sample.recipe
        first = zlib.crc32((recipe.label + purpose).encode())
        starts = accumulate((y.size for y in arrays), initial=first)
        pairs = zip(starts, arrays, strict=False)
        draws = [draw_signed(recipe.seed, start, y.shape) for start, y in pairs]
        return [(g * (y.dtype.kind in "fc")).astype(y.dtype) for g, y in zip(draws, arrays, strict=True)]

    def pull(self, cotangents: Sequence[Any]) -> list[Any]:
        """Return the gradients for some cotangents, one per input.

        Raise SubjectFailed if the pullback raises, or returns something that no engine could use.
        """
        returned = guard("backward", lambda: self.forward_pass.pullback(cotangents))
        return split_gradients(self.subject, self.sample, self.needs, returned)

    @cached_property
    def backward_pass(self) -> BackwardPass:
        """The backward pass for `cotangents`."""
        return BackwardPass(self, self.cotangents)

    @property
    def has_gradients(self) -> bool:
        """Whether the backward pass gave gradients that an engine could use."""
        return self.differentiable and self.backward_pass.failure is None

    @property
    def gradients(self) -> list[Any]:
        """The gradients for `cotangents`, one per input, None where none is needed.

        Raise SubjectFailed if the backward pass gave no gradients that an engine could use.
        """
        return self.backward_pass.gradients

    # Results with their names.

    @cached_property
    def output_results(self) -> list[Result]:
        """The outputs."""
        names = [f"output {k}" if self.returns_tuple else "the output" for k in range(len(self.outputs))]
        return [Result(names[k], k, y, is_gradient=False) for k, y in enumerate(self.outputs)]

    def name_gradients(self, gradients: Sequence[Any]) -> list[Result]:
        """Return gradients, one per input, as results; None is left out."""
        pairs = [(i, g) for i, g in enumerate(gradients) if g is not None]
        names = self.sample.names
        return [Result(f"the gradient for input {i} ({names[i]})", i, g, is_gradient=True) for i, g in pairs]

    @cached_property
    def results(self) -> list[Result]:
        """The outputs, and the gradients if the subject is differentiable."""
        return [*self.output_results, *self.name_gradients(self.gradients if self.differentiable else ())]

    @property
    def used_cotangents(self) -> Sequence[NDArray[Any]]:
        """The cotangents if there is a backward pass, none otherwise."""
        return self.cotangents if self.differentiable else ()

    @cached_property
    def scaled_cotangents(self) -> tuple[list[NDArray[Any]], list[Any]]:
        """Cotangents of very different sizes, by the factors `SCALES`, and the gradients for them.

        For cotangents of ordinary size a clipped gradient would be right.
        """
        scaled = (np.resize(np.array(SCALES), g.shape) * np.abs(g) for g in self.cotangents)
        pairs = zip(scaled, self.cotangents, strict=True)
        cotangents = [s if g.dtype.kind in "fc" else g for s, g in pairs]
        return cotangents, self.pull(cotangents)

    @property
    def weights(self) -> list[NDArray[Any]]:
        """The weights of the gradients in the sum of which second derivatives are taken."""
        return self.draw_like("weights", [self.sample.inputs[i] for i in self.sample.floats])

    @cached_property
    def second_order(self) -> SecondOrder:
        """The derivatives of the sum of `weights` times gradients.

        Raise SubjectFailed if the gradients cannot be differentiated.
        """
        differentiate = partial(self.subject.differentiate_twice, self.sample, self.cotangents, self.weights)
        return guard("the second derivative", differentiate)

    @property
    def is_half(self) -> bool:
        """Whether a float input is float16."""
        return any(self.sample.inputs[i].dtype == np.float16 for i in self.sample.floats)

    @cached_property
    def half(self) -> Trial | None:
        """The trial on the same values in float16.

        None if the subject refuses them, as NumPy's linear algebra does, or if a number overflows, as the
        square of 256 does.
        """
        sample = self.sample.cast(np.float16)
        with np.errstate(over="raise"):
            half = self.try_on(sample) if sample.is_finite else None
            if half is None or not half.is_finite:
                return None
            failure = half.backward_pass.failure if half.differentiable else None
        if failure is not None:
            return None if isinstance(failure.cause, FloatingPointError | TypeError) else half
        return half if all(is_finite(result.values) for result in half.results) else None

    # References.

    @cached_property
    def reference_outputs(self) -> list[ReferenceOutput]:
        """The outputs of the references that accept the sample.

        The author's own gets float32 in the place of float16, in which an iteration may never end.
        """
        declared, own_sample = self.subject.declared, self.sample
        if self.is_half:
            own_sample = own_sample.cast(np.float32)
        samples = {declared.reference: own_sample}
        outputs = (
            evaluate_reference(f, self.subject, samples.get(f, self.sample)) for f in declared.references
        )
        return [output for output in outputs if output is not None]

    @property
    def comparable_outputs(self) -> list[ReferenceOutput]:
        """The outputs of those references that return as many arrays as the subject.

        The law `reference` reports another number of arrays.
        """
        return [r for r in self.reference_outputs if len(r.arrays) == len(self.outputs)]

    # Magnitudes.

    @cached_property
    def is_finite(self) -> bool:
        """Whether all outputs are finite."""
        return all(map(is_finite, self.outputs))

    @cached_property
    def flat_outputs(self) -> NDArray[Any]:
        """The float outputs as one vector."""
        return flatten_floats(self.outputs)

    @property
    def largest_input(self) -> float:
        """The largest finite absolute value among the float inputs, 0 if there are none."""
        return max((largest_magnitude(self.sample.inputs[i]) for i in self.sample.floats), default=0.0)

    @cached_property
    def largest_output(self) -> float:
        """The largest absolute value among the float outputs, 0 if there are none."""
        return float(np.abs(self.flat_outputs).max(initial=0.0))

    @cached_property
    def largest_gradient(self) -> float:
        """The largest absolute value among the gradients, 1 if there are none."""
        gradients = (g for g in self.gradients if g is not None)
        return max((float(np.abs(g).max(initial=0.0)) for g in gradients), default=1.0)

    # Which outputs depend on which inputs.

    @property
    def is_elementwise(self) -> bool:
        """Whether the subject declares that it broadcasts, and is pointwise on the sample."""
        return self.subject.declared.broadcasts and self.is_pointwise

    @cached_property
    def is_pointwise(self) -> bool:
        """Whether each output value depends on one value of each input: measured, not declared.

        Every second value of the inputs is changed, then the others; outputs at unchanged places have to
        stay.
        """
        if self._base is not None:
            return self._base.is_pointwise
        shape = self.outputs[0].shape
        if len(self.outputs) != 1 or any(self.sample.inputs[i].shape != shape for i in self.sample.floats):
            return False
        odd = np.arange(self.outputs[0].size).reshape(shape) % 2 == 1
        return self._keeps_outputs(fixed=~odd) and self._keeps_outputs(fixed=odd)

    @cached_property
    def is_same_at_once(self) -> bool:
        """Whether the results stay in other layouts, and the gradients scale with the cotangents."""
        return is_same_under(self, ALL_AT_ONCE)

    def _keeps_outputs(self, fixed: NDArray[np.bool_]) -> bool:
        """Return whether the outputs at fixed places stay if the inputs elsewhere shrink by a quarter."""
        inputs = [np.where(fixed, x, x * 0.75) if is_float(x) else x for x in self.sample.inputs]
        output = self.run_on(self.sample.with_inputs(tuple(inputs))).outputs[0]
        return has_same_values(output[fixed], self.outputs[0][fixed])


def _check_output(y: Any) -> NDArray[Any]:
    """Return an output as an array; raise SubjectFailed if it is not a NumPy array of numbers."""
    is_array = type(y) is np.ndarray
    if (is_array or isinstance(y, np.generic)) and y.dtype.kind in "biufc":
        return np.asarray(y)
    description = f"an array of dtype {y.dtype}" if is_array else f"{type(y).__name__}, no plain array"
    hint = "; several outputs are a tuple" if isinstance(y, list) else ""
    fact = f"forward returned {description}: expected a NumPy array of numbers{hint}"
    raise SubjectFailed("not-an-array", fact)
