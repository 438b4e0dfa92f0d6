"""Functions of spectra: `hilbert`, `hilbert2`, and the frequency responses of filters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, between, real
from minigrad_core.errors import InputError

from .. import signal
from ..composites import Composite, Sampled
from .sections import SOS, Sections

_AT = np.array([0.3, 1.1])
_HALF = between(0.3, 0.5, "2")
# Not at the zeros of a section with equal coefficients, 2 pi / 3.
_SECTION_CASES = (Case(sos=SOS, worN=_AT, fs=5.0),)


class AnalogResponse(Sampled):
    """`freqs` at given frequencies: those that SciPy finds depend on the coefficients."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        if np.ndim(settings.get("worN", 200)) == 0:
            raise InputError(
                "freqs: SciPy finds the frequencies from the coefficients; give an array, worN=w"
            )
        return super().compute(*inputs, **settings)


class RootResponse(Sampled):
    """`freqz_zpk`, which SciPy computes in single precision for long doubles."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        if np.iscomplexobj(inputs[2]):
            raise InputError("freqz_zpk: SciPy takes the real part of a complex k; multiply the response")
        double = {"g": np.float64, "G": np.complex128}
        return super().compute(
            *(x.astype(double.get(x.dtype.char, x.dtype)) for x in map(np.asarray, inputs)), **settings
        )


class SectionResponse(Sampled, Sections):
    """The response of sections, which are divided by sos[:, 3]."""


def _keep_positive(n: int) -> Any:
    """Return 2 for the positive frequencies of n values, 1 for those without a sign, 0 for negative ones."""
    factor = np.zeros(n)
    factor[: (n + 1) // 2] = 2
    factor[[0, n // 2] if n % 2 == 0 else 0] = 1
    return factor


@Composite.define(
    "signal.hilbert",
    Case(x=real("3 4"), axis=axis_of("x")),
    Case(x=real("5")),
    Case(x=real("2 3 2"), N=4, axis=0),
)
def hilbert(x: Any, *, N: int | None = None, axis: int = -1) -> Any:
    """The signal x + i H(x) without negative frequencies, from the spectrum of N values along `axis`."""
    n = x.shape[axis] if N is None else N
    spectrum = np.fft.fft(np.moveaxis(x, axis, -1), n) * _keep_positive(n)
    return np.moveaxis(np.fft.ifft(spectrum), -1, axis)


@Composite.define("signal.hilbert2", Case(x=real("3 4")), Case(x=real("4 2 3"), N=(4, 5), axes=(2, 0)))
def hilbert2(x: Any, *, N: Any = None, axes: tuple[int, int] = (-2, -1)) -> Any:
    """The image without negative frequencies along either of two axes, from the spectrum of N values."""
    sizes = [x.shape[axis] for axis in axes] if N is None else np.broadcast_to(N, 2).tolist()
    spectrum = np.fft.fft2(np.moveaxis(x, axes, (-2, -1)), sizes)
    rows, columns = (np.where(np.arange(n) < (n + 1) // 2, 2.0, 0.0) for n in sizes)
    rows[0] = columns[0] = 1
    return np.moveaxis(np.fft.ifft2(spectrum * rows[:, None] * columns), (-2, -1), axes)


def list_frequencies(worN: Any, whole: bool, fs: float, nyquist: bool = False) -> tuple[Any, Any]:
    """Return the frequencies at which SciPy computes a response, in the unit of `fs`, and exp(-i w) there."""
    if worN is None or np.ndim(worN) == 0:
        n = 512 if worN is None else int(worN)
        w = np.linspace(0, 2 * np.pi if whole else np.pi, n, endpoint=nyquist and not whole)
    else:
        w = 2 * np.pi * np.asarray(worN, float) / fs
    return w * (fs / (2 * np.pi)), np.exp(-1j * w)


def _evaluate(coefficients: Any, z: Any) -> Any:
    """Return the polynomial at z; NumPy's complex powers take ten times as long as these products."""
    n, powers = coefficients.shape[0], np.ones((1, *z.shape), z.dtype)
    while powers.shape[0] < n:
        powers, z = np.concatenate([powers, powers * z]), z * z
    return (coefficients + 0j) @ powers[:n]


@Sampled.define(
    "signal.freqz",
    Case(b=real("3"), a=between(0.3, 0.5, "2"), worN=_AT, fs=5.0),
    Case(b=real("2"), a=between(0.8, 1.6, "1"), worN=4, include_nyquist=True),
    Case(b=real("3"), worN=3, whole=True),
    Case(b=real("2")),
)
def freqz(
    b: Any,
    a: Any = None,
    *,
    worN: Any = 512,
    whole: bool = False,
    fs: float = 2 * np.pi,
    include_nyquist: bool = False,
) -> Iterator[Any]:
    """The response b(z) / a(z) of a filter at z = exp(-i w). b: (m,), a: (k,) -> (frequencies,)."""
    frequencies, z = list_frequencies(worN, whole, fs, include_nyquist)
    yield (frequencies,)
    numerator = _evaluate(np.atleast_1d(b), z)
    yield numerator if a is None else numerator / _evaluate(np.atleast_1d(a), z)


@SectionResponse.define("signal.freqz_sos", *_SECTION_CASES)
def freqz_sos(sos: Any, *, worN: Any = 512, whole: bool = False, fs: float = 2 * np.pi) -> Iterator[Any]:
    """The product of the responses of the sections, divided by sos[:, 3]. sos: (n, 6) -> (frequencies,)."""
    frequencies, z = list_frequencies(worN, whole, fs)
    yield (frequencies,)
    response = np.ones(len(z), complex)
    for i in range(sos.shape[0]):
        response = response * _evaluate(sos[i, :3], z) / _evaluate(sos[i, 3:], z)
    yield response


def sosfreqz(*args: Any, **kwargs: Any) -> Any:
    """Return `freqz_sos`, whose old name this is."""
    return signal.freqz_sos(*args, **kwargs)


@RootResponse.define(
    "signal.freqz_zpk",
    Case(z=_HALF, p=_HALF, k=real(""), worN=_AT),
    Case(z=_HALF, p=_HALF, k=real(""), worN=3),
)
def freqz_zpk(
    z: Any, p: Any, k: Any, *, worN: Any = 512, whole: bool = False, fs: float = 2 * np.pi
) -> Iterator[Any]:
    """The response k prod(e - z) / prod(e - p) at e = exp(i w). z: (m,), p: (n,), k: one number."""
    frequencies, inverse = list_frequencies(worN, whole, fs)
    yield (frequencies,)
    e = np.conj(inverse)[:, None]
    yield k * np.prod(e - z, axis=1) / np.prod(e - p, axis=1)


@AnalogResponse.define("signal.freqs", Case(b=_HALF, a=_HALF, worN=_AT))
def freqs(b: Any, a: Any, *, worN: Any = 200) -> Iterator[Any]:
    """The response b(s) / a(s) of an analog filter at s = i w, for an array w. b: (m,), a: (k,)."""
    yield (np.asarray(worN),)
    s = 1j * np.asarray(worN, float)
    yield _evaluate(b[::-1], s) / _evaluate(a[::-1], s)


OPERATIONS: tuple[Operation, ...] = (hilbert, hilbert2, freqz, freqz_sos, freqz_zpk, freqs)
