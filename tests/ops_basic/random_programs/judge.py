"""The checks of a program: value, types, and derivatives of three orders, each computed in several ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import checkpoint, grad, hvp, jvp, value_and_grad, vjp

from .differences import differentiate

if TYPE_CHECKING:
    from .program import Program

# The largest doubt, relative to the slope, with which differences count: a kink nearby makes it large.
DOUBT = 1e-5
# The tolerances of values, by the dtype of the inputs: half, single and double precision.
TOLERANCES = {"e": 2e-2, "f": 1e-4, "d": 1e-12}


def draw_directions(program: Program, seed: int) -> list[Any]:
    """Return an array for each input, of numbers in [-1, 1]."""
    rng = np.random.default_rng(seed)
    return [rng.uniform(-1, 1, x.shape) for x in program.inputs]


def find_gradient(program: Program, inputs: list[Any]) -> list[Any]:
    """Return the gradient of the program's total."""
    return list(grad(lambda *xs: program.total(np, *xs), tuple(range(len(inputs))))(*inputs))


def check_value_and_types(program: Program) -> None:
    """Assert that the value is NumPy's, in NumPy's shape and type, and that gradients are like the inputs."""
    value, pullback = vjp(lambda *xs: program.value(np, *xs), *program.inputs)
    expected = program.value(np, *program.inputs)
    tolerance = max(TOLERANCES[x.dtype.char] for x in program.inputs)
    np.testing.assert_allclose(value, expected, rtol=tolerance, atol=tolerance, strict=True)
    pulled = pullback(np.ones_like(value))
    for g, x in zip(pulled if isinstance(pulled, tuple) else (pulled,), program.inputs, strict=True):
        assert (g.shape, g.dtype) == (x.shape, x.dtype)


def check_derivatives(program: Program, order: int) -> bool:
    """Assert that derivatives up to an order agree with differences, and with one another.

    Return whether the differences count: no kink is near.
    """
    xs, u, v = program.in_type(np.float64), draw_directions(program, 1), draw_directions(program, 2)
    plus = differentiate(program, [a + b for a, b in zip(u, v, strict=True)])
    minus = differentiate(program, [a - b for a, b in zip(u, v, strict=True)])
    found = find_gradient(program, xs)
    along_u, size = _multiply(found, u)
    along_v, _ = _multiply(found, v)
    doubt = {n: (plus.doubt[n] + minus.doubt[n]) / 2 for n in (1, 2)}
    if max(doubt.values()) > DOUBT * size:
        return False
    tolerance = 1e-9 * size + 0.01 * doubt[1]
    _assert_near(along_u, (plus.value[1] + minus.value[1]) / 2, tolerance, "gradient")
    _assert_near(along_v, (plus.value[1] - minus.value[1]) / 2, tolerance, "gradient")
    _check_lower_precision(program, xs, found, size)
    _check_transposes(program, xs, u)
    if order >= 2:
        _check_second(program, xs, u, v, (plus.value[2] - minus.value[2]) / 4, 0.01 * doubt[2])
    if order >= 3:
        _check_third(program, xs, u)
    return True


def _check_lower_precision(program: Program, xs: list[Any], found: list[Any], size: float) -> None:
    """Assert that the gradient in the inputs' own types is near the one in double precision.

    In half precision the tolerance is the change of the gradient for inputs that differ by a few roundings.
    """
    tolerance = 1e-3 * size
    if any(x.dtype == np.float16 for x in program.inputs):
        moved = find_gradient(program, [x * (1 + 2.0**-10) for x in xs])
        far = [float(np.abs(a - b).max(initial=0)) for a, b in zip(moved, found, strict=True)]
        tolerance = 0.05 * size + 50 * max(far)
    for ours, double in zip(find_gradient(program, list(program.inputs)), found, strict=True):
        np.testing.assert_allclose(ours, double, rtol=1e-3, atol=tolerance)


def _check_transposes(program: Program, xs: list[Any], u: list[Any]) -> None:
    """<c, J u> = <c J, u>, where the gradient is that of a checkpoint."""

    def f(xs: Any) -> Any:
        return program.value(np, *xs)

    _, tangent = jvp(f, (xs,), (u,))
    value, pullback = vjp(checkpoint(f), xs)
    cotangent = np.random.default_rng(3).uniform(-1, 1, np.shape(value))
    found, size = _multiply(pullback(cotangent), u)
    _assert_near(found, float(np.sum(cotangent * tangent)), 1e-11 * size, "vjp, by jvp")


def _check_second(
    program: Program, xs: list[Any], u: list[Any], v: list[Any], expected: float, doubt: float
) -> None:
    """u H v by differences, by `hvp`, and forward over reverse under `checkpoint`."""

    def f(xs: Any) -> Any:
        return program.total(np, *xs)

    (along,) = hvp(f, (xs,), (v,))
    found, size = _multiply(along, u)
    _assert_near(found, expected, 1e-8 * size + doubt, "hvp")
    _, (_, tangent) = jvp(value_and_grad(checkpoint(f)), (xs,), (v,))
    _assert_near(_multiply(tangent, u)[0], found, 1e-10 * size, "hvp, under checkpoint")


def _check_third(program: Program, xs: list[Any], u: list[Any]) -> None:
    """The third derivative of t -> f(x + t u) at 0."""

    def line(t: Any) -> Any:
        return program.total(np, *(x + t * d for x, d in zip(xs, u, strict=True)))

    expected = differentiate(program, u)
    size = 1 + sum(map(abs, expected.value.values()))
    if expected.doubt[3] <= DOUBT * size:
        _assert_near(float(grad(grad(grad(line)))(0.0)), expected.value[3], 1e-7 * size, "third derivative")


def _multiply(gradients: Sequence[Any], direction: Sequence[Any]) -> tuple[float, float]:
    """Return the inner product of two lists of arrays, and the size of the terms that it adds."""
    terms = np.concatenate([np.ravel(g * d) for g, d in zip(gradients, direction, strict=True)])
    return float(terms.sum()), 1 + float(np.abs(terms).sum())


def _assert_near(found: float, expected: float, tolerance: float, what: str) -> None:
    assert abs(found - expected) <= tolerance, f"{what}: {found!r}, expected {expected!r} +- {tolerance:.1g}"
