"""What to write instead of PyTorch's names, and where to import a name from."""

from __future__ import annotations

from functools import partial
from importlib import import_module

from minigrad_core.hints import describe_missing_attribute

PACKAGE = "minigrad_ops_nn"
MODULES = (
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

# What PyTorch has under another name; one that differs in its letters' case or its ending needs no line.
REPLACEMENTS = {
    "BCELoss": "losses.binary_cross_entropy(x, target)",
    "BCEWithLogitsLoss": "losses.binary_cross_entropy_with_logits(x, target)",
    "Identity": "Sequential()",
    "Module": "minigrad_core.Module",
    "ModuleDict": "minigrad_core.ModuleList, or an attribute for each",
    "ModuleList": "minigrad_core.ModuleList",
    "Parameter": "minigrad_core.Parameter",
    "functional": f"operations are in {', '.join(MODULES)}, and all in minigrad_core.ops.nn",
    "init": "initializers",
    "lr_scheduler": "schedules",
    "optim": "optimizers, and schedules for their learning rates",
    "utils": "clipping.clip_grad_norm",
}


def describe_missing_name(module: str, name: str) -> str:
    """Return the message of an AttributeError: the module that has the name, or what to use instead."""
    return describe_missing_attribute(
        module, name, REPLACEMENTS, (PACKAGE, *(f"{PACKAGE}.{room}" for room in MODULES))
    )


def install_suggestions() -> None:
    """Let every room say where a name is that it does not have."""

    def missing(module: str, name: str) -> None:
        raise AttributeError(describe_missing_name(module, name))

    for module in (import_module(f"{PACKAGE}.{room}") for room in MODULES):
        vars(module)["__getattr__"] = partial(missing, module.__name__)
