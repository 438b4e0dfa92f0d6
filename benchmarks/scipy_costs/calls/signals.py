"""Calls of scipy.signal and scipy.fft."""

from __future__ import annotations

from typing import Any

from scipy import signal

from ..call import Call, normal

LONG, SHORT = normal(100000), normal(200)
DESIGN: Any = signal.butter
B, A = DESIGN(3, 0.2)
SOS = DESIGN(6, 0.2, output="sos")
ROWS = normal(200, 1024)

SECTIONS = (
    "SciPy filters by all sections in one loop, which takes as long as one section; the gradient of the "
    "coefficients needs the signal before each section and the gradient after it, a loop each"
)
FRAMES = "SciPy's frames are views, and the gradient adds the overlapping frames up"
TRANSFORMS = "one or two more Fourier transforms than the value, of complex values"
EXTENSION = "the signal is extended and filtered again, and each of the two filters has a backward pass"


SIGNALS = (
    Call("fft.dct", "200 by 1,024", (ROWS,), peers="jax"),
    Call("fft.dst", "200 by 1,024", (ROWS,)),
    Call("fft.rfft", "200 by 1,024", (ROWS,), reason=TRANSFORMS),
    Call("signal.fftconvolve", "100,000 and 200 values", (LONG, SHORT), {"mode": "same"}, peers="jax"),
    Call(
        "signal.oaconvolve",
        "100,000 and 200 values",
        (LONG, SHORT),
        {"mode": "same"},
        reason="the two gradients are a convolution each",
    ),
    Call(
        "signal.convolve",
        "10,000 and 20 values",
        (LONG[:10000], SHORT[:20]),
        {"method": "direct"},
        note="direct",
    ),
    Call(
        "signal.convolve2d",
        "256 by 256, 5 by 5 weights",
        (normal(256, 256), normal(5, 5)),
        {"mode": "same"},
        peers="jax",
    ),
    Call(
        "signal.lfilter",
        "100,000 values, 4 and 4 coefficients",
        (B, A, LONG),
        reason="the gradient is three filters, and a product of signals for each coefficient",
    ),
    Call(
        "signal.lfilter",
        "100,000 values, 4 and 4 coefficients",
        (LONG,),
        function=lambda r, x: r.signal.lfilter(B, A, x),
        note="in the signal alone",
    ),
    Call("signal.sosfilt", "100,000 values, 3 sections", (SOS, LONG), reason=SECTIONS),
    Call(
        "signal.sosfilt",
        "100,000 values, 3 sections",
        (LONG,),
        function=lambda r, x: r.signal.sosfilt(SOS, x),
        note="in the signal alone",
    ),
    Call("signal.filtfilt", "100,000 values, 4 and 4 coefficients", (B, A, LONG), reason=EXTENSION),
    Call("signal.sosfiltfilt", "100,000 values, 3 sections", (SOS, LONG), reason=SECTIONS),
    Call(
        "signal.savgol_filter",
        "100,000 values",
        (LONG,),
        {"window_length": 11, "polyorder": 3},
        reason="the formula is a correlation, which the gradient runs twice more",
    ),
    Call("signal.detrend", "100,000 values", (LONG,), peers="jax"),
    Call(
        "signal.hilbert",
        "100,000 values",
        (LONG,),
        function=lambda r, x: r.signal.hilbert(x),
        reason=TRANSFORMS,
    ),
    Call("signal.resample", "100,000 to 80,000 values", (LONG,), {"num": 80000}, reason=TRANSFORMS),
    Call("signal.resample_poly", "100,000 values, 2 to 3", (LONG,), {"up": 2, "down": 3}),
    Call("signal.decimate", "100,000 values, by 4", (LONG,), {"q": 4}, reason=EXTENSION),
    Call(
        "signal.medfilt",
        "100,000 values, size 5",
        (LONG,),
        {"kernel_size": 5},
        reason="the gradient looks for the place of the median in each window",
    ),
    Call(
        "signal.wiener",
        "100,000 values, size 5",
        (LONG,),
        {"mysize": 5},
        reason="mean and variance of the window have gradients, each of them a filter",
    ),
    Call(
        "signal.freqz",
        "20 coefficients, 10,000 frequencies",
        (SHORT[:20],),
        {"worN": 10000},
        function=lambda r, b, **settings: r.signal.freqz(b, **settings)[1],
        reason="SciPy evaluates equal steps of frequency by FFT, and the gradient any frequencies by powers",
    ),
    Call(
        "signal.welch", "100,000 values", (LONG,), function=lambda r, x: r.signal.welch(x)[1], reason=FRAMES
    ),
    Call(
        "signal.stft",
        "100,000 values",
        (LONG,),
        function=lambda r, x: r.signal.stft(x)[2],
        peers="jax",
        reason=FRAMES,
    ),
    Call(
        "signal.istft",
        "129 by 783 values",
        (signal.stft(LONG)[2],),
        function=lambda r, z: r.signal.istft(z)[1],
        peers="jax",
        reason=FRAMES,
    ),
)
