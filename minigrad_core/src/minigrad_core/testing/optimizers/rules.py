"""Published rules of optimizers, each with the forms in which it is published.

A rule returns the step, without lr, for the gradient `g` of a parameter `p`; `s` is its state, which starts
empty, and `o` holds its settings and the form. Nothing here is fast: it is to be read beside the papers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Values: TypeAlias = NDArray[Any]
    Options: TypeAlias = dict[str, Any]
    Rule: TypeAlias = "Callable[[Values, Values, dict[str, Any], Options], Values]"


def sgd(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """Heavy ball and Nesterov's momentum, as in Sutskever et al. 2013 and in PyTorch."""
    mu, new = o["momentum"], 1 - o["dampening"]
    if o["form"] == "average":
        new = 1 - mu
    first = "v" not in s and o["form"] == "first whole"
    s["v"] = g if first else mu * s.get("v", 0.0) + new * g
    if not mu:
        return g
    return (new if o["form"] == "average" else 1.0) * g + mu * s["v"] if o["nesterov"] else s["v"]


def sign(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """Bernstein et al. 2018: signSGD, and Signum of an average."""
    s["m"] = o["momentum"] * s.get("m", 0.0) + (1 - o["momentum"]) * g
    return np.sign(s["m"])


def lion(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """Chen et al. 2023, algorithm 2."""
    m = s.get("m", 0.0)
    s["m"] = o["b2"] * m + (1 - o["b2"]) * g
    return np.sign(o["b1"] * m + (1 - o["b1"]) * g)


def adam(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """Kingma and Ba 2015, algorithm 1, and the form of section 2 whose epsilon is not corrected."""
    m, v = _moments(g, g * g, s, o)
    one, two = _corrections(s, o)
    if o["amsgrad"]:
        other = v / two if o["largest"] == "corrected" else v
        s["top"] = top = np.maximum(s.get("top", 0.0), other)
        v = top * two if o["largest"] == "corrected" else top
    return _quotient(m / one, v, two, o)


def _moments(g: Values, square: Values, s: dict[str, Any], o: Options) -> tuple[Values, Values]:
    s["t"] = s.get("t", 0) + 1
    s["m"] = o["b1"] * s.get("m", 0.0) + (1 - o["b1"]) * g
    s["v"] = o["b2"] * s.get("v", 0.0) + (1 - o["b2"]) * square
    return s["m"], s["v"]


def _corrections(s: dict[str, Any], o: Options) -> tuple[float, float]:
    if o["corrected"] == "neither":
        return 1.0, 1.0
    return 1 - o["b1"] ** s["t"], 1 - o["b2"] ** s["t"]


def _quotient(m: Values, v: Values, two: float, o: Options) -> Values:
    if o["epsilon"] == "before the correction":
        return m * two**0.5 / (np.sqrt(v) + o["eps"])
    return m / (np.sqrt(v / two) + o["eps"])


def lamb(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:
    """You et al. 2020, algorithm 2; phi is the identity. NVIDIA's leaves what does not decay to Adam."""
    r = adam(p, g, s, o) + o["decay"] * p
    if o["adapts"] == "what decays" and not o["decay"]:
        return r
    norms = np.linalg.norm(p), np.linalg.norm(r)
    return r * (norms[0] / norms[1] if all(norms) else 1.0)


def nadam(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """Dozat 2016, with one beta for all steps, or with PyTorch's schedule."""
    m, v = _moments(g, g * g, s, o)
    t, b1 = s["t"], o["b1"]
    now, after, done = b1, b1, b1**t
    if o["look"] == "schedule":
        now, after = (b1 * (1 - 0.5 * 0.96 ** (n * o["psi"])) for n in (t, t + 1))
        done = s["done"] = s.get("done", 1.0) * now
    ahead = 1 - done if o["look"] == "same" else 1 - done * after  # "same": as in Ruder 2016
    return _quotient(after * m / ahead + (1 - now) * g / (1 - done), v, 1 - o["b2"] ** t, o)


def radam(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """Liu et al. 2020, algorithm 2."""
    m, v = _moments(g, g * g, s, o)
    one, two = _corrections(s, o)
    longest = 2 / (1 - o["b2"]) - 1
    rho = longest - 2 * s["t"] * o["b2"] ** s["t"] / two
    if rho <= o["above"]:
        return m / one if o["else"] == "momentum" else 0.0 * m
    r = (rho - 4) * (rho - 2) * longest / ((longest - 4) * (longest - 2) * rho)
    return r**0.5 * _quotient(m / one, v, two, o)


def adamax(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """Kingma and Ba 2015, algorithm 2."""
    m, _ = _moments(g, g * g, s, o)
    new = np.abs(g) + (o["eps"] if o["where"] == "gradient" else 0.0)
    u = s["u"] = np.maximum(o["b2"] * s.get("u", 0.0), new)
    return m / (1 - o["b1"] ** s["t"]) / (u + (o["eps"] if o["where"] == "divisor" else 0.0))


def adabelief(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """Zhuang et al. 2020, algorithm 2."""
    s["t"] = s.get("t", 0) + 1
    m = s["m"] = o["b1"] * s.get("m", 0.0) + (1 - o["b1"]) * g
    v = s["v"] = o["b2"] * s.get("v", 0.0) + (1 - o["b2"]) * (g - m) ** 2 + o["added"] * o["eps"]
    one, two = _corrections(s, o)
    return _quotient(m / one, v, two, o)


def yogi(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """Zaheer et al. 2018, algorithm 2, with and without Adam's corrections."""
    s["t"] = s.get("t", 0) + 1
    m = s["m"] = o["b1"] * s.get("m", 0.0) + (1 - o["b1"]) * g
    v = s.get("v", g * g if o["from"] == "square" else 0.0)
    v = s["v"] = v - (1 - o["b2"]) * np.sign(v - g * g) * g * g
    one, two = _corrections(s, o)
    return _quotient(m / one, v, two, o)


def rmsprop(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """Hinton 2012, centred in Graves 2013; with momentum as in PyTorch and TensorFlow."""
    v = s["v"] = o["rho"] * s.get("v", o["from"]) + (1 - o["rho"]) * g * g
    if o["centered"]:
        mean = s["a"] = o["rho"] * s.get("a", 0.0) + (1 - o["rho"]) * g
        v = v - mean * mean
    step = _divided(g, v, o)
    s["b"] = o["momentum"] * s.get("b", 0.0) + step
    return s["b"]


def adagrad(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """Duchi et al. 2011, with the falling rate of Torch."""
    s["t"] = s.get("t", 0) + 1
    v = s["v"] = s.get("v", o["initial"]) + g * g
    return _divided(g, v, o) / (1 + (s["t"] - o["from"]) * o["lr_decay"])


def _divided(g: Values, v: Values, o: Options) -> Values:
    return g / (np.sqrt(v + o["eps"]) if o["root"] == "of the sum" else np.sqrt(v) + o["eps"])


def adadelta(p: Values, g: Values, s: dict[str, Any], o: Options) -> Values:  # noqa: ARG001 - a rule
    """Zeiler 2012, algorithm 1."""
    rho, eps, u = o["rho"], o["eps"], s.get("u", 0.0)
    v = s["v"] = rho * s.get("v", 0.0) + (1 - rho) * g * g
    d = np.sqrt(u + eps) / np.sqrt(v + eps) * g
    s["u"] = rho * u + (1 - rho) * d * d
    return d


@dataclass(frozen=True)
class Published:
    """A rule under its names.

    `settings` are those besides lr and decay, each with what holds where an optimizer has no such setting:
    None where nobody can tell, several values where each is usual. `forms` are what publications differ in;
    any combination is right. `apart`: weight decay acts apart from the gradient; `decays_itself`: it is in
    `rule`.
    """

    rule: Rule
    source: str
    settings: Options = field(default_factory=dict)
    forms: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    apart: bool = False
    decays_itself: bool = False


AHEAD = (False, True)
EPSILONS = (0.0, 1e-16, 1e-12, 1e-10, 1e-8, 1e-7, 1e-6, 1e-5)  # what is built in
_BETAS = {"b1": None, "b2": None, "eps": EPSILONS}
_FORMS = {"epsilon": ("after the correction", "before the correction"), "corrected": ("both",)}
_ADAM = {**_FORMS, "largest": ("raw", "corrected")}
_EITHER = {**_FORMS, "corrected": ("both", "neither")}
_SGD = Published(
    sgd,
    "Sutskever et al. 2013",
    {"momentum": 0.0, "dampening": 0.0, "nesterov": AHEAD},
    {"form": ("first whole", "sum", "average")},
)
_MOMENTUM = replace(_SGD, settings={**_SGD.settings, "momentum": None})
_NESTEROV = replace(_MOMENTUM, settings={**_MOMENTUM.settings, "nesterov": True})
_RMSPROP = Published(
    rmsprop,
    "Hinton 2012",
    {"rho": None, "eps": EPSILONS, "momentum": 0.0, "centered": False},
    {"root": ("of the sum", "alone"), "from": (0.0, 1.0)},
)
_CENTERED = replace(_RMSPROP, source="Graves 2013", settings={**_RMSPROP.settings, "centered": True})

RULES = {
    "sgd": _SGD,
    **dict.fromkeys(("momentum", "heavyball", "sgdmomentum", "momentumsgd"), _MOMENTUM),
    **dict.fromkeys(("nag", "nesterov", "nesterovmomentum", "nesterovsgd", "sgdnesterov"), _NESTEROV),
    **dict.fromkeys(("rmsprop", "rms"), _RMSPROP),
    **dict.fromkeys(("rmspropcentered", "centeredrmsprop"), _CENTERED),
    "signsgd": Published(sign, "Bernstein et al. 2018", {"momentum": 0.0}),
    "signum": Published(sign, "Bernstein et al. 2018", {"momentum": None}),
    "lion": Published(lion, "Chen et al. 2023", {"b1": None, "b2": None}, apart=True),
    "adam": Published(adam, "Kingma and Ba 2015", {**_BETAS, "amsgrad": False}, _ADAM),
    "adamw": Published(adam, "Loshchilov and Hutter 2019", {**_BETAS, "amsgrad": False}, _ADAM, apart=True),
    "amsgrad": Published(
        adam, "Reddi et al. 2018", {**_BETAS, "amsgrad": True}, {**_EITHER, "largest": ("raw", "corrected")}
    ),
    "adamax": Published(adamax, "Kingma and Ba 2015", _BETAS, {"where": ("gradient", "divisor", "nowhere")}),
    "nadam": Published(
        nadam, "Dozat 2016", {**_BETAS, "psi": 0.004}, {**_FORMS, "look": ("next", "same", "schedule")}
    ),
    "radam": Published(
        radam, "Liu et al. 2020", _BETAS, {**_FORMS, "above": (4, 5), "else": ("momentum", "nothing")}
    ),
    "adabelief": Published(adabelief, "Zhuang et al. 2020", _BETAS, {**_EITHER, "added": (0.0, 1.0)}),
    "yogi": Published(yogi, "Zaheer et al. 2018", _BETAS, {**_EITHER, "from": ("zero", "square")}),
    "lamb": Published(
        lamb,
        "You et al. 2020",
        {**_BETAS, "amsgrad": False},
        {**_EITHER, "largest": ("raw",), "adapts": ("all", "what decays")},
        decays_itself=True,
    ),
    "adagrad": Published(
        adagrad,
        "Duchi et al. 2011",
        {"eps": EPSILONS, "initial": (0.0, 0.1), "lr_decay": 0.0},
        {"root": ("of the sum", "alone"), "from": (1, 0)},
    ),
    "adadelta": Published(adadelta, "Zeiler 2012", {"rho": None, "eps": EPSILONS}),
}
