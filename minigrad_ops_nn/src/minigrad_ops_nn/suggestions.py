"""Suggestions in an AttributeError: the name to use instead of PyTorch's, and the module to import from."""

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

# PyTorch's names that this package replaces. A name that differs only in case or ending needs no entry.
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
    """Return the message of an AttributeError, which names the module of `name`, or a replacement."""
    return describe_missing_attribute(
        module, name, REPLACEMENTS, (PACKAGE, *(f"{PACKAGE}.{part}" for part in MODULES))
    )


def install_suggestions() -> None:
    """Give each module a `__getattr__` that suggests where a missing name is."""

    def raise_missing(module: str, name: str) -> None:
        raise AttributeError(describe_missing_name(module, name))

    for module in (import_module(f"{PACKAGE}.{part}") for part in MODULES):
        vars(module)["__getattr__"] = partial(raise_missing, module.__name__)
