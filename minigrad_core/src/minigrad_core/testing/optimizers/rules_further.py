"""More published rules of optimizers, as in `rules`: those that weigh, bound or look beyond a simpler one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .rules import EPSILONS, Published, adam, sgd

if TYPE_CHECKING:
    from .rules import Options, Values


def quasi_hyperbolic(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """Ma and Yarats 2019, equations 3 and 4."""
    s["m"] = o["weight"] * s.get("m", 0.0) + (1 - o["weight"]) * g
    return (1 - o["nu"]) * g + o["nu"] * s["m"]


def aggregated(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """Lucas et al. 2019, equation 5."""
    weights = o["weights"]
    s["v"] = [weight * v + g for weight, v in zip(weights, s.get("v", [0.0] * len(weights)), strict=True)]
    return np.asarray(sum(s["v"]) / len(weights))


def lookahead(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:
    """Zhang et al. 2019, algorithm 1, around heavy ball or Adam; a step is in units of lr."""
    s["t"] = s.get("t", 0) + 1
    slow = s.setdefault("slow", p)
    inner = s.setdefault("inner", {})
    if "b1" in o:
        down = adam(p, g, inner, o)
    else:
        down = sgd(p, g, inner, {**o, "dampening": 0.0, "nesterov": False, "form": "sum"})
    if s["t"] % o["period"]:
        return down
    s["slow"] = slow + o["part"] * (p - o["lr"] * down - slow)
    if o["afterwards"] == "reset":
        inner.clear()
    return np.asarray((p - s["slow"]) / o["lr"])


def resilient(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """Riedmiller and Braun 1993, with and without going back, and Igel and Huesken 2003."""
    turn = g * s.get("g", 0.0)
    s["size"] = s.get("size", 1.0) * np.where(turn > 0, o["up"], np.where(turn < 0, o["down"], 1.0))
    s["g"] = g if o["turned"] == "kept" else np.where(turn < 0, 0.0, g)
    step = s["size"] * np.sign(g if o["turned"] == "kept" else s["g"])
    s["step"] = np.where(turn < 0, -s.get("step", 0.0), step) if o["turned"] == "back" else step
    return np.asarray(s["step"])


def layerwise(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:
    """You et al. 2017, algorithm 1; at a constant rate it is the same inside and outside of the velocity."""
    g, pulled = np.asarray(g), g + o["decay"] * p
    size = (
        np.linalg.norm(g) + o["decay"] * np.linalg.norm(p) if o["below"] == "sum" else np.linalg.norm(pulled)
    )
    trust = o["trust"] * np.linalg.norm(p) / (size + o["eps"])
    s["v"] = o["momentum"] * s.get("v", 0.0) + trust * pulled
    return trust * pulled + o["momentum"] * s["v"] if o["nesterov"] else s["v"]


def partial(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:
    """Chen et al. 2018, algorithm 1: Adam's or AMSGrad's quotient with a power of the divisor."""
    adam(p, g, s, o)  # moves the averages
    one, two = 1 - o["b1"] ** s["t"], 1 - o["b2"] ** s["t"]
    v = s.get("top", s["v"]) / two
    divisor = (
        v ** o["power"] + o["eps"]
        if o["added"] == "to the power"
        else (v**0.5 + o["eps"]) ** (2 * o["power"])
    )
    return np.asarray(s["m"] / one / divisor)


def bounded(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:
    """Luo et al. 2019, algorithm 2, with Adam's corrections or without."""
    adam(p, g, s, o)
    t, lr, last, pace = s["t"], o["lr"], o["last"], o["pace"]
    one, two = (1 - o["b1"] ** t, 1 - o["b2"] ** t) if o["corrected"] == "both" else (1.0, 1.0)
    rate = lr * two**0.5 / one / (np.sqrt(s.get("top", s["v"])) + o["eps"])
    return np.clip(rate, last * (1 - 1 / (pace * t + 1)), last * (1 + 1 / (pace * t))) * s["m"] / lr


_BETAS = {"b1": None, "b2": None, "eps": EPSILONS, "amsgrad": (False, True)}
_PLAIN = {"epsilon": ("after the correction",), "largest": ("raw",)}
_QHM = Published(quasi_hyperbolic, "Ma and Yarats 2019", {"weight": None, "nu": None})
_AGGMO = Published(aggregated, "Lucas et al. 2019", {"weights": None})
_LOOKAHEAD = Published(
    lookahead,
    "Zhang et al. 2019",
    {"period": None, "part": None, "momentum": 0.0},
    {"afterwards": ("kept", "reset")},
)
_LOOKAHEAD_ADAM = replace(
    _LOOKAHEAD,
    settings={**_BETAS, "period": None, "part": None},
    forms={
        **_LOOKAHEAD.forms,
        "epsilon": ("after the correction",),
        "largest": ("raw",),
        "corrected": ("both",),
    },
)
_RPROP = Published(
    resilient,
    "Riedmiller and Braun 1993",
    {"up": (1.2,), "down": (0.5,)},
    {"turned": ("kept", "zeroed", "back")},
)
_LARS = Published(
    layerwise,
    "You et al. 2017",
    {"momentum": 0.0, "trust": None, "eps": EPSILONS, "nesterov": False},
    {"below": ("sum", "whole")},
    decays_itself=True,
)
_PADAM = Published(
    partial,
    "Chen et al. 2018",
    {**_BETAS, "power": None},
    {**_PLAIN, "corrected": ("both",), "added": ("to the power", "to the root")},
)
_ADABOUND = Published(
    bounded,
    "Luo et al. 2019",
    {**_BETAS, "last": None, "pace": None},
    {**_PLAIN, "corrected": ("both", "neither")},
)

FURTHER = {
    **dict.fromkeys(("qhm", "quasihyperbolic", "quasihyperbolicmomentum"), _QHM),
    **dict.fromkeys(("aggmo", "aggregatedmomentum"), _AGGMO),
    **dict.fromkeys(("lookahead", "lookaheadsgd"), _LOOKAHEAD),
    **dict.fromkeys(("lookaheadadam", "adamlookahead"), _LOOKAHEAD_ADAM),
    **dict.fromkeys(("rprop", "resilient", "resilientpropagation"), _RPROP),
    **dict.fromkeys(("lars", "layerwiserate", "layerwiseadaptiverate"), _LARS),
    **dict.fromkeys(("padam", "partiallyadaptive", "partiallyadaptiveadam"), _PADAM),
    "adabound": _ADABOUND,
}
