"""Random programs for `mg.compile`: text that is evaluated, eager and compiled, on the same values."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

import minigrad_core as mg
import minigrad_ops_nn as nn

KINDS = ("float64", "float32", "int64", "complex128", "float", "int")
UNARY = (
    "np.sin({a})", "{a} * {a}", "{a} + 1", "2.5 * {a}", "np.tanh({a}) ** 2", "np.cos({a})[::-1]",
    "{a}[1:][:1] + {a}", "np.where({a} > 0, {a}, -0.5 * {a})", "np.maximum({a}, 0.25)", "-{a}",
    "np.exp(-{a} * {a})", "np.cumsum({a})", "{a}.reshape(3, 1) @ np.ones((1, 3)) @ {a}",
    "np.sum({a}) * {a}", "np.mean({a} ** 2) + {a}", "np.abs({a})", "np.stack([{a}, np.sin({a})])[1]",
    "np.concatenate([{a}, {a}])[2:5]", "np.sort({a})", "scale * {a}", "{a} * table",
    "np.take({a}, [2, 0, 1])", "np.clip({a}, -1, 1)", "helper({a})", "np.linalg.norm({a}) + {a}",
    "{a}[np.argsort({a})]", "assign({a})", "np.zeros_like({a}) + {a}", "({a} if flag else -{a})",
    "loop({a}, 2)", "mg.checkpoint(lambda t: np.sin(t) * t)({a})",
    "({a} if {a}.ndim == 1 else {a}[0])", "{a} * np.sum({a}).item()", "np.sum({a}) / len({a}) + {a}",
    "np.roll({a}, len({a}) - 1)", "{a}.copy()", "np.round({a}) * {a}", "fill({a})",
)  # fmt: skip
REFUSED = (
    "float(np.sum(np.real({a}))) * {a}",
    "({a} if np.sum(np.real({a})) > 0 else -{a})",
    "np.asarray({a}) + {a}",
    "reuse({a})",
)
BINARY = (
    "{a} + {b}", "{a} * {b}", "{a} - 0.5 * {b}", "{a} / (2 + {b} ** 2)", "np.where({a} > {b}, {a}, {b})",
    "np.dot({a}, {b}) * {a}", "np.outer({a}, {b})[0]", "np.maximum({a}, {b})", "np.hypot({a}, {b} + 3)",
)  # fmt: skip
DERIVATIVES = (
    "mg.grad(lambda t: total(np.sin(t) * {b}))({a})", "mg.grad(lambda t: total(t ** 2 * {b}))({a})",
    "mg.hvp(lambda t: total(np.sin(t) * t * {b}), ({a},), ({a},))[0]",
    "mg.jvp(lambda t: np.tanh(t) * {b}, ({a},), ({b},))[1]",
    "mg.vjp(lambda t: np.cos(t) * {b}, {a})[1]({a})",
    "mg.jacobian(lambda t: t * t * {b})({a}) @ {a}",
    "mg.grad(lambda t: total(mg.grad(lambda u: total(u ** 3 * t))(t)))({a})",
    "mg.value_and_grad(lambda t: total(np.exp(-t * t)))({a})[1]",
)  # fmt: skip
LAYERS = ("net({a})", "drop({a})", "weight * {a}", "np.sum(net({a})) + {b}", "mg.ops.nn.relu({a} - weight)")
LEAVES = 4


class Net(mg.Module):
    """Two linear layers, with batch normalization over the features."""

    def __init__(self) -> None:
        rng = np.random.default_rng(5)
        self.first, self.second = (nn.Linear(3, 3, rng=rng, dtype=np.float64) for _ in range(2))
        self.norm = nn.BatchNorm1d(3, dtype=np.float64)
        self.depth = 2

    def forward(self, x: Any) -> Any:
        y = np.stack([x, 2 * x, np.sin(x)])
        for _ in range(self.depth):
            y = np.tanh(self.norm(self.first(y)))
        return self.second(y)[1]


def assign(x: Any) -> Any:
    y = np.copy(x)
    y[0] = 2 * y[1]
    y[y > 1] = 0.5
    y += x
    return y


def fill(x: Any) -> Any:
    y = np.zeros_like(x)
    for i in range(len(x)):
        y[i] = x[i] * i
    return y


def reuse(x: Any) -> Any:
    factors = np.ones(3)
    y = x * factors
    factors *= 0.5
    return y + x * factors


def loop(x: Any, times: int) -> Any:
    for i in range(times):
        x = x * 0.5 + i
    return x


def make_environment(seed: int) -> dict[str, Any]:
    """Return the globals of a program, the same for the same seed: closures, modules, generators."""
    random = Random(seed)
    scale = random.choice([2.0, 0.5, 3])
    table = np.random.default_rng(seed).normal(size=3)

    def helper(x: Any) -> Any:
        return x * scale + table

    return {
        "np": np, "mg": mg, "scale": scale, "table": table, "helper": helper, "assign": assign, "fill": fill,
        "loop": loop, "reuse": reuse,
        "total": lambda x: np.sum(np.real(x)), "flag": random.random() < 0.5, "net": Net(),
        "drop": nn.Dropout(0.4, rng=np.random.default_rng(seed)),
        "weight": mg.Parameter(np.linspace(-1.0, 1.0, 3)),
    }  # fmt: skip


def write_program(seed: int) -> tuple[str, list[str]]:
    """Return the source of a function `f` of some arguments, and the kinds of these arguments."""
    random = Random(seed)
    kinds = [random.choice(KINDS[:1] * 4 + KINDS) for _ in range(random.randint(1, 3))]
    names = [f"x{i}" for i in range(len(kinds))]
    lines, values = [], list(names)
    for k, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        if kind in ("float", "int"):
            lines.append(f"    {name} = np.ones(3) * {name} + {k}")
    for k in range(random.randint(1, 7)):
        a, b = random.choice(values), random.choice(values)
        group = random.choice([UNARY, UNARY, BINARY, BINARY, DERIVATIVES, LAYERS])
        form = random.choice(REFUSED if random.random() < 0.02 else group)
        lines.append(f"    y{k} = {form.format(a=a, b=b)}")
        values.append(f"y{k}")
    last, other = values[-1], random.choice(values)
    result = random.choice(
        [
            last,
            f"({last}, {other})",
            f"{{'a': {last}, 'b': [{other}, 1.5]}}",
            f"np.sum({last})",
            f"[{last}, None]",
        ]
    )
    return "\n".join([f"def f({', '.join(names)}):", *lines, f"    return {result}"]), kinds


def draw_arguments(kinds: list[str], seed: int, *, shared: bool, tensors: bool) -> list[Any]:
    """Return arguments; shared: one array for all of a kind. tensors: floats as leaves with a gradient."""
    rng = np.random.default_rng(seed)
    drawn: dict[str, Any] = {}
    arguments = []
    for kind in kinds:
        value: Any
        if kind == "float":
            value = float(rng.normal())
        elif kind == "int":
            value = int(rng.integers(1, 4))
        else:
            value = (3 * rng.normal(size=3) + (1j if kind.startswith("c") else 0)).astype(kind)
            if tensors and kind.startswith("f"):
                value = mg.tensor(value, requires_grad=True)
        arguments.append(drawn.setdefault(kind, value) if shared else value)
    return arguments
