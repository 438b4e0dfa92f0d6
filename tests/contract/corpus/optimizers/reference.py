"""Optimizers that keep all laws of conduct, and compute another rule than their reference."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core.testing import references
from minigrad_ops_nn import optimizers

from ..pair import breaks
from .right import Moments, Momentum


def momentum(data: Any, grad: Any, state: Any, settings: Any) -> Any:
    """Return `Momentum`'s step, whose velocity holds no rate."""
    return references.sgd_pytorch(data, grad, state, {**settings, "weight_decay": settings["decay"]})


def moments(data: Any, grad: Any, state: Any, settings: Any) -> Any:
    """Return Adam's step."""
    return references.adam(data, grad, state, {**settings, "weight_decay": settings["decay"]})


@breaks("reference", "another-rule", reference=momentum)
class RateInTheVelocity(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        v = state.setdefault("v", np.zeros_like(data))
        v *= settings["momentum"]
        v += settings["lr"] * (grad + settings["decay"] * data)  # differs once the rate changes
        data -= v


@breaks("reference", "another-rule", reference=momentum)
class ForgetsAtScalars(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if not data.ndim:
            state.clear()
        super().update(data, grad, state, settings)


@breaks("reference", "another-rule", reference=momentum)
class LeavesOutABlock(Momentum):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if data.ndim == 1 and data.size > 16:
            whole = data.size // 16 * 16
            super().update(data[:whole], grad[:whole], state, settings)
        else:
            super().update(data, grad, state, settings)


@breaks("reference", "another-rule", reference=moments)
class CorrectsOneStepLate(Moments):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        state.setdefault("t", 1)
        super().update(data, grad, state, settings)


@breaks("reference", "another-rule", reference=moments)
class DecaysApart(Moments):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        data *= 1 - settings["lr"] * settings["decay"]
        super().update(data, grad, state, {**settings, "decay": 0.0})


class Muon(optimizers.Muon):
    """minigrad's own."""


@breaks("reference", "another-rule", reference=references.muon)
class NeverTransposes(Muon):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if data.ndim == 2 and data.shape[1] > data.shape[0]:
            data, grad = data.T, grad.T  # wide ones are tall: the factor is another one
        super().update(data, grad, state, settings)


@breaks("reference", "another-rule", reference=references.muon)
class KernelsAreVectors(Muon):
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        flat = data.reshape(-1) if data.ndim > 2 else data
        super().update(flat, grad.reshape(flat.shape), state, settings)
