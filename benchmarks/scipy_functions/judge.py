"""Classify a function of SciPy: compare its gradients on tensors with differences on plain arrays."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import RigidTransform, Rotation

import minigrad_core as mg

if TYPE_CHECKING:
    from .call import Call

# The five-point formula is wrong by h^4 f'''''/30, here 1e-12, and by rounding, here 1e-13 of the values. The
# solvers of SciPy stop at about 1e-9.
STEP = 1e-3
TOLERANCE = 1e-6


class Verdict(Enum):
    """The class of a function."""

    RIGHT = "right"
    NO_GRADIENT = "no gradient by nature"
    CONVERTED = "turned into NumPy's arrays or Python's numbers by SciPy"
    OPEN = "open"
    WRONG = "wrong"
    SILENT = "silent"


class Judgement(NamedTuple):
    """The class of one function, with the reason."""

    verdict: Verdict
    reason: str = ""


def judge(function: Callable[..., Any], call: Call) -> Judgement:
    """Return how the gradients of a call on tensors compare with differences of the call on plain arrays."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            expected = list(flatten(call.invoke(function, *call.arrays)))
        except Exception as error:
            return Judgement(Verdict.OPEN, f"the call of plain arrays raises: {describe(error)}")
        variables = [mg.tensor(x, requires_grad=x.dtype.kind == "f") for x in call.arrays]
        try:
            found = list(flatten(call.invoke(function, *variables)))
        except Exception as error:
            return judge_error(error)
        return compare(function, call, variables, found, expected)


def judge_error(error: Exception) -> Judgement:
    """Return the class of a function that raised an error for tensors."""
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)  # type: ignore[arg-type]
    converted = any(
        isinstance(cause, mg.errors.ConversionError) or str(cause).startswith("astype to ")
        for cause in causes
    )
    return Judgement(Verdict.CONVERTED if converted else Verdict.OPEN, describe(error))


def compare(
    function: Callable[..., Any], call: Call, variables: list[Any], found: list[Any], expected: list[Any]
) -> Judgement:
    """Compare values, then the gradients of a weighted sum of each result."""
    if [np.shape(x) for x in found] != [np.shape(x) for x in expected]:
        shapes = [[np.shape(x) for x in xs] for xs in (found, expected)]
        return Judgement(Verdict.WRONG, f"the shapes are {shapes[0]}, of plain arrays {shapes[1]}")
    for tensor, array in zip(found, expected, strict=True):
        if not np.allclose(np.asarray(get_array(tensor)), array, TOLERANCE, TOLERANCE, equal_nan=True):
            return Judgement(Verdict.WRONG, "another value than of plain arrays")
    weights = [draw_weights(x) for x in expected]
    try:
        slopes = differentiate(
            lambda *xs: [
                weigh(w, x) for w, x in zip(weights, flatten(call.invoke(function, *xs)), strict=True)
            ],
            call.arrays,
            len(expected),
        )
    except Exception as error:
        return Judgement(Verdict.OPEN, f"the call of plain arrays raises: {describe(error)}")
    for i, x in enumerate(found):
        tracked = isinstance(x, mg.Tensor) and x.requires_grad
        is_float = np.asarray(expected[i]).dtype.kind in "fc"
        if (
            is_float
            and not tracked
            and any(np.any(np.abs(slope[i]) > TOLERANCE) for slope in slopes if slope is not None)
        ):
            return Judgement(Verdict.SILENT, f"result {i} requires no gradient")
    tracked_results = [
        (i, weigh(w, x))
        for i, (w, x) in enumerate(zip(weights, found, strict=True))
        if isinstance(x, mg.Tensor) and x.requires_grad
    ]
    if not tracked_results:
        return Judgement(Verdict.NO_GRADIENT, explain_constant(call, expected))
    try:
        np.sum(np.stack([total for _, total in tracked_results])).backward()
    except (
        mg.errors.NoOperationError,
        mg.errors.ArgumentError,
    ) as error:
        return Judgement(Verdict.OPEN, describe(error))
    for x, slope in zip(variables, slopes, strict=True):
        if slope is None:
            continue
        numeric = np.sum([slope[i] for i, _ in tracked_results], axis=0)
        gradient = np.zeros(x.shape) if x.grad is None else x.grad
        scale = 1 + np.max(np.abs(numeric), initial=0)
        if not np.max(np.abs(gradient - numeric), initial=0) <= TOLERANCE * scale:
            return Judgement(
                Verdict.WRONG, f"gradient {gradient.ravel()[:4]}, differences {numeric.ravel()[:4]}"
            )
    return Judgement(Verdict.RIGHT)


def explain_constant(call: Call, results: list[Any]) -> str:
    """Return why no result of a call has a gradient."""
    if not any(x.dtype.kind == "f" for x in call.arrays):
        return "takes no floats"
    kinds = {np.asarray(x).dtype.kind for x in results}
    return "integers, booleans or text" if not kinds & {"f", "c"} else "piecewise constant"


def flatten(result: Any) -> Iterator[Any]:
    """Yield the numbers and arrays in a result."""
    if isinstance(result, (Rotation, RigidTransform)):
        yield result.as_matrix()
    elif isinstance(result, (mg.Tensor, np.ndarray, np.generic, int, float, complex)):
        yield result
    elif isinstance(result, dict):
        for value in result.values():
            yield from flatten(value)
    elif isinstance(result, (tuple, list)):
        for value in result:
            yield from flatten(value)


def get_array(x: Any) -> Any:
    """Return the array of a tensor; anything else as it is."""
    return x.numpy() if isinstance(x, mg.Tensor) else x


def draw_weights(x: Any) -> Any:
    """Return random weights for the elements of a result, complex for a complex one."""
    rng = np.random.default_rng(7)
    weights = rng.uniform(0.5, 1.5, np.shape(x))
    return weights + 1j * rng.uniform(0.5, 1.5, np.shape(x)) if np.iscomplexobj(x) else weights


def weigh(weights: Any, x: Any) -> Any:
    """Return the real part of the weighted sum of finite elements."""
    finite = np.isfinite(get_array(x))
    total = np.sum(np.where(finite, weights * x, 0))
    return np.real(total)


def differentiate(
    f: Callable[..., list[Any]], arrays: tuple[NDArray[Any], ...], count: int
) -> list[NDArray[np.float64] | None]:
    """Return, for each array of floats, the slopes of the `count` results: (count, *shape) by five points."""
    slopes: list[NDArray[np.float64] | None] = []
    for k, array in enumerate(arrays):
        if array.dtype.kind != "f":
            slopes.append(None)
            continue
        slope = np.zeros((count, *array.shape))
        for index in np.ndindex(array.shape):

            def at(distance: float, k: int = k, index: Any = index) -> NDArray[np.float64]:
                moved = [x.copy() for x in arrays]
                moved[k][index] += distance
                return np.array(f(*moved), float)

            h = STEP
            slope[:, *index] = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
        slopes.append(slope)
    return slopes


def describe(error: BaseException) -> str:
    """Return the class and the first line of an error."""
    first = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {first}"
