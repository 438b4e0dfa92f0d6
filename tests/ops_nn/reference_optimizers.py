"""Ten steps of each optimizer: PyTorch's, and from the papers where it has none or rounds to bfloat16."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.ops_nn.reference_format import FOLDER, torch

STEPS = 10

PYTORCH: list[tuple[str, Any, dict[str, Any]]] = [
    ("sgd", torch.optim.SGD, {"lr": 0.1}),
    ("sgd", torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    ("sgd", torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ("adam", torch.optim.Adam, {"lr": 0.1}),
    ("adam", torch.optim.Adam, {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-2, "weight_decay": 0.1}),
    ("adamw", torch.optim.AdamW, {"lr": 0.1}),
    ("adamw", torch.optim.AdamW, {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-2, "weight_decay": 0.3}),
    ("rmsprop", torch.optim.RMSprop, {"lr": 0.1}),
    (
        "rmsprop",
        torch.optim.RMSprop,
        {"lr": 0.1, "alpha": 0.9, "eps": 1e-2, "momentum": 0.5, "centered": True},
    ),
    ("rmsprop", torch.optim.RMSprop, {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1}),
    ("adagrad", torch.optim.Adagrad, {"lr": 0.1}),
    (
        "adagrad",
        torch.optim.Adagrad,
        {"lr": 0.1, "lr_decay": 0.2, "initial_accumulator_value": 0.5, "eps": 1e-2},
    ),
    ("adadelta", torch.optim.Adadelta, {}),
    ("adadelta", torch.optim.Adadelta, {"lr": 0.5, "rho": 0.8, "eps": 1e-2, "weight_decay": 0.1}),
    ("nadam", torch.optim.NAdam, {"lr": 0.1}),
    (
        "nadam",
        torch.optim.NAdam,
        {"lr": 0.1, "betas": (0.8, 0.9), "momentum_decay": 0.1, "weight_decay": 0.1},
    ),
]


def lion(p: Any, g: Any, state: dict[str, Any], _: int) -> Any:
    """Chen et al. 2023, algorithm 2, with lr 0.1, betas (0.9, 0.99), decay 0.1."""
    m = state.setdefault("m", 0 * p)
    u = np.sign(0.9 * m + (1 - 0.9) * g)
    state["m"] = 0.99 * m + (1 - 0.99) * g
    return p - 0.1 * (u + 0.1 * p)


def lamb(p: Any, g: Any, state: dict[str, Any], t: int) -> Any:
    """You et al. 2020, algorithm 2, with lr 0.1, betas (0.9, 0.999), eps 1e-6, decay 0.1."""
    m = state["m"] = 0.9 * state.get("m", 0 * p) + (1 - 0.9) * g
    v = state["v"] = 0.999 * state.get("v", 0 * p) + (1 - 0.999) * g**2
    u = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-6) + 0.1 * p
    return p - 0.1 * np.linalg.norm(p) / np.linalg.norm(u) * u


def muon(p: Any, g: Any, state: dict[str, Any], _: int) -> Any:
    """Jordan et al. 2024, with lr 0.1, momentum 0.95, nesterov, decay 0.1, by the singular values themselves.

    The polynomial a x + b x^3 + c x^5 of a matrix acts on its singular values alone.
    """
    m = state["m"] = 0.95 * state.get("m", 0 * p) + (1 - 0.95) * g
    u, s, vt = np.linalg.svd(0.95 * m + (1 - 0.95) * g, full_matrices=False)
    s = s / np.sqrt((s**2).sum())
    for _ in range(5):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    # p is (in, out): fan_out / fan_in is columns / rows.
    return p * (1 - 0.1 * 0.1) - 0.1 * max(1, p.shape[1] / p.shape[0]) ** 0.5 * (u * s) @ vt


PAPERS: list[tuple[str, Any, dict[str, Any]]] = [
    ("lion", lion, {"lr": 0.1, "betas": (0.9, 0.99), "weight_decay": 0.1}),
    ("lamb", lamb, {"lr": 0.1, "weight_decay": 0.1}),
    ("muon", muon, {"lr": 0.1}),
]


def pytorch_steps(rule: Any, settings: dict[str, Any], start: Any, grads: Any) -> Iterator[Any]:
    """Yield the parameter after each step."""
    p = torch.nn.Parameter(torch.tensor(start))
    optimizer = rule([p], **settings)
    for g in grads:
        p.grad = torch.tensor(g)
        optimizer.step()
        yield p.detach().numpy().copy()


def paper_steps(rule: Any, start: Any, grads: Any) -> Iterator[Any]:
    """Yield the parameter after each step."""
    p = start.copy()
    state: dict[str, Any] = {}
    for t, g in enumerate(grads, 1):
        p = rule(p, g, state, t)
        yield p


def write_trajectories() -> None:
    """Write trajectories.npz: start (3, 4), grads (10, 3, 4), and the parameter after each step of each."""
    rng = np.random.default_rng(0)
    start = rng.standard_normal((3, 4)).astype(np.float32).astype(np.float64)
    grads = rng.standard_normal((STEPS, 3, 4)).astype(np.float32).astype(np.float64)
    followed = [list(pytorch_steps(rule, settings, start, grads)) for _, rule, settings in PYTORCH]
    followed += [list(paper_steps(rule, start, grads)) for _, rule, _ in PAPERS]
    index = json.dumps([{"name": name, "settings": settings} for name, _, settings in PYTORCH + PAPERS])
    path = FOLDER.parent / "trajectories.npz"
    np.savez_compressed(path, index=np.array(index), start=start, grads=grads, steps=np.array(followed))
    print(f"trajectories: {len(followed)}, {path.stat().st_size} bytes")


def write_schedules() -> None:
    """Write schedules.npz: the learning rate before each of twelve steps, from a rate of 0.5."""
    schedules = torch.optim.lr_scheduler
    makers: dict[str, Any] = {
        "step_decay": lambda o: schedules.StepLR(o, 3, 0.5),
        "exponential": lambda o: schedules.ExponentialLR(o, 0.9),
        "cosine": lambda o: schedules.CosineAnnealingLR(o, 12, eta_min=0.05),
        "one_cycle": lambda o: schedules.OneCycleLR(o, 0.5, total_steps=12),
        "warm_up": lambda o: schedules.LinearLR(o, start_factor=0.25, total_iters=4),
    }
    rates = {}
    for name, make in makers.items():
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
        schedule = make(optimizer)
        rates[name] = np.array([_step_and_return_rate(optimizer, schedule) for _ in range(12)])
    path = FOLDER.parent / "schedules.npz"
    np.savez_compressed(path, **rates)  # type: ignore[arg-type]
    print(f"schedules: {len(rates)}, {path.stat().st_size} bytes")


def _step_and_return_rate(optimizer: Any, schedule: Any) -> float:
    rate: float = optimizer.param_groups[0]["lr"]
    optimizer.step()
    if schedule.last_epoch < 11:
        schedule.step()
    return rate
