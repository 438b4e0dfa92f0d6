"""The facts about one wrong result: its values, the right values, and both at other arguments."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..finding import SubjectFailed
from ..oracle.compare import step_sizes
from ..oracle.slopes import METHODS, Function, Line, Oracle, Slope, real_slope, restrict_to_line
from ..reference_output import evaluate_reference
from ..samples.sample import Sample
from ..study import ORDINARY
from ..subjects.subject import Subject, as_function, flatten_floats
from ..trial import Trial

T = TypeVar("T", bound="Facts")


@dataclass(frozen=True)
class Facts:
    """A result of one call; each property may raise SubjectFailed."""

    subject: Subject
    sample: Sample  # the arguments of the call

    def try_at(self: T, sample: Sample | None = None, **changes: Any) -> T | None:
        """Return the facts at other arguments, None if there are no two finite results to compare."""
        other = replace(self, sample=sample or self.sample, **changes)
        with suppress(SubjectFailed, ValueError, IndexError):
            actual, expected = other.actual, other.expected
            is_comparable = actual.dtype.kind == "f" and actual.shape == expected.shape
            if is_comparable and np.isfinite(expected).all():
                return other
        return None

    @cached_property
    def actual(self) -> NDArray[Any]:
        """The result."""
        raise NotImplementedError

    @cached_property
    def expected(self) -> NDArray[Any]:
        """The right values."""
        raise NotImplementedError

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the call, the defaults included."""
        defaults = {name: p.default for name, p in self.subject.signature.settings.items()}
        return {**defaults, **self.sample.settings}

    @property
    def is_ordinary(self) -> bool:
        """Whether the arguments have no special values, and the result is finite."""
        return self.sample.recipe.family in ORDINARY and bool(np.isfinite(self.actual).all())

    @cached_property
    def variables(self) -> dict[str, NDArray[Any]]:
        """The variables on which the error may depend, by name, the most likely one first."""
        return {self.sample.names[i]: np.asarray(self.sample.inputs[i]) for i in self.sample.floats}


@dataclass(frozen=True)
class OutputFacts(Facts):
    """An output that differs from that of a reference."""

    index: int  # the index of the output
    function: Callable[..., Any]  # the reference

    @cached_property
    def actual(self) -> NDArray[Any]:
        """The output."""
        return Trial(self.subject, self.sample).outputs[self.index]

    @cached_property
    def expected(self) -> NDArray[Any]:
        """The output of the reference."""
        output = evaluate_reference(self.function, self.subject, self.sample)
        if output is None:
            raise SubjectFailed("no-reference", "the reference refuses these arguments")
        return output.arrays[self.index]

    @cached_property
    def variables(self) -> dict[str, NDArray[Any]]:
        """The inputs, and the right value."""
        return super().variables | {"the right value": self.expected}


@dataclass(frozen=True)
class GradientFacts(Facts):
    """The gradient for an input that differs from the numeric one."""

    index: int  # the index of the input
    cotangents: Sequence[NDArray[Any]]  # one array for each output
    oracle: Oracle  # the method of the numeric gradient

    @property
    def x(self) -> NDArray[Any]:
        """The input whose gradient is wrong."""
        return np.asarray(self.sample.inputs[self.index])

    @cached_property
    def variables(self) -> dict[str, NDArray[Any]]:
        """The inputs, that of the gradient first, and the cotangent and the value of a single output."""
        variables = {self.sample.names[self.index]: self.x} | super().variables
        if len(self.cotangents) == 1:
            variables["grad"] = self.cotangents[0]
            variables["the output"] = Trial(self.subject, self.sample).outputs[0]
        return variables

    @cached_property
    def actual(self) -> NDArray[Any]:
        """The analytic gradient."""
        return np.asarray(Trial(self.subject, self.sample).pull(self.cotangents)[self.index])

    @cached_property
    def expected(self) -> NDArray[Any]:
        """The numeric gradient."""
        return self.compute_gradient(self.cotangents)

    def compute_gradient(self, cotangents: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """Return the numeric gradient for other cotangents."""
        return np.asarray((flatten_floats(cotangents) @ self.jacobian).reshape(self.x.shape))

    @cached_property
    def jacobian(self) -> NDArray[Any]:
        """The numeric Jacobian (outputs, values); NaN in the column of a value that may not move."""
        f = as_function(self.subject, self.sample, [self.index])
        return self.measure_jacobian(f, METHODS.get(self.oracle, real_slope))

    def measure_jacobian(self, f: Function, method: Callable[[Line], Slope | None]) -> NDArray[Any]:
        """Return the numeric Jacobian of a function of the input, by a method."""
        x = self.x
        jacobian = np.full((flatten_floats(self.cotangents).size, x.size), np.nan)
        for j, scale in enumerate(step_sizes(x, self.sample.domains[self.index]).flat):
            if not scale:
                continue
            at = restrict_to_line(f, [x], [scale * (np.arange(x.size) == j).reshape(x.shape)])
            # A long double difference of zero cannot prove that it was computed in long double.
            slope = method(at) or real_slope(at)
            if slope is None or slope.value.size != len(jacobian):
                raise SubjectFailed("no-jacobian", "there is no numeric Jacobian")
            jacobian[:, j] = slope.value / scale
        return jacobian
