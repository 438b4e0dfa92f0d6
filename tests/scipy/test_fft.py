"""Fourier, cosine and sine transforms of tensors through the mirror of `scipy.fft`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.fft

import minigrad_core as mg
from minigrad_scipy import fft

X = np.random.default_rng(0).normal(size=(4, 6))


@pytest.mark.parametrize("name", ["dct", "dst", "dctn", "dstn"])
@pytest.mark.parametrize("norm", [None, "ortho", "forward"])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_inverse_undoes_a_transform_and_its_gradient(name: str, norm: Any, number: int) -> None:
    def back_and_forth(x: Any) -> Any:
        y = getattr(fft, f"i{name}")(x, number, norm=norm)
        return (getattr(fft, name)(y, number, norm=norm) ** 2).sum() / 2

    np.testing.assert_allclose(mg.grad(back_and_forth)(X), X, atol=1e-12)


@pytest.mark.parametrize("name", ["fft", "ifft2", "rfft", "irfftn", "hfft", "ihfft", "fftn"])
def test_fourier_transforms_take_tensors_under_scipys_arguments(name: str) -> None:
    axis = {"axes": (0, 1)} if name[-1] in "2n" else {"axis": 0}
    expected = getattr(scipy.fft, name)(X, norm="ortho", **axis)
    result = getattr(fft, name)(mg.tensor(X, requires_grad=True), norm="ortho", workers=1, **axis)
    assert result.requires_grad
    np.testing.assert_allclose(result.detach().numpy(), expected, atol=1e-12)


def test_arguments_without_effect_are_accepted_by_position() -> None:
    x = mg.tensor(X, requires_grad=True)
    np.testing.assert_array_equal(fft.dct(x, 2, 5, 0, "ortho", True).detach(), fft.dct(X, 2, 5, 0, "ortho"))
    np.testing.assert_array_equal(fft.fft(x, 5, 0, "ortho", True, 1).detach(), np.fft.fft(X, 5, 0, "ortho"))


def test_complex_values_ignore_orthogonalize_as_in_scipy() -> None:
    z = X + 1j * X[::-1]
    slopes = mg.grad(lambda z: fft.dct(z, orthogonalize=True)[:, 0].sum().real)(z)
    np.testing.assert_allclose(slopes, np.full(z.shape, 2.0))
    np.testing.assert_allclose(scipy.fft.dct(z, orthogonalize=True)[:, 0], 2 * z.sum(axis=1))


def test_scipys_errors_come_before_anything_is_computed() -> None:
    x = mg.tensor(X, requires_grad=True)
    with pytest.raises(ValueError, match="axes exceeds dimensionality"):
        fft.dctn(x, axes=(0, 2))
    with pytest.raises(ValueError, match="norm"):
        fft.dct(x, norm="none")
