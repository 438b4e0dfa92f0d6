"""What to write instead of PyTorch's names, and where to import a name from."""

from __future__ import annotations

from importlib import import_module

ROOMS = (
    "activations",
    "clipping",
    "convolution",
    "initializers",
    "losses",
    "normalization",
    "optimizers",
    "pooling",
    "recurrent",
    "schedules",
)

# What PyTorch has under another name.
WAYS = {
    "BCELoss": "losses.binary_cross_entropy(x, target)",
    "BCEWithLogitsLoss": "losses.binary_cross_entropy_with_logits(x, target)",
    "CrossEntropyLoss": "losses.cross_entropy(logits, labels)",
    "GRUCell": "recurrent.gru_cell(x, h, weight_ih, weight_hh)",
    "HuberLoss": "losses.huber(x, target)",
    "Identity": "Sequential()",
    "KLDivLoss": "losses.kl_div(x, target)",
    "L1Loss": "losses.l1(x, target)",
    "LSTMCell": "recurrent.lstm_cell(x, h, c, weight_ih, weight_hh)",
    "MSELoss": "losses.mse(x, target)",
    "Module": "minigrad_core.Module",
    "ModuleDict": "minigrad_core.ModuleList, or an attribute for each",
    "ModuleList": "minigrad_core.ModuleList",
    "NLLLoss": "losses.nll(log_probabilities, labels)",
    "Parameter": "minigrad_core.Parameter",
    "RNNCell": "recurrent.rnn_cell(x, h, weight_ih, weight_hh)",
    "SmoothL1Loss": "losses.smooth_l1(x, target)",
    "functional": f"operations are in {', '.join(ROOMS)}, and all in minigrad_core.ops.nn",
    "init": "initializers",
    "optim": "optimizers, and schedules for their learning rates",
    "utils": "clipping.clip_grad_norm",
}


def not_here(name: str) -> str:
    """Return the message of an AttributeError: the module that has the name, or what to use instead."""
    fact = f"module 'minigrad_ops_nn' has no attribute {name!r}"
    if name in WAYS:
        return f"{fact}: {WAYS[name]}"
    for room in ROOMS:
        if not name.startswith("_") and hasattr(import_module(f".{room}", __package__), name):
            return f"{fact}: from minigrad_ops_nn.{room} import {name}"
    return fact
