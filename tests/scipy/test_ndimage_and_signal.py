"""Gradients of large images in `ndimage`; refusals and forms of results of `ndimage` and `signal`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy
from packaging.version import Version

import minigrad_core as mg
from minigrad_core.contracts.cases import Values
from minigrad_core.errors import ArgumentError, DifferentiabilityError, InputError
from minigrad_scipy import ndimage, signal
from minigrad_scipy.composites import Sampled

IMAGE = np.random.default_rng(0).normal(size=(6, 7))


@pytest.mark.parametrize("order", range(6))
@pytest.mark.parametrize("mode", ["constant", "mirror", "wrap", "nearest", "grid-constant"])
def test_a_large_image_has_the_gradient_of_its_differences(order: int, mode: str) -> None:
    image = np.random.default_rng(order).normal(size=(30, 26))
    weights = np.random.default_rng(9).normal(size=image.shape)

    def loss(shift: Any) -> Any:
        return np.sum(ndimage.shift(image, shift, order=order, mode=mode, cval=0.3) * weights)

    s, step = np.array([2.3, -1.6]), 1e-5
    steps = np.eye(2) * step
    expected = [(loss(s + e) - loss(s - e)) / (2 * step) for e in steps]
    np.testing.assert_allclose(mg.grad(loss)(s), expected, rtol=1e-6, atol=1e-7)


def test_an_image_with_whole_numbers_has_no_gradient_and_does_not_wrap() -> None:
    weights = mg.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(DifferentiabilityError, match="values of type uint8 have no gradient"):
        ndimage.correlate1d(np.array([200, 100], np.uint8), weights)
    points = mg.tensor([[0.5, 1.5]], requires_grad=True)
    with pytest.raises(DifferentiabilityError, match="values of type int64 have no gradient"):
        ndimage.map_coordinates(np.array([1, 2, 3]), points)


def test_arguments_without_a_gradient_are_refused_by_name() -> None:
    x = mg.tensor(IMAGE, requires_grad=True)
    with pytest.raises(ArgumentError, match="'output'"):
        ndimage.convolve(x, np.ones((2, 2)), output=np.float32)
    with pytest.raises(ArgumentError, match="'method'"):
        signal.filtfilt([1.0], [1.0, 0.2], x, method="gust")
    with pytest.raises(ArgumentError, match="'t' is not supported"):
        signal.resample(x, 3, t=np.arange(7.0), axis=1)
    with pytest.raises(InputError, match="detrend is a function"):
        signal.welch(x, nperseg=4, detrend=np.sin)
    with pytest.raises(InputError, match="give an array, worN=w"):
        signal.freqs(x[0], x[1])
    with pytest.raises(InputError, match="mode 'smooth'"):
        signal.upfirdn(np.ones(3), x, mode="smooth")
    with pytest.raises(InputError, match="padtype 'line' is not supported for tensors"):
        signal.resample_poly(x, 2, 3, padtype="line")
    with pytest.raises(InputError, match="two different axes"):
        ndimage.rotate(x, 30.0, axes=(0, -2))


def test_what_scipy_answers_in_silence_is_refused() -> None:
    x = mg.tensor(IMAGE, requires_grad=True)
    with pytest.raises(InputError, match="weights have NaN"):
        ndimage.correlate1d(x, [1.0, np.nan])
    with pytest.raises(InputError, match="NaN or infinite"):
        ndimage.map_coordinates(x, np.array([[np.nan], [1.0]]))
    with pytest.raises(InputError, match="the image has NaN"):
        ndimage.median_filter(mg.tensor([1.0, np.nan]), 3)
    line = mg.tensor([3.0, 1.0, 4.0, 1.5, 9.0], requires_grad=True)
    with pytest.raises(InputError, match=r"ignores the holes.* image\[None\]"):
        ndimage.median_filter(line, footprint=[True, True, False, True])
    with pytest.raises(InputError, match="no values to interpolate"):
        ndimage.shift(mg.tensor(np.zeros((0, 3))), 1.0)


def test_scipys_own_errors_come_through() -> None:
    x = mg.tensor(IMAGE)
    with pytest.raises(RuntimeError, match="boundary mode not supported"):
        ndimage.gaussian_filter(x, 1.0, mode="circular")
    with pytest.raises(InputError, match="Invalid origin"):
        ndimage.convolve(x, np.ones((2, 2)), origin=3)
    with pytest.raises(RuntimeError, match="spline order not supported"):
        ndimage.zoom(x, 2, order=7)


def test_frequencies_and_times_are_plain_arrays_as_scipy_returns_them() -> None:
    x = np.random.default_rng(1).normal(size=(3, 40))
    calls: dict[str, dict[str, Any]] = {
        "welch": {"nperseg": 8, "fs": 3.0},
        "periodogram": {"nfft": 50, "fs": 2.0},
        "spectrogram": {"nperseg": 8, "return_onesided": False},
        "stft": {"nperseg": 8, "fs": 5.0, "boundary": "odd"},
        "istft": {},
        "freqz": {},
    }
    for name, settings in calls.items():
        given = {"istft": x[:, :, None] * np.ones(5), "freqz": x[0, :4]}.get(name, x)
        expected = getattr(scipy.signal, name)(given, **settings)
        results = getattr(signal, name)(mg.tensor(given, requires_grad=True), **settings)
        assert [type(r) is np.ndarray for r in results] == [True] * (len(results) - 1) + [False], name
        for result, value in zip(results, expected, strict=True):
            np.testing.assert_allclose(getattr(result, "data", result), value, atol=1e-12, err_msg=name)


SPECTRA = [op for op in signal.OPERATIONS if isinstance(op, Sampled)]


@pytest.mark.parametrize("name", [op.name for op in SPECTRA])
def test_all_outputs_are_those_of_scipy_in_every_case(name: str) -> None:
    (op,) = (op for op in SPECTRA if op.name == name)
    rng = np.random.default_rng(4)
    for case in op.cases:
        shapes = {k: v.shape.replace("n", "5") for k, v in case.arguments.items() if isinstance(v, Values)}
        inputs = {k: rng.uniform(0.2, 0.8, tuple(map(int, s.split()))) for k, s in shapes.items()}
        settings = {k: v for k, v in case.arguments.items() if k not in inputs}
        if name != "freqs":
            settings.setdefault("fs", 3.0)
        scale = inputs["sos"][:, 3:4] if "sos" in inputs else 1.0
        expected = getattr(scipy.signal, name)(**{k: x / scale for k, x in inputs.items()}, **settings)
        tensors = {k: mg.tensor(x, requires_grad=True) for k, x in inputs.items()}
        for got, value in zip(getattr(signal, name)(**tensors, **settings), expected, strict=True):
            np.testing.assert_allclose(getattr(got, "data", got), value, atol=1e-12, err_msg=str(case))


def check_slope(f: Any, x: Any) -> None:
    """Compare the gradient of a weighted sum of f(x) with a difference along a random direction."""
    rng = np.random.default_rng(7)
    weights, v, h = rng.normal(size=np.shape(f(x))), rng.normal(size=np.shape(x)), 1e-6
    difference = np.sum((f(x + h * v) - f(x - h * v)) * weights) / (2 * h)
    np.testing.assert_allclose(
        np.sum(mg.grad(lambda x: np.sum(f(x) * weights))(x) * v), difference, rtol=1e-7
    )


@pytest.mark.skipif(Version(scipy.__version__) >= Version("1.18"), reason="SciPy refuses such filters")
def test_leading_zeros_of_a_shorten_a_filter_as_in_scipy() -> None:
    a = mg.tensor([0.0, 0.8, 0.3], requires_grad=True)
    state = signal.lfilter_zi([0.5, 0.2], a)
    np.testing.assert_allclose(state.numpy(), scipy.signal.lfilter_zi([0.5, 0.2], [0.8, 0.3]))
    np.sum(state).backward()
    expected = mg.grad(lambda a: np.sum(signal.lfilter_zi([0.5, 0.2], a)))(np.array([0.8, 0.3]))
    np.testing.assert_allclose(np.asarray(a.grad)[1:], expected)


def test_vanishing_taps_shorten_a_filter_as_in_scipy() -> None:
    for last in ([0.2, 0.4, 0.0, 1.0, 0.2, 0.1], [0.2, 0.4, 0.1, 1.0, 0.2, 0.0]):
        sos = np.array([[0.5, 0.3, 0.0, 1.0, 0.3, 0.0], last])
        check_slope(lambda x, sos=sos: signal.sosfiltfilt(sos, x), IMAGE[0].repeat(3))


@pytest.mark.parametrize("name", ["fourier_gaussian", "fourier_uniform", "fourier_shift"])
@pytest.mark.parametrize("kind", ["complex64", "complex128", "float32", "uint8"])
def test_spectra_keep_their_precision(name: str, kind: str) -> None:
    x = np.arange(12).reshape(3, 4).astype(kind)
    y = getattr(ndimage, name)(mg.tensor(x), 0.7).numpy()
    expected = getattr(scipy.ndimage, name)(x, 0.7)
    single = kind in ("complex64", "float32")
    assert y.dtype == (np.complex64 if single and expected.dtype.kind == "c" else expected.dtype)
    np.testing.assert_allclose(y, expected, rtol=1e-5 if single else 1e-13, atol=1e-6)


def test_the_window_of_resample_may_be_a_function_of_the_frequencies() -> None:
    check_slope(lambda x: signal.resample(x, 4, window=lambda f: np.exp(-f * f)), IMAGE)


@pytest.mark.parametrize("boundary", ["fill", "wrap", "symm"])
def test_one_input_alone_of_a_convolution_of_images_has_a_gradient(boundary: str) -> None:
    kernel = np.array([[1.0, 0.5, 2.0], [0.0, 1.0, -1.0]])
    check_slope(lambda x: signal.convolve2d(x, kernel, "same", boundary), IMAGE)
    check_slope(lambda k: signal.convolve2d(IMAGE, k, "same", boundary), kernel)


def test_sections_are_divided_by_their_leading_coefficient() -> None:
    sos = np.array([[2.0, 1.0, 0.5, 2.0, 0.4, 0.2]])
    y = signal.sosfilt(mg.tensor(sos), IMAGE).numpy()
    np.testing.assert_allclose(y, scipy.signal.sosfilt(sos / 2, IMAGE))


def test_the_window_of_the_caller_stays_as_it_is() -> None:
    window = np.array([0.5, 1.0, 0.5])
    signal.csd(mg.tensor(IMAGE), mg.tensor(IMAGE), window=window)
    assert window.tolist() == [0.5, 1.0, 0.5]


@pytest.mark.parametrize(
    ("number", "array"),
    [
        (lambda a, x: signal.filtfilt(a, 1.0, x), lambda a, x: signal.filtfilt(a, np.ones(1), x)),
        (lambda a, x: signal.lfilter(2, a, x), lambda a, x: signal.lfilter(np.array([2.0]), a, x)),
        (
            lambda a, x: signal.csd(list(range(20)), x, nperseg=4)[1].real * a[1],
            lambda a, x: signal.csd(np.arange(20), x, nperseg=4)[1].real * a[1],
        ),
    ],
)
def test_a_number_or_a_list_counts_as_an_array(number: Any, array: Any) -> None:
    a, x = np.array([1.0, 0.4]), np.sin(np.arange(20.0) ** 2)
    for k in (0, 1):
        expected = mg.grad(lambda *args: np.sum(array(*args) ** 2), k)(a, x)
        np.testing.assert_allclose(mg.grad(lambda *args: np.sum(number(*args) ** 2), k)(a, x), expected)


@pytest.mark.parametrize("name", ["gaussian_laplace", "gaussian_gradient_magnitude"])
def test_each_derivative_of_a_smoothed_image_has_a_mode_of_its_own(name: str) -> None:
    check_slope(lambda x: getattr(ndimage, name)(x, 1.0, mode=("constant", "nearest"), cval=2.0), IMAGE)


def test_structures_whose_sums_float32_rounds_choose_the_same_pixels() -> None:
    structure = np.random.default_rng(1).normal(size=(2, 3))
    for name in ("grey_erosion", "grey_dilation", "grey_opening"):
        f = lambda x, name=name: np.sum(getattr(ndimage, name)(x, structure=structure) ** 2)  # noqa: E731
        single = mg.grad(f)(IMAGE.astype(np.float32))
        np.testing.assert_allclose(single, mg.grad(f)(IMAGE), rtol=1e-5, atol=1e-5)


def test_a_point_between_two_pixels_has_the_gradient_of_the_pixel_that_scipy_takes() -> None:
    def turn(x: Any) -> Any:
        return ndimage.rotate(x, 90.0, reshape=False, order=0, mode="mirror")

    image = IMAGE[:4, :5]
    np.testing.assert_allclose(mg.jvp(turn, image, image)[1], turn(image))


def test_the_middle_of_a_convolution_along_a_repeated_axis_has_a_gradient() -> None:
    column, kernel = IMAGE[:, :1], IMAGE[:2, :3]
    for f in (signal.fftconvolve, signal.oaconvolve):
        check_slope(lambda x, f=f: f(x, kernel, "same", axes=0), column)
        check_slope(lambda x, f=f: f(column, x, "same", axes=0), kernel)


def test_correlate2d_with_a_larger_second_image_takes_the_conjugate_of_the_first() -> None:
    small, large = IMAGE[:2, :3] + 1j * IMAGE[2:4, :3], IMAGE[:3, :4] - 1j * IMAGE[3:6, :4]
    check_slope(lambda x: np.imag(signal.correlate2d(small * x, large, "valid")), IMAGE[:2, 3:6])
    check_slope(lambda x: np.imag(signal.correlate2d(small, large * x, "valid")), IMAGE[:3, 3:7])
