"""Right initializers from papers, under names of their own."""

from __future__ import annotations

from math import ceil, exp, log, sqrt
from typing import Any

import numpy as np

from minigrad_core import Initializer
from minigrad_core.contracts.initializer import fans
from minigrad_core.errors import ArgumentError


def _floating(dtype: Any) -> Any:
    found = np.dtype(dtype)
    if found.kind != "f":
        raise ArgumentError(f"dtype: expected floating point, got {found}")
    return found


def _slow_few(shape: Any, *, rng: Any) -> Any:
    out = np.zeros(shape)
    if len(shape) < 2:
        return rng.standard_normal(shape)
    for column in np.ndindex(tuple(shape[1:])):
        for row in rng.permutation(shape[0])[: ceil(0.3 * shape[0])]:
            out[int(row), *column] = rng.standard_normal() / sqrt(0.3)
    return out


def _slow_depth(shape: Any, *, rng: Any) -> Any:
    fan_in, _ = fans(shape)
    return rng.standard_normal(shape) * sqrt(2 / max(fan_in, 1)) / sqrt(4)


def _slow_times(shape: Any, *, rng: Any) -> Any:
    out = np.empty(shape)
    for i in np.ndindex(tuple(shape)):
        dt = exp(log(0.01) + rng.random() * (log(10) - log(0.01)))
        out[i] = dt + log(-np.expm1(-dt))
    return out


class FewInputs(Initializer):
    """Each output sees three tenths of its inputs, drawn anew for each (sparse, Martens 2010).

    Parameters
    ----------
    shape : tuple
        The first axis counts the inputs; vectors are full.
    """

    name = "few_inputs"
    reference = staticmethod(_slow_few)

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        dtype = _floating(dtype)
        if len(shape) < 2:
            return np.asarray(rng.standard_normal(shape)).astype(dtype)
        values = rng.standard_normal(shape) / sqrt(0.3)
        order = np.argsort(rng.random(shape), axis=0)
        return (values * (order < ceil(0.3 * shape[0]))).astype(dtype)

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return None


class DepthScaled(Initializer):
    """He's normal over the root of the depth, 4 by default (after Fixup).

    Parameters
    ----------
    depth : int
        Number of residual branches, at least 1.
    """

    name = "depth_scaled"
    reference = staticmethod(_slow_depth)

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32, depth: Any = 4) -> Any:
        if depth < 1:
            raise ArgumentError(f"depth_scaled: depth of at least 1, got {depth}")
        fan_in, _ = fans(shape)
        return np.asarray(rng.standard_normal(shape) * sqrt(2 / max(fan_in, 1) / depth)).astype(
            _floating(dtype)
        )

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return sqrt(2 / max(fan_in, 1) / 4)


class TimeSteps(Initializer):
    """Inverse softplus of times that are log-uniform in (0.01, 10) (Gu and Dao 2023).

    Parameters
    ----------
    shape : tuple
        Any.
    """

    name = "time_steps"
    reference = staticmethod(_slow_times)

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        dt = np.exp(rng.uniform(log(0.01), log(10), shape))
        return np.asarray(dt + np.log(-np.expm1(-dt))).astype(_floating(dtype))

    def std(self, fan_in: Any, fan_out: Any) -> Any:
        return None
