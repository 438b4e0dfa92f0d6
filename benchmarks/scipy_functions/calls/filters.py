"""Calls of scipy.signal that design filters and convert between their forms."""

from typing import Any

import numpy as np

from ..call import XP, draw, invoke, pass_to, spread

B, A = np.array([0.4, 0.3, 0.2]), np.array([2.0, -0.5, 0.2])
SOS = np.array([[0.4, 0.3, 0.2, 1.0, -0.5, 0.2], [1.0, 0.2, 0.1, 1.0, 0.3, 0.2]])
CUTOFF = np.array(0.3)
BAND = np.array([0.2, 0.5])
RIPPLE, STOP = np.array(1.5), np.array(40.0)
W = np.array([0.3, 0.8, 1.4])
ZEROS, POLES, GAIN = np.array([0.3, -0.6]), np.array([0.4, -0.2]), np.array(1.7)
STATE = draw(3, 3), draw(3, 2)


def namespace(x: Any) -> Any:
    """Return the namespace of an array."""
    return x.__array_namespace__()


def make_sections(b: Any, a: Any) -> Any:
    """Return second-order sections, whose fourth coefficient is 1."""
    xp = namespace(b)
    return xp.concat([b, xp.ones((len(b), 1)), a], axis=1)


FILTERS = spread(
    {
        "bessel butter": invoke(lambda f, w: f(3, w), CUTOFF),
        "cheby1": invoke(lambda f, r, w: f(3, r, w), RIPPLE, CUTOFF),
        "cheby2": invoke(lambda f, r, w: f(3, r, w), STOP, CUTOFF),
        "ellip": invoke(lambda f, p, s, w: f(3, p, s, w), RIPPLE, STOP, CUTOFF),
        "iirfilter": invoke(lambda f, w: f(2, w), BAND),
        "iirdesign": invoke(lambda f, p, s: f(p, s, 1.0, 30.0), np.array(0.2), np.array(0.4)),
        "besselap buttap": invoke(lambda f: f(3, xp=XP)),
        "cheb1ap": invoke(lambda f, r: f(3, r, xp=namespace(r)), RIPPLE),
        "cheb2ap": invoke(lambda f, r: f(3, r, xp=namespace(r)), STOP),
        "ellipap": invoke(lambda f, p, s: f(3, p, s, xp=namespace(p)), RIPPLE, STOP),
        "buttord cheb1ord cheb2ord ellipord": invoke(
            lambda f, p, s: f(p, s, 1.0, 30.0), np.array(0.2), np.array(0.4)
        ),
        "bilinear lp2bp lp2bs lp2hp lp2lp": pass_to(B, A),
        "bilinear_zpk": invoke(lambda f, z, p, k: f(z, p, k, 2.0), ZEROS, POLES, GAIN),
        "lp2bp_zpk lp2bs_zpk lp2hp_zpk lp2lp_zpk zpk2tf zpk2sos": pass_to(ZEROS, POLES, GAIN),
        "freqs freqz": pass_to(B, A, W),
        "freqs_zpk freqz_zpk": pass_to(ZEROS, POLES, GAIN, W),
        "freqz_sos sosfreqz": invoke(lambda f, b, a, w: f(make_sections(b, a), w), SOS[:, :3], SOS[:, 4:], W),
        "group_delay": invoke(lambda f, b, a, w: f((b, a), w), B, A, W),
        "gammatone": invoke(lambda f, q: f(q, "iir", fs=16.0, xp=namespace(q)), np.array(3.0)),
        "iircomb": invoke(lambda f, q: f(0.25, q, xp=namespace(q)), np.array(20.0)),
        "iirnotch iirpeak": invoke(lambda f, w, q: f(w, q, xp=namespace(w)), CUTOFF, np.array(20.0)),
        "normalize tf2sos tf2zpk": pass_to(B, A),
        "sos2tf sos2zpk": invoke(lambda f, b, a: f(make_sections(b, a)), SOS[:, :3], SOS[:, 4:]),
        "firwin": invoke(lambda f, w: f(5, w), CUTOFF),
        "firwin2": invoke(
            lambda f, g: f(7, namespace(g).asarray([0.0, 0.5, 1.0]), g), np.array([1.0, 0.7, 0.2])
        ),
        "firls": invoke(
            lambda f, d: f(5, namespace(d).asarray([0.0, 0.3, 0.5, 1.0]), d), np.array([1.0, 0.9, 0.3, 0.1])
        ),
        "remez": invoke(
            lambda f, d: f(7, namespace(d).asarray([0.0, 0.1, 0.2, 0.5]), d), np.array([1.0, 0.2])
        ),
        "savgol_coeffs": invoke(lambda f: f(5, 2, xp=XP)),
        "abcd_normalize": invoke(lambda f, a, b, c: f(a, b, c), *STATE, draw(2, 3)),
        "bode impulse": invoke(lambda f, b, a: f((b, a)), B, A),
        "place_poles": invoke(
            lambda f, a, b: f(a, b, namespace(a).asarray([-1.0, -2.0, -3.0])).gain_matrix, *STATE
        ),
    }
)
