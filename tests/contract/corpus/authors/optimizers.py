"""Optimizers."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from minigrad_core import Optimizer

from ..entry import wrong_optimizer


class Momentum(Optimizer):
    """v = mu v + g; p -= lr v (Polyak 1964)."""

    name = "heavy_ball"

    def __init__(self, params: Any, lr: Any = 0.01, *, mu: Any = 0.9) -> None:
        super().__init__(params, lr=lr, mu=mu)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if "v" not in state:
            state["v"] = np.zeros_like(data)
        v = state["v"]
        v *= settings["mu"]
        v += grad
        data -= settings["lr"] * v


@wrong_optimizer(twin=Momentum, cause=r"kept")
class MomentumKeeps(Momentum):
    # first gradient kept as the velocity (not copied)
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if "v" not in state:
            state["v"] = grad
        else:
            state["v"] = settings["mu"] * state["v"] + grad
        data -= settings["lr"] * state["v"]


@wrong_optimizer(twin=Momentum, cause=r"lr")
class MomentumLrState(Momentum):
    # lr frozen in the first step's state
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        state.setdefault("lr", settings["lr"])
        super().update(data, grad, state, {**settings, "lr": state["lr"]})


@wrong_optimizer(twin=Momentum, cause=r"gradient")
class MomentumMutates(Momentum):
    # gradient scaled in place
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        grad *= 1 - settings["mu"]
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=Momentum, cause=r"\(\)|0-d|unsized")
class MomentumZeroD(Momentum):
    # 0-d: velocity[...] of empty fails: uses grad[0]
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if "v" not in state:
            state["v"] = np.zeros_like(data)
        v = state["v"]
        v *= settings["mu"]
        v += grad
        for i in range(len(data)):
            data[i] -= settings["lr"] * v[i]


class MyAdam(Optimizer):
    """Adam (Kingma and Ba 2015, algorithm 1)."""

    name = "my_adam"

    def __init__(
        self, params: Any, lr: Any = 1e-3, *, beta1: Any = 0.9, beta2: Any = 0.999, eps: Any = 1e-8
    ) -> None:
        super().__init__(params, lr=lr, beta1=beta1, beta2=beta2, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if not state:
            state.update(t=0, m=np.zeros_like(data), v=np.zeros_like(data))
        b1, b2 = settings["beta1"], settings["beta2"]
        state["t"] += 1
        m, v = state["m"], state["v"]
        m += (1 - b1) * (grad - m)
        v += (1 - b2) * (grad * grad - v)
        mh, vh = m / (1 - b1 ** state["t"]), v / (1 - b2 ** state["t"])
        data -= settings["lr"] * mh / (np.sqrt(vh) + settings["eps"])


@wrong_optimizer(twin=MyAdam, cause=r"shared")
class AdamSharedCount(MyAdam):
    # step count on self: one count for all parameters
    t = 0

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if not state:
            state.update(m=np.zeros_like(data), v=np.zeros_like(data))
        self.t += 1
        b1, b2 = settings["beta1"], settings["beta2"]
        m, v = state["m"], state["v"]
        m += (1 - b1) * (grad - m)
        v += (1 - b2) * (grad * grad - v)
        data -= settings["lr"] * m / (1 - b1**self.t) / (np.sqrt(v / (1 - b2**self.t)) + settings["eps"])


@wrong_optimizer(twin=MyAdam, cause=r"missing|state")
class AdamLosesCount(MyAdam):
    # count lost in the state dict
    def state_dict(self) -> Any:
        state = super().state_dict()
        for entry in state["state"]:
            if "t" in entry:
                entry["t"] = 0
        return state


@wrong_optimizer(twin=MyAdam, cause=r"missing|shared")
class AdamLoadAliases(MyAdam):
    # load keeps references to what was loaded
    def load_state_dict(self, state: Any) -> None:
        super().load_state_dict(state)
        it = iter(state["state"])
        self.state = [[next(it) for _ in g] for g, _ in self.groups]


@wrong_optimizer(twin=MyAdam, cause=r"runs|shared|instance")
class AdamMutable(MyAdam):
    # moments of two instances shared: mutable default
    moments: ClassVar[dict[Any, Any]] = {}

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        key = data.shape, data.dtype
        if key in self.moments and not state:
            state.update(t=0, m=self.moments[key], v=np.zeros_like(data))
        elif not state:
            self.moments[key] = np.zeros_like(data)
            state.update(t=0, m=self.moments[key], v=np.zeros_like(data))
        super().update(data, grad, state, settings)


@wrong_optimizer(twin=MyAdam, cause=r"NaN")
class AdamOffByOne(MyAdam):
    # beta2 ** (t - 1) : NaN or inf at first step
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if not state:
            state.update(t=0, m=np.zeros_like(data), v=np.zeros_like(data))
        b1, b2 = settings["beta1"], settings["beta2"]
        m, v = state["m"], state["v"]
        m += (1 - b1) * (grad - m)
        v += (1 - b2) * (grad * grad - v)
        with np.errstate(all="ignore"):
            data -= (
                settings["lr"]
                * (m / (1 - b1 ** state["t"]))
                / (np.sqrt(v / (1 - b2 ** state["t"])) + settings["eps"])
            )
        state["t"] += 1


@wrong_optimizer(twin=MyAdam, cause=r"runs|random")
class AdamDithers(MyAdam):
    # random: dithered updates
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad * (1 + 1e-6 * np.random.default_rng().standard_normal()), state, settings)


@wrong_optimizer(twin=MyAdam, cause=r"shared|together")
class AdamJoint(MyAdam):
    # one norm over all parameters
    def step(self) -> None:
        self.total = sum(float(np.sum(p.grad**2)) for p in self.params if p.grad is not None) ** 0.5
        super().step()

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad / (self.total + 1e-12), state, settings)


@wrong_optimizer(twin=MyAdam, cause=r"strided")
class AdamReshape(MyAdam):
    # non-contiguous parameters are not updated: reshape copies
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data.reshape(-1), grad.reshape(-1), state, settings)


class MyRmsProp(Optimizer):
    """v = rho v + (1 - rho) g^2; p -= lr g / (sqrt v + eps) (Hinton 2012)."""

    name = "my_rmsprop"

    def __init__(self, params: Any, lr: Any = 0.01, *, rho: Any = 0.99, eps: Any = 1e-8) -> None:
        super().__init__(params, lr=lr, rho=rho, eps=eps)

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        if not state:
            state["v"] = np.zeros_like(data)
        v = state["v"]
        v *= settings["rho"]
        v += (1 - settings["rho"]) * grad * grad
        data -= settings["lr"] * grad / (np.sqrt(v) + settings["eps"])


@wrong_optimizer(twin=MyRmsProp, cause=r"eps")
class RmsPropEps(MyRmsProp):
    # eps inside is read from class constant, ignoring the setting
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, grad, state, {**settings, "eps": 1e-8})


@wrong_optimizer(twin=MyRmsProp, cause=r"climb|sign|goes from")
class RmsPropAbs(MyRmsProp):
    # forgets g: uses sign(grad) of abs
    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        super().update(data, np.abs(grad), state, settings)
