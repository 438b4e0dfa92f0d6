"""Other sampling rates: `upfirdn`, `resample`, `resample_poly` and `decimate`."""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd
from typing import Any

import numpy as np
import scipy

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real
from minigrad_core.errors import InputError
from minigrad_ops_basic.composite import pull_back
from minigrad_ops_basic.fourier import resize

from .. import signal
from ..composites import Composite
from ..precision import cast_each, match_precision
from ..primitives import ScipyFunction
from ..valid_correlation import correlate_valid

_PADS = ("constant", "symmetric", "reflect", "edge", "wrap")  # the modes that np.pad has, too
_BACKGROUNDS: dict[str, Any] = {"mean": np.mean, "median": np.median, "minimum": np.min, "maximum": np.max}
_SYSTEMS = [{"ftype": ftype, "zero_phase": zero} for ftype in ("iir", "fir") for zero in (True, False)]


class PolyphaseResampling(Composite):
    """`resample_poly` with the values beyond the ends of which `upfirdn` has the gradient."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        known = (*_PADS, *_BACKGROUNDS)
        _check_mode("resample_poly: padtype", settings.get("padtype", "constant"), known)
        return super().compute(*inputs, **settings)


class Decimation(Composite):
    """`decimate` with a filter that SciPy designs."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        if not isinstance(settings.get("ftype", "iir"), str):
            raise InputError("decimate: a system as ftype takes no tensors; filter the signal before")
        return super().compute(*inputs, **settings)


def _check_mode(argument: str, mode: str, known: Iterable[str]) -> None:
    if mode not in known:
        raise InputError(f"{argument} {mode!r} is not supported for tensors; expected {', '.join(known)}")


def _insert_zeros(x: Any, step: int) -> Any:
    """Return x with step - 1 zeros after each value."""
    first = (np.arange(step) == 0).astype(x.dtype)
    return (x[..., None] * first).reshape(*x.shape[:-1], x.shape[-1] * step)


