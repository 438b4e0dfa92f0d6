"""The Fourier transforms of tensors: NumPy's functions, which have operations, under SciPy's arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# `hfft2` and `hfftn` are missing: NumPy has no transform of Hermitian input along several axes.
NAMES = ("fft", "fft2", "fftn", "rfft", "rfft2", "rfftn", "hfft")


def _make_transform(name: str) -> Callable[..., Any]:
    transform = getattr(np.fft, name)

    def call(x: Any, *args: Any, overwrite_x: bool = False, workers: int | None = None, **kwargs: Any) -> Any:
        return transform(x, *args[:3], **kwargs)  # the next two by position are overwrite_x and workers

    call.__name__ = name
    return call


FUNCTIONS = tuple(_make_transform(prefix + name) for name in NAMES for prefix in ("", "i"))
