"""The gradient of one argument, as the tests of special points ask for it."""

from __future__ import annotations

from typing import Any

import numpy as np

import minigrad_core as mg


def gradient(f: Any, x: Any) -> Any:
    """Return the gradient of the sum of f at x."""
    t = mg.tensor(x, requires_grad=True)
    np.sum(f(t)).backward()
    return t.grad
