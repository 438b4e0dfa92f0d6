"""The facts about one wrong result: its values, the right values, and both at other arguments."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

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


@dataclass(frozen=True)
class Facts:
    """A wrong result of one call, and the right values."""

    subject: Subject
    sample: Sample  # the arguments of the call
    name: str  # the name of the result in messages
    index: int  # the index of the output, or of the input of a gradient
    actual: NDArray[Any]
    expected: NDArray[Any]
    # The variables on which the error may depend, by name, the most likely one first.
    variables: dict[str, NDArray[Any]]
    # Returns the facts at other arguments; None if there are no two results to compare.
    at: "Callable[[Sample], Facts | None]" = lambda _: None
    is_wrong: Any = None  # the places where the values are wrong; by default those where they differ

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the call, the defaults included."""
        return {**self.subject.signature.defaults, **self.sample.settings}

    @property
    def is_ordinary(self) -> bool:
        """Whether the arguments have no special values, and the result is finite."""
        return self.sample.recipe.family in ORDINARY and bool(np.isfinite(self.actual).all())


@dataclass(frozen=True, kw_only=True)
class GradientFacts(Facts):
    """The gradient for an input that differs from the numeric one."""

    cotangents: Sequence[NDArray[Any]]  # one array for each output
    jacobian: NDArray[Any]  # (outputs, values), numeric
    # Returns the facts about the gradient for another input.
    at_input: "Callable[[int], GradientFacts | None]"

    @property
    def x(self) -> NDArray[Any]:
        """The input whose gradient is wrong."""
        return np.asarray(self.sample.inputs[self.index])

    def compute_gradient(self, cotangents: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """Return the numeric gradient for other cotangents."""
        return np.asarray((flatten_floats(cotangents) @ self.jacobian).reshape(self.x.shape))


def gather_output_facts(
    subject: Subject, function: Callable[..., Any], index: int, sample: Sample
) -> Facts | None:
    """Return the facts about an output, which a reference gives, too."""
    at = partial(gather_output_facts, subject, function, index)
    with suppress(SubjectFailed, ValueError, IndexError):
        actual, output = Trial(subject, sample).outputs[index], evaluate_reference(function, subject, sample)
        expected = output.arrays[index] if output else np.empty(0)
        if _is_comparable(actual, expected):
            variables = {**name_inputs(sample), "the right value": expected}
            return Facts(subject, sample, "the output", index, actual, expected, variables, at)
    return None


def gather_gradient_facts(
    subject: Subject, cotangents: Sequence[NDArray[Any]], oracle: Oracle, index: int, sample: Sample
) -> GradientFacts | None:
    """Return the facts about the gradient for an input, which a numeric method gives, too."""
    gather, name = partial(gather_gradient_facts, subject, cotangents, oracle), sample.names[index]
    with suppress(SubjectFailed, ValueError, IndexError):
        trial = Trial(subject, sample)
        actual = np.asarray(trial.pull(cotangents)[index])
        f, method = as_function(subject, sample, [index]), METHODS.get(oracle, real_slope)
        jacobian = measure_jacobian(f, sample, index, flatten_floats(cotangents).size, method)
        expected = np.asarray((flatten_floats(cotangents) @ jacobian).reshape(actual.shape))
        if _is_comparable(actual, expected):
            variables = {name: np.asarray(sample.inputs[index]), **name_inputs(sample)}
            if len(cotangents) == 1:
                variables |= {"grad": cotangents[0], "the output": trial.outputs[0]}
            title = f"gradient of input {index} ({name})"
            facts = subject, sample, title, index, actual, expected, variables, partial(gather, index)
            at_input = partial(gather, sample=sample)
            return GradientFacts(*facts, cotangents=cotangents, jacobian=jacobian, at_input=at_input)
    return None


def _is_comparable(actual: NDArray[Any], expected: NDArray[Any]) -> bool:
    is_float = actual.dtype.kind == "f" and actual.shape == expected.shape
    return is_float and bool(np.isfinite(expected).all())


def name_inputs(sample: Sample) -> dict[str, NDArray[Any]]:
    """Return the float inputs by name."""
    return {sample.names[i]: np.asarray(sample.inputs[i]) for i in sample.floats}


def measure_jacobian(
    f: Function, sample: Sample, index: int, size: int, method: Callable[[Line], Slope | None] = real_slope
) -> NDArray[Any]:
    """Return the numeric Jacobian (size, values), NaN in the column of a value that may not move.

    f, index: a function of the input at `index`, with `size` outputs.

    Raise SubjectFailed if there is none.
    """
    x = np.asarray(sample.inputs[index])
    jacobian = np.full((size, x.size), np.nan)
    for j, scale in enumerate(step_sizes(x, sample.domains[index]).flat):
        if not scale:
            continue
        at = restrict_to_line(f, [x], [scale * (np.arange(x.size) == j).reshape(x.shape)])
        # A long double difference of zero cannot prove that it was computed in long double.
        slope = method(at) or real_slope(at)
        if slope is None or slope.value.size != size:
            raise SubjectFailed("no-jacobian", "there is no numeric Jacobian")
        jacobian[:, j] = slope.value / scale
    return jacobian
