"""Calls of scipy.signal.windows: 7 values, and a parameter of the shape where the window has one."""

from typing import Any

import numpy as np

from ..call import XP, Call, invoke, spread


def shape(*values: float, **settings: Any) -> Call:
    """Return the call of a window whose shape depends on numbers."""
    arrays = map(np.asarray, values)
    return invoke(lambda f, *xs: f(7, *xs, xp=xs[0].__array_namespace__(), **settings), *arrays)


WINDOWS = spread(
    {
        "boxcar triang parzen bohman blackman nuttall blackmanharris flattop bartlett hann barthann hamming cosine "
        "lanczos taylor": invoke(lambda f: f(7, xp=XP)),
        "tukey": shape(0.4),
        "general_hamming": shape(0.6),
        "kaiser": shape(3.5),
        "kaiser_bessel_derived": invoke(lambda f, b: f(8, b, xp=b.__array_namespace__()), np.array(3.5)),
        "gaussian": shape(1.8),
        "general_gaussian": shape(1.5, 1.8),
        "chebwin": shape(60.0),
        "exponential": invoke(lambda f, t: f(7, None, t, xp=t.__array_namespace__()), np.array(2.5)),
        "general_cosine": invoke(lambda f, a: f(7, a), np.array([0.5, 0.4, 0.1])),
        "get_window": invoke(lambda f, s: f(("gaussian", s), 7, xp=s.__array_namespace__()), np.array(1.8)),
    }
)
