"""Optimizers that inherit from nothing of minigrad's."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..entry import wrong_optimizer


class Duck:
    """What an author writes who does not inherit."""

    def __init__(self, params: Any, lr: Any = 0.01) -> None:
        self.params = list(params)
        if lr < 0:
            raise ValueError(f"lr must be at least 0, got {lr}")
        self.lr = lr

    def zero_grad(self) -> None:
        for p in self.params:
            p.grad = None


class DuckAdamW(Duck):
    name = "duck_adamw"

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-3,
        betas: Any = (0.9, 0.999),
        eps: Any = 1e-8,
        weight_decay: Any = 0.01,
    ) -> None:
        super().__init__(params, lr)
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay
        self.t = [0] * len(self.params)
        self.m = [np.zeros_like(p.data) for p in self.params]
        self.v = [np.zeros_like(p.data) for p in self.params]

    def step(self) -> None:
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            g = p.grad
            self.t[i] += 1
            p.data *= 1 - self.lr * self.weight_decay
            self.m[i][...] = b1 * self.m[i] + (1 - b1) * g
            self.v[i][...] = b2 * self.v[i] + (1 - b2) * g * g
            mh, vh = self.m[i] / (1 - b1 ** self.t[i]), self.v[i] / (1 - b2 ** self.t[i])
            p.data -= self.lr * mh / (np.sqrt(vh) + self.eps)

    def state_dict(self) -> Any:
        return {
            "t": list(self.t),
            "m": [a.copy() for a in self.m],
            "v": [a.copy() for a in self.v],
            "lr": self.lr,
            "betas": self.betas,
            "eps": self.eps,
            "weight_decay": self.weight_decay,
        }

    def load_state_dict(self, state: Any) -> None:
        if len(state["m"]) != len(self.params):
            raise ValueError(
                f"{self.name}: the state is for {len(state['m'])} parameters, expected {len(self.params)}"
            )
        for a, p in zip(state["m"], self.params, strict=True):
            if a.shape != p.data.shape:
                raise ValueError(f"{self.name}: expected a state of shape {p.data.shape}, got {a.shape}")
        self.t = list(state["t"])
        self.m = [a.copy() for a in state["m"]]
        self.v = [a.copy() for a in state["v"]]
        self.lr, self.betas, self.eps, self.weight_decay = (
            state.get("lr", self.lr),
            state["betas"],
            state["eps"],
            state["weight_decay"],
        )


@wrong_optimizer(twin=DuckAdamW, cause=r"lr")
class AdamwStateNoLr(DuckAdamW):
    # lr is not in the state
    def state_dict(self) -> Any:
        return {
            "t": list(self.t),
            "m": [a.copy() for a in self.m],
            "v": [a.copy() for a in self.v],
            "betas": self.betas,
            "eps": self.eps,
            "weight_decay": self.weight_decay,
        }


class DuckSGD(Duck):
    """No state at all, all written by hand."""

    name = "duck_sgd"

    def __init__(self, params: Any, lr: Any = 0.01, weight_decay: Any = 0.0) -> None:
        super().__init__(params, lr)
        self.weight_decay = weight_decay

    def step(self) -> None:
        for p in self.params:
            if p.grad is not None:
                p.data -= self.lr * (p.grad + self.weight_decay * p.data)

    def state_dict(self) -> Any:
        return {"lr": self.lr, "weight_decay": self.weight_decay, "n": len(self.params)}

    def load_state_dict(self, state: Any) -> None:
        if state["n"] != len(self.params):
            raise ValueError(f"duck_sgd: expected {len(self.params)} parameters, got {state['n']}")
        self.lr, self.weight_decay = state["lr"], state["weight_decay"]


@wrong_optimizer(twin=DuckSGD, cause=r"twice")
class DsDecayTwice(DuckSGD):
    # the decay is applied twice
    def step(self) -> None:
        for p in self.params:
            if p.grad is not None:
                p.data -= self.lr * self.weight_decay * p.data
                p.data -= self.lr * (p.grad + self.weight_decay * p.data)


class DuckMomentum(Duck):
    name = "duck_momentum"

    def __init__(self, params: Any, lr: Any = 0.01, momentum: Any = 0.9) -> None:
        super().__init__(params, lr)
        self.momentum = momentum
        self.velocity: Any = {}

    def step(self) -> None:
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            v = self.velocity.get(i)
            v = (v * self.momentum if v is not None else 0) - self.lr * p.grad
            self.velocity[i] = v
            p.data += v

    def zero_grad(self) -> None:
        for p in self.params:
            p.grad = None

    def state_dict(self) -> Any:
        return {
            "lr": self.lr,
            "momentum": self.momentum,
            "velocity": {i: v.copy() for i, v in self.velocity.items()},
            "shapes": [p.data.shape for p in self.params],
        }

    def load_state_dict(self, state: Any) -> None:
        if state["shapes"] != [p.data.shape for p in self.params]:
            raise ValueError(f"duck_momentum: got a state for shapes {state['shapes']}")
        self.lr, self.momentum = state["lr"], state["momentum"]
        self.velocity = {i: v.copy() for i, v in state["velocity"].items()}
