"""Names of PyTorch and MyGrad that do not exist here: their AttributeError gives the name to use."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
import minigrad_core.hints
import minigrad_ops_nn as nn
from minigrad_ops_nn.optimizers import SGD

MODEL = nn.Linear(2, 3)
CONTEXT = mg.Context(mg.ops.basic.add, (), {}, ())
THINGS: list[tuple[Any, str, str]] = [
    (mg.tensor([1.0]), "view", r"'Tensor' object has no attribute 'view': x.reshape\(shape\)"),
    (
        MODEL.weight,
        "unsqueeze",
        r"'Parameter' object has no attribute 'unsqueeze': np.expand_dims\(x, axis\)",
    ),
    (mg.tensor([1.0]), "sort", r"np.sort\(x, ...\)"),
    (mg.tensor([1.0]), "fill", r"np.full_like\(x, value\)"),
    (mg.tensor([1.0]), "put", r"mg.ops.basic.setitem\(x, values, index=...\)"),
    (mg.tensor([1.0]), "itemsize", r"x.data.itemsize"),
    (mg.tensor([1.0]), "square", r"np.square\(x\)"),
    (mg.tensor([1.0]), "half", r"x.astype\(np.float16\)"),
    (mg.tensor([1.0]), "long", r"x.numpy\(\).astype\(np.int64\)"),
    (mg.tensor([1.0]), "constant", "not x.requires_grad"),
    (mg.tensor([1.0]), "null_grad", r"x\.zero_grad\(\)"),
    (mg.tensor([1.0]), "exp", r"np.exp\(x\)"),
    (mg.tensor([1.0]), "moveaxis", r"np.moveaxis\(x, ...\)"),
    (mg.tensor([1.0]), "mul", r"x \* y"),
    (mg.tensor([1.0]), "eq", "x == y"),
    (mg.tensor([1.0]), "neg", "-x"),
    (mg.tensor([1.0]), "div", "x / y"),
    (CONTEXT, "save_for_backward", r"ctx.save\(x, ...\)"),
    (CONTEXT, "saved_tensors", "ctx.saved"),
    (CONTEXT, "needs_input_grad", "ctx.needs"),
    (mg.ops.basic.add, "apply", "an instance is called"),
    (mg, "vmap", "mg.jacobian"),
    (mg, "modulelist", "from minigrad_core import ModuleList"),
    (MODEL, "half", "make it with dtype=np.float16"),
    (mg, "randn", r"np.random.default_rng\(seed\).standard_normal\(shape\)"),
    (MODEL, "cuda", "'Linear' object has no attribute 'cuda': everything is computed on the CPU"),
    (SGD(MODEL.parameters(), lr=0.1), "param_groups", "lr and the other settings are attributes"),
    (mg, "nn", "import minigrad_ops_nn as nn"),
    (mg, "no_autodiff", r"use mg.no_grad\(\)"),
    (mg, "matmul", "NumPy has np.matmul, and its functions work on tensors"),
    (mg, "nonsense", "module 'minigrad_core' has no attribute 'nonsense'$"),
    (nn, "SGD", "from minigrad_ops_nn.optimizers import SGD"),
    (nn, "CrossEntropyLoss", "from minigrad_ops_nn.losses import cross_entropy"),
    (nn, "MultiheadAttention", "from minigrad_ops_nn import MultiHeadAttention"),
    (nn, "LSTMCell", "from minigrad_ops_nn.recurrent import lstm_cell"),
    (nn.losses, "mse_loss", "from minigrad_ops_nn.losses import mse$"),
    (nn.clipping, "clip_grad_norm_", "from minigrad_ops_nn.clipping import clip_grad_norm"),
    (nn.schedules, "StepLR", "similar: minigrad_ops_nn.schedules.step_decay$"),
    (nn.optimizers, "Sgd", "from minigrad_ops_nn.optimizers import SGD"),
    (nn.losses, "nonsense", "module 'minigrad_ops_nn.losses' has no attribute 'nonsense'$"),
    (nn, "nonsense", "module 'minigrad_ops_nn' has no attribute 'nonsense'$"),
]


@pytest.mark.parametrize(("thing", "name", "message"), THINGS)
def test_a_name_of_pytorch_is_explained_and_does_not_exist(thing: Any, name: str, message: str) -> None:
    with pytest.raises(AttributeError, match=message):
        getattr(thing, name)
    assert not hasattr(thing, name)
    assert name not in dir(thing)


def test_a_module_may_have_an_attribute_of_such_a_name() -> None:
    class Device(mg.Module):
        def __init__(self) -> None:
            self.device = "mine"

        def apply(self) -> str:
            return "own"

        def forward(self) -> None: ...

    assert (Device().device, Device().apply()) == ("mine", "own")


def test_the_expressions_in_hints_can_be_evaluated() -> None:
    x = mg.tensor([[1.0, 2.0]])
    names = {"x": x, "y": mg.tensor([[1.0], [2.0]]), "np": np, "mg": mg}
    names |= {"shape": (1, 2), "axis": 0, "axes": (1, 0), "low": 0, "high": 1, "sections": 1}
    names |= {"source": 0, "destination": 1, "dtype": np.float32}
    names |= {"mask": np.array([[True, False]]), "value": 0.0, "index": np.array([[0, 0]])}
    starts = ("x.", "np.", "x ", "mg.ops")
    prose = (" is True ", ", but", "= True", "...")
    hints = [hint for hint in minigrad_core.hints.TENSOR.values() if hint.startswith(starts)]
    expressions = [hint for hint in hints if not any(word in hint for word in prose)]
    assert len(expressions) > 60
    for_integers = ("bit", "invert", "isnat", "<<", ">>", " & ", " | ", "^", "~")
    for expression in expressions:
        if not any(word in expression for word in for_integers):
            with np.errstate(all="ignore"):
                eval(expression, names)
