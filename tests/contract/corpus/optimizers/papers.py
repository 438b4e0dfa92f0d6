"""Right optimizers from papers, under names of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Optimizer


def _rule_surprise(data: Any, grad: Any, state: Any, settings: Any) -> Any:
    """AdaBelief (Zhuang et al. 2020)."""
    a, b, eps = (settings["fast"], settings["slow"], settings["guard"])
    t = state["t"] = state.get("t", 0) + 1
    m = state["m"] = a * state.get("m", 0) + (1 - a) * grad
    s = state["s"] = b * state.get("s", 0) + (1 - b) * (grad - m) ** 2 + eps
    return data - settings["lr"] * (m / (1 - a**t)) / (np.sqrt(s / (1 - b**t)) + eps)


def _rule_flat_spectrum(data: Any, grad: Any, state: Any, settings: Any) -> Any:
    """Muon (Jordan et al. 2024) for matrices; normalised momentum for the rest."""
    mu = settings["inertia"]
    m = state["m"] = mu * state.get("m", 0) + grad
    u = grad + mu * m if settings["ahead"] else m
    x = u / (np.sqrt(np.sum(u**2)) + 1e-07)
    if np.ndim(data) == 2:
        for _ in range(settings["rounds"]):
            x = 3.4445 * x - 4.775 * x @ x.T @ x + 2.0315 * x @ x.T @ x @ x.T @ x
        x = x * np.sqrt(max(1.0, data.shape[0] / max(data.shape[1], 1)))
    return data - settings["lr"] * x


def _rule_lazy_curvature(data: Any, grad: Any, state: Any, settings: Any) -> Any:
    """Sophia with the squared gradient for its curvature, every `period` steps (after Liu et al. 2023)."""
    t = state["t"] = state.get("t", 0) + 1
    m = state["m"] = settings["fast"] * state.get("m", 0) + (1 - settings["fast"]) * grad
    if (t - 1) % settings["period"] == 0:
        state["h"] = settings["slow"] * state.get("h", 0) + (1 - settings["slow"]) * grad**2
    move = np.clip(m / np.maximum(settings["sharp"] * state["h"], 1e-12), -1, 1)
    return data - settings["lr"] * (move + settings["pull"] * data)


def _rule_reach(data: Any, grad: Any, state: Any, settings: Any) -> Any:
    """DoG, distance over gradients (Ivgi et al. 2023), for each parameter."""
    if "start" not in state:
        state["start"] = np.array(data)
        state["reach"] = settings["first"] * (1 + np.sqrt(np.sum(data**2)))
        state["total"] = 0.0
    state["reach"] = max(state["reach"], np.sqrt(np.sum((data - state["start"]) ** 2)))
    state["total"] = state["total"] + np.sum(grad**2)
    return data - settings["lr"] * state["reach"] / np.sqrt(state["total"] + 1e-08) * grad


def _rule_peak(data: Any, grad: Any, state: Any, settings: Any) -> Any:
    """Adamax (Kingma and Ba 2015, section 7)."""
    t = state["t"] = state.get("t", 0) + 1
    m = state["m"] = settings["fast"] * state.get("m", 0) + (1 - settings["fast"]) * grad
    u = state["u"] = np.maximum(settings["slow"] * state.get("u", 0), np.abs(grad) + settings["guard"])
    return data - settings["lr"] / (1 - settings["fast"] ** t) * m / u


class SurpriseScaled(Optimizer):
    """Steps divided by the root of the squared surprise, gradient minus its average (AdaBelief).

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        What to update.
    lr : float
        The learning rate.
    fast, slow : float
        Decays of the averages.
    guard : float
        Added to the square and to the root.
    """

    name = "surprise_scaled"
    reference = staticmethod(_rule_surprise)

    def __init__(
        self, params: Any, lr: Any = 0.01, *, fast: Any = 0.9, slow: Any = 0.99, guard: Any = 1e-08
    ) -> None:
        super().__init__(params, lr=lr, fast=fast, slow=slow, guard=guard)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> Any:
        a, b = (settings["fast"], settings["slow"])
        if not state:
            state.update(t=0, m=np.zeros_like(data), s=np.zeros_like(data))
        state["t"] += 1
        m, s = (state["m"], state["s"])
        m *= a
        m += (1 - a) * grad
        surprise = grad - m
        s *= b
        s += (1 - b) * surprise * surprise + settings["guard"]
        root = np.sqrt(s / (1 - b ** state["t"])) + settings["guard"]
        data -= settings["lr"] / (1 - a ** state["t"]) * m / root


class FlatSpectrum(Optimizer):
    """Momentum with its singular values brought near 1 (Muon); normalised momentum for what is no matrix.

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        What to update.
    lr : float
        The learning rate.
    inertia : float
        Decay of the momentum.
    ahead : bool
        Nesterov's look ahead.
    rounds : int
        Newton-Schulz steps.
    """

    name = "flat_spectrum"
    reference = staticmethod(_rule_flat_spectrum)

    def __init__(
        self, params: Any, lr: Any = 0.01, *, inertia: Any = 0.95, ahead: Any = True, rounds: Any = 5
    ) -> None:
        super().__init__(params, lr=lr, inertia=inertia, ahead=ahead, rounds=rounds)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> Any:
        m = state.setdefault("m", np.zeros_like(data))
        m *= settings["inertia"]
        m += grad
        u = grad + settings["inertia"] * m if settings["ahead"] else m
        x = u / (float(np.sqrt((u * u).sum())) + 1e-07)
        if data.ndim == 2:
            tall = data.shape[0] > data.shape[1]
            x = x.T if tall else x
            for _ in range(settings["rounds"]):
                a = x @ x.T
                x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
            x = x.T if tall else x
            x = x * max(1.0, data.shape[0] / max(data.shape[1], 1)) ** 0.5
        data -= settings["lr"] * x


class LazyCurvature(Optimizer):
    """Momentum over a curvature that is renewed every few steps, clipped (after Sophia).

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        What to update.
    lr : float
        The learning rate.
    fast, slow : float
        Decays of momentum and curvature.
    sharp : float
        Factor of the curvature.
    period : int
        Steps from one curvature to the next.
    pull : float
        Decoupled decay.
    """

    name = "lazy_curvature"
    reference = staticmethod(_rule_lazy_curvature)

    def __init__(
        self,
        params: Any,
        lr: Any = 0.01,
        *,
        fast: Any = 0.9,
        slow: Any = 0.95,
        sharp: Any = 20.0,
        period: Any = 3,
        pull: Any = 0.01,
    ) -> None:
        super().__init__(params, lr=lr, fast=fast, slow=slow, sharp=sharp, period=period, pull=pull)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> Any:
        if not state:
            state.update(t=0, m=np.zeros_like(data), h=np.zeros_like(data))
        m, h = (state["m"], state["h"])
        m *= settings["fast"]
        m += (1 - settings["fast"]) * grad
        if state["t"] % settings["period"] == 0:
            h *= settings["slow"]
            h += (1 - settings["slow"]) * grad * grad
        state["t"] += 1
        move = np.clip(m / np.maximum(settings["sharp"] * h, 1e-12), -1, 1)
        data *= 1 - settings["lr"] * settings["pull"]
        data -= settings["lr"] * move


class ReachStep(Optimizer):
    """A rate from the distance travelled over the gradients met (DoG), for each parameter.

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        What to update.
    lr : float
        A factor, 1 in the paper.
    first : float
        The first distance, relative to 1 + the norm of the parameter; read when it is first seen.
    """

    name = "reach_step"
    reference = staticmethod(_rule_reach)
    initial = ("first",)

    def __init__(self, params: Any, lr: Any = 1.0, *, first: Any = 0.01) -> None:
        super().__init__(params, lr=lr, first=first)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> Any:
        if not state:
            norm = float(np.sqrt((data * data).sum()))
            state.update(start=data.copy(), reach=settings["first"] * (1 + norm), total=0.0)
        away = data - state["start"]
        state["reach"] = max(state["reach"], float(np.sqrt((away * away).sum())))
        state["total"] += float((grad * grad).sum())
        data -= settings["lr"] * state["reach"] / (state["total"] + 1e-08) ** 0.5 * grad


class PeakScaled(Optimizer):
    """Steps divided by a decaying maximum of the gradient's size (Adamax).

    Parameters
    ----------
    params : iterable of Parameter, or of groups
        What to update.
    lr : float
        The learning rate.
    fast, slow : float
        Decays of the momentum and of the maximum.
    guard : float
        Added to the gradient's size.
    """

    name = "peak_scaled"
    reference = staticmethod(_rule_peak)

    def __init__(
        self, params: Any, lr: Any = 0.01, *, fast: Any = 0.9, slow: Any = 0.99, guard: Any = 1e-08
    ) -> None:
        super().__init__(params, lr=lr, fast=fast, slow=slow, guard=guard)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> Any:
        if not state:
            state.update(t=0, m=np.zeros_like(data), u=np.zeros_like(data))
        state["t"] += 1
        m, u = (state["m"], state["u"])
        m *= settings["fast"]
        m += (1 - settings["fast"]) * grad
        u *= settings["slow"]
        np.maximum(u, np.abs(grad) + settings["guard"], out=u)
        data -= settings["lr"] / (1 - settings["fast"] ** state["t"]) * m / u
