"""Calls of scipy.signal that take signals."""

import numpy as np

from ..call import MATRIX, UNIT, X, draw, invoke, pass_to, spread

SIGNAL = draw(24, low=-1)
KERNEL = np.array([0.5, 1.2, -0.4])
IMAGE = draw(24, 3, low=-1)
B, A = np.array([0.4, 0.3, 0.2]), np.array([2.0, -0.5, 0.2])
SOS = np.array([[0.4, 0.3, 0.2, 1.0, -0.5, 0.2], [1.0, 0.2, 0.1, 1.0, 0.3, -0.1]])

SIGNALS = spread(
    {
        "choose_conv_method fftconvolve oaconvolve": pass_to(SIGNAL, KERNEL),
        # The default, "auto", calls `int(max(x))` for arrays that are not NumPy's.
        "convolve correlate": pass_to(SIGNAL, KERNEL, method="fft"),
        "convolve2d correlate2d": pass_to(IMAGE, MATRIX[:2, :2]),
        "cspline1d qspline1d hilbert envelope detrend": pass_to(SIGNAL),
        "medfilt wiener": invoke(lambda f, x: f(x, 3), SIGNAL),
        "medfilt2d": invoke(lambda f, x: f(x, 3), IMAGE),
        "cspline1d_eval qspline1d_eval": pass_to(X, UNIT + 1.5),
        "cspline2d": pass_to(draw(24, 24, low=-1)),
        "spline_filter": invoke(lambda f, x: f(x, 0.1), draw(24, 24, low=-1)),
        "hilbert2": pass_to(IMAGE[:6]),
        "gauss_spline": invoke(lambda f, x: f(x, 3), X),
        "deconvolve": pass_to(SIGNAL, KERNEL),
        "filtfilt lfilter": pass_to(B, A, SIGNAL),
        "lfilter_zi": pass_to(B, A),
        "lfiltic": invoke(lambda f, b, a, y: f(b, a, y), B, A, np.array([0.3, 0.7])),
        "order_filter": invoke(lambda f, x, domain: f(x, domain, 1), SIGNAL, np.ones(3, int)),
        "resample": invoke(lambda f, x: f(x, 16), SIGNAL),
        "resample_poly": invoke(lambda f, x: f(x, 3, 2), SIGNAL),
        "savgol_filter": invoke(lambda f, x: f(x, 5, 2), SIGNAL),
        "sosfilt sosfiltfilt": pass_to(SOS, SIGNAL),
        "sosfilt_zi": pass_to(2 * SOS),  # SciPy 1.18 does not divide by a denominator of 1
        "upfirdn": pass_to(KERNEL, SIGNAL),
        "vectorstrength": invoke(lambda f, x, p: f(x, p), X, np.array(1.7)),
        "minimum_phase": pass_to(np.array([0.1, 0.5, 1.5, 0.5, 0.1])),
    }
)