class UpFirDown(ScipyFunction):
    """y_m = sum over k of h_(m down - k up) x_k: x with zeros inserted and filtered, each `down`-th value.

    h: (m,), x: any shape. mode: what lies before and after x, "constant" for `cval`, or as in `np.pad`.

    d/dx_k = the sum over m of h_(m down - k up) grad_m, the same function of grad, with h reversed, and up
    and down exchanged. d/dh_i = the sum of grad_m x_k over m down - k up = i.
    """

    cases = (
        Case(h=real("4"), x=real("2 n"), up=2, down=3, axis=axis_of("x")),
        Case(h=real("5"), x=real("4"), up=3, down=2),
        Case(h=real("4"), x=real("3 2 2"), up=2, down=3, axis=0),
        Case(h=real("3"), x=real("5"), down=2, mode="constant", cval=0.7),
        *(
            Case(h=real("5"), x=real("4 2 2"), up=2, down=3, axis=0, mode=mode)
            for mode in ("wrap", "reflect", "edge")
        ),
        Case(h=real("2"), x=real("3"), up=3, mode="symmetric"),
    )

    def forward(
        self,
        ctx: Context,
        h: Array,
        x: Array,
        *,
        up: int = 1,
        down: int = 1,
        axis: int = -1,
        mode: str = "constant",
        cval: float = 0,
    ) -> Any:
        _check_mode("upfirdn: mode", mode, _PADS)
        ctx.save(h, x, up, down, axis, mode, cval)
        return self.evaluate(h, x, up=up, down=down, axis=axis, mode=mode, cval=cval)

    def backward(self, ctx: Context, grad: Any) -> tuple[Any, ...]:
        h, x, up, down, axis, mode, cval = ctx.saved
        if mode != "constant" or cval != 0:

            def filter_padded(h: Any, x: Any) -> Any:
                return self._filter_padded(h, x, up, down, axis, mode, cval)

            pulled = pull_back(filter_padded, (h, x), ctx.needs, grad)
            return cast_each(pulled, (h, x))
        lines, grad = np.moveaxis(x, axis, -1), np.moveaxis(grad, axis, -1)
        n, taps = lines.shape[-1], h.shape[0]
        gradients: list[Any] = [None, None]
        if ctx.needs[1]:
            after = -(taps - 1) % up
            turned = np.concatenate([np.zeros(after, h.dtype), h[::-1]])
            y = signal.upfirdn(turned, grad, down, up)
            start = (taps - 1 + after) // up
            gradients[1] = match_precision(np.moveaxis(resize(y[..., start:], n, -1), -1, axis), x.dtype)
        if ctx.needs[0]:
            lags = -(-taps // up)  # of each of the `up` phases of h
            spread = resize(_insert_zeros(grad, down), up * (lags + n - 1), -1)
            phases = [correlate_valid.evaluate(spread[..., i::up], lines).ravel() for i in range(up)]
            gradients[0] = match_precision(np.stack(phases, axis=-1).ravel()[:taps], h.dtype)
        return tuple(gradients)

    def _filter_padded(self, h: Any, x: Any, up: int, down: int, axis: int, mode: str, cval: Any) -> Any:
        """Return the result from x with as many values around it as h reaches."""
        lines = np.moveaxis(x, axis, -1)
        n, taps = lines.shape[-1], h.shape[0]
        pad = -(-(taps - 1) // up)
        pad += -pad % (down // gcd(up, down))  # so that the padding moves the result by whole steps
        pads = [(0, 0)] * (len(x.shape) - 1) + [(pad, pad)]
        values = {"constant_values": cval} if mode == "constant" else {}
        y = signal.upfirdn(h, np.pad(lines, pads, mode, **values), up, down)  # type: ignore[call-overload]
        start, length = pad * up // down, -(-((n - 1) * up + taps) // down)
        return np.moveaxis(y[..., start : start + length], -1, axis)


@Composite.define(
    "signal.resample",
    *(Case(x=real(f"{n} 2"), num=num) for n in (4, 5) for num in (3, 4, 6)),
    Case(x=real("2 5"), num=4, axis=1, window="hamming"),
    Case(x=real("5 2 2"), num=4),
    Case(x=real("5 2 2"), num=4, domain="freq"),
    Case(x=real("6"), num=4, window=np.array([1.0, 0.9, 0.5, 0.2, 0.4, 0.8])),
    *(Case(x=real("5"), num=num, domain="freq") for num in (4, 6)),
    *(Case(x=real("4"), num=num, domain="freq") for num in (2, 4)),
    Case(x=real("2 4"), num=6, axis=1, domain="freq"),
)
def resample(x: Any, *, num: int, axis: int = 0, window: Any = None, domain: str = "time") -> Any:
    """The signal with the same spectrum at `num` points, cut off or filled up with zeros at high frequencies.

    window: factors of the spectrum at `np.fft.fftfreq(n)`. domain "freq": x is the spectrum.
    """
    axis = axis if len(x.shape) > 1 else -1  # SciPy ignores the axis of a single signal
    lines = np.moveaxis(x, axis, -1)
    factor = _find_window(window, lines.shape[-1])
    if domain == "time" and lines.dtype.kind != "c":
        y = _resample_real(lines, num, factor)
    else:
        spectrum = np.fft.fft(lines) if domain == "time" else lines
        y = _resample_spectrum(spectrum if factor is None else spectrum * factor, num)
    return np.moveaxis(y, -1, axis)


def _resample_real(lines: Any, num: int, factor: Any) -> Any:
    """Return real signals at `num` points, from the half of their spectra with frequencies from 0 on."""
    n = lines.shape[-1]
    m = min(n, num)
    half = m // 2 + 1
    ends = np.ones(half)
    if factor is not None:
        size = n // 2 + 1
        ends = factor[:half].copy()
        ends[1:] = (factor[1:size] + factor[-size + 1 :][::-1])[: half - 1] / 2
    if m % 2 == 0 and num != n:
        ends[m // 2] *= 2 if num < n else 0.5
    return np.fft.irfft(np.fft.rfft(lines)[..., :half] * ends * (num / n), num)


def _resample_spectrum(spectrum: Any, num: int) -> Any:
    """Return the signals at `num` points, from their spectra; the middle frequency stands for both signs."""
    n = spectrum.shape[-1]
    m = min(n, num)
    half = m // 2 + 1
    low, high = spectrum[..., :half], spectrum[..., n - (m - half) :]
    if m % 2 == 0 and num < n:
        low = np.concatenate(
            [low[..., :-1], low[..., -1:] + spectrum[..., n - m // 2 : n - m // 2 + 1]], axis=-1
        )
    elif m % 2 == 0 and num > n:
        middle = low[..., -1:] / 2
        low, high = np.concatenate([low[..., :-1], middle], axis=-1), np.concatenate([middle, high], axis=-1)
    zeros = np.zeros((*spectrum.shape[:-1], num - low.shape[-1] - high.shape[-1]), spectrum.dtype)
    return np.fft.ifft(np.concatenate([low, zeros, high], axis=-1) * (num / n))


def _find_window(window: Any, n: int) -> Any:
    """Return the factors of the spectrum of n values, None for 1."""
    if window is None or isinstance(window, np.ndarray):
        return window
    if callable(window):
        return window(np.fft.fftfreq(n))
    return np.fft.fftshift(scipy.signal.get_window(window, n))


@PolyphaseResampling.define(
    "signal.resample_poly",
    Case(x=real("5 2"), up=2, down=3, window=np.array([0.2, 0.9, 0.5, 0.1, 0.3])),
    Case(x=real("2 6"), up=3, down=2, axis=1, padtype="mean"),
    Case(x=real("7"), up=1, down=2, window=np.array([0.2, 0.9, 0.4]), padtype="edge"),
    Case(x=real("4"), up=2, down=2),
    Case(x=real("4"), up=3, down=1, window=np.array([0.2, 0.9, 0.4])),
)
def resample_poly(
    x: Any,
    *,
    up: int,
    down: int,
    axis: int = 0,
    window: Any = ("kaiser", 5.0),
    padtype: str = "constant",
    cval: float | None = None,
) -> Any:
    """The signal at `up` / `down` times as many points, by a low-pass filter with zero phase.

    window: that of `firwin`, or the filter itself. padtype: what lies beyond the ends, as in `upfirdn`, or
    "mean", "median", "minimum" or "maximum" of the signal.
    """
    up, down = up // gcd(up, down), down // gcd(up, down)
    if up == down == 1:
        return +x
    n = x.shape[axis]
    length = -(-n * up // down)
    if isinstance(window, (list, np.ndarray)):
        taps = np.asarray(window)
        half = (len(taps) - 1) // 2
    else:
        half = 10 * max(up, down)
        taps = scipy.signal.firwin(2 * half + 1, 1 / max(up, down), window=window)
    before = down - half % down
    start = (half + before) // down
    h = np.concatenate([np.zeros(before), taps * up, np.zeros(up)])  # the last outputs may need more taps
    background = _BACKGROUNDS[padtype](x, axis=axis, keepdims=True) if padtype in _BACKGROUNDS else None
    if background is None:
        values = {"cval": cval or 0} if padtype == "constant" else {}
        y = signal.upfirdn(h, x, up, down, axis, mode=padtype, **values)
    else:
        y = signal.upfirdn(h, x - background, up, down, axis)
    y = y[(slice(None),) * (axis % len(x.shape)) + (slice(start, start + length),)]
    return y if background is None else y + background


@Decimation.define(
    "signal.decimate",
    *(Case(x=real("12"), q=2, n=2, **system) for system in _SYSTEMS),
    *(Case(x=real("12 2 2"), q=2, n=2, axis=0, ftype="fir", zero_phase=zero) for zero in (True, False)),
)
def decimate(
    x: Any, *, q: int, n: int | None = None, ftype: str = "iir", axis: int = -1, zero_phase: bool = True
) -> Any:
    """Each q-th value of the signal, after a low-pass filter.

    ftype: "iir" for a Chebyshev filter of order n, 8 by default, "fir" for one of n + 1 taps, n = 20 q.
    """
    if ftype == "fir":
        taps = scipy.signal.firwin((20 * q if n is None else n) + 1, 1 / q)
        if zero_phase:
            return signal.resample_poly(x, 1, q, axis=axis, window=taps)
        y, step = signal.upfirdn(taps, x, 1, q, axis), 1
        keep = -(-x.shape[axis] // q)
    else:
        sos = scipy.signal.cheby1(8 if n is None else n, 0.05, 0.8 / q, output="sos")
        y = (signal.sosfiltfilt if zero_phase else signal.sosfilt)(sos, x, axis=axis)
        step, keep = q, x.shape[axis]
    return y[(slice(None),) * (axis % len(x.shape)) + (slice(0, keep, step),)]


OPERATIONS: tuple[Operation, ...] = (UpFirDown("signal.upfirdn"), resample, resample_poly, decimate)
