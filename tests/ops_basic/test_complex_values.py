"""Second derivatives of operations that take complex numbers, and special points.

The contract kit compares their first derivatives with differences.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import DifferentiabilityError, MinigradError
from minigrad_core.testing.samples.draw import draw
from minigrad_core.testing.samples.sample import Recipe
from minigrad_core.testing.study import Study
from minigrad_core.testing.subjects.operation import OperationSubject

RNG = np.random.default_rng(3)
SIGNAL, OTHER = RNG.normal(size=8), RNG.normal(size=8)
IMAGE = RNG.normal(size=(4, 6))

TAKERS = [
    name
    for name in mg.ops
    if name.startswith("basic::") and mg.ops[name].takes_complex and mg.ops[name].differentiable
]


def split_into_parts(op: Any, sample: Any, turn: complex, rng: np.random.Generator) -> tuple[Any, list[Any]]:
    """Return a real function of the inputs x, y of x + turn y, and the points at which to evaluate it."""
    points = [
        part
        for i in sample.floats
        for part in (sample.inputs[i], sample.inputs[i] * rng.uniform(0.2, 0.4, sample.inputs[i].shape))
    ]

    def f(*parts: Any) -> Any:
        inputs = list(sample.inputs)
        for k, i in enumerate(sample.floats):
            inputs[i] = parts[2 * k] + turn * parts[2 * k + 1]
        out = op(*inputs, **sample.settings)
        outs = out if isinstance(out, tuple) else (out,)
        weights = np.random.default_rng(5)
        total = 0.0
        for y in outs:
            a, b = weights.normal(size=(2, *y.shape))
            total = total + np.sum(np.real(y * (a + 1j * b)) * (1 + np.abs(y) ** 2))
        return total

    return f, points


# These go from real numbers to complex ones.
OF_REAL = {"basic::rfft", "basic::rfft2", "basic::rfftn", "basic::ihfft"}


@pytest.mark.parametrize("name", TAKERS)
def test_second_derivatives_of_complex_values(name: str) -> None:
    compared = 0
    rng = np.random.default_rng(3)
    subject = OperationSubject(mg.ops[name])
    samples = [draw(Recipe(case, seed=0), subject.signature) for case in Study(subject).cases]
    for sample in [sample for sample in samples if sample.is_finite]:
        f, points = split_into_parts(mg.ops[name], sample, 1.0 if name in OF_REAL else 1j, rng)
        vectors = [rng.normal(size=p.shape) * np.minimum(abs(p), 1) for p in points]
        try:
            products = mg.hvp(f, points, vectors)
        except (MinigradError, TypeError, np.exceptions.ComplexWarning):  # for real numbers
            continue
        gradient = mg.grad(f, tuple(range(len(points))))
        high, low = (
            gradient(*(p + s * 1e-6 * v for p, v in zip(points, vectors, strict=True))) for s in (1, -1)
        )
        for product, a, b in zip(products, high, low, strict=True):
            numeric = (a - b) / 2e-6
            scale = 1 + np.abs(numeric).max(initial=0)
            np.testing.assert_allclose(product, numeric, rtol=1e-5, atol=1e-6 * scale)
        compared += 1
    assert compared


@pytest.mark.parametrize("sizes", [None, (-1, 5), (3, -1)])
def test_an_axis_that_comes_twice_is_transformed_to_its_first_size_again(sizes: Any) -> None:
    def energy(x: Any) -> Any:
        return np.sum(np.sin(np.abs(np.fft.rfft2(x, s=sizes, axes=(1, 1)))))

    step = np.random.default_rng(4).normal(size=IMAGE.shape) * 1e-6
    slope = (energy(IMAGE + step) - energy(IMAGE - step)) / 2
    np.testing.assert_allclose(np.sum(mg.grad(energy)(IMAGE) * step), slope, rtol=1e-6)


def test_origin_and_real_axis() -> None:
    zeros = np.zeros(2)
    for f in (np.abs, np.angle, np.linalg.norm):
        got = mg.grad(lambda x, f=f: np.sum(f(x + 1j * x)))(zeros)
        np.testing.assert_array_equal(got, zeros)
    np.testing.assert_array_equal(mg.grad(lambda x: np.sum(np.imag(x) + np.angle(x)))(SIGNAL), np.zeros(8))
    np.testing.assert_array_equal(mg.grad(lambda x: np.sum(np.conj(x) + np.real(x)))(SIGNAL), np.full(8, 2.0))


def test_the_largest_complex_number_gets_the_gradient() -> None:
    z = np.array([1 + 2j, 1 + 3j, 0 + 9j])  # NumPy compares the real parts first
    np.testing.assert_array_equal(mg.grad(lambda z: np.abs(np.max(z)) ** 2)(z), [0, 2 - 6j, 0])
    np.testing.assert_array_equal(mg.grad(lambda z: np.imag(np.min(z)))(z), [0, 0, -1j])


@pytest.mark.parametrize("function", [np.arcsin, np.arccos, np.arcsinh, np.arccosh, np.arctanh, np.arctan])
@pytest.mark.parametrize("zero", [0.0, -0.0])
@pytest.mark.parametrize("imaginary", [False, True])
def test_on_a_branch_cut_the_slope_is_that_of_the_side_of_the_zero(
    function: Any, zero: float, imaginary: bool
) -> None:
    def on_axis(along: Any) -> Any:
        z = np.empty(along.shape, complex)
        z.real, z.imag = (zero, along) if imaginary else (along, zero)
        return z

    along = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])
    z, step = on_axis(along), 2.0**-17
    numeric = (function(on_axis(along + step)) - function(on_axis(along - step))) / (2 * step)
    _, pullback = mg.vjp(function, z)
    found = pullback(np.full(z.shape, 1j if imaginary else 1, complex))
    np.testing.assert_allclose(found, numeric, rtol=1e-7)


def test_the_sign_of_complex_values_is_refused_where_it_would_lose_its_gradient() -> None:
    z = np.array([3 + 4j])
    np.testing.assert_allclose(np.sign(mg.Tensor(z)), z / 5)
    with pytest.raises(DifferentiabilityError, match=r"write z / np\.abs\(z\)"):
        mg.grad(lambda x: np.sum(np.sign(x + 1j).real))(np.array([1.0]))


def test_the_variance_in_a_complex_type_has_the_gradient_of_a_real_number() -> None:
    z = np.array([1 + 2j, 3 - 1j, 2 + 0.5j])
    for f in (np.var, np.std):
        of_real, of_complex = mg.vjp(f, z)[1], mg.vjp(lambda z, f=f: f(z, dtype=complex), z)[1]
        np.testing.assert_allclose(of_complex(0.5 + 7j), of_real(0.5))


@pytest.mark.parametrize("f", [np.prod, np.cumprod, np.cumulative_prod, np.var, np.std])
def test_a_real_type_for_complex_values_is_refused(f: Any) -> None:
    z = mg.tensor([1.0, 2.0], requires_grad=True) * (1 + 1j)
    with pytest.raises(MinigradError, match=r"drops the imaginary parts .* take z.real"):
        f(z, dtype=float)


def test_an_interpolation_between_complex_values_keeps_the_imaginary_parts() -> None:
    x, z = np.array([0.5, 1.5]), np.array([1 + 2j, 3 - 1j, 2 + 0.5j])
    np.testing.assert_array_equal(np.interp(mg.tensor(x), [0, 1, 2], z).data, np.interp(x, [0, 1, 2], z))
    with pytest.raises(DifferentiabilityError, match=r"interp .* is for real numbers"):
        mg.grad(lambda x: np.sum(np.interp(x, [0, 1, 2], z).imag))(x)
