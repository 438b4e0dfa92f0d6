"""Modules of minigrad as modules of PyTorch, and layers of PyTorch as layers of minigrad."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
import torch
from torch import nn

from minigrad_core import Module
from minigrad_core.errors import ArgumentError

from ..positions import replace_at
from .array_function import ArrayFunction
from .torch_operations import as_array, record_call

_CONV = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups")
_POOL = ("kernel_size", "stride", "padding")
# Layers with PyTorch's name, and the settings that both libraries have.
LAYERS: dict[str, tuple[str, ...]] = {
    "Linear": ("in_features", "out_features"),
    "Conv1d": _CONV,
    "Conv2d": _CONV,
    "ConvTranspose1d": (*_CONV, "output_padding"),
    "ConvTranspose2d": (*_CONV, "output_padding"),
    "BatchNorm1d": ("num_features", "eps", "momentum", "affine"),
    "BatchNorm2d": ("num_features", "eps", "momentum", "affine"),
    "LayerNorm": ("normalized_shape", "eps", "elementwise_affine"),
    "GroupNorm": ("num_groups", "num_channels", "eps", "affine"),
    "Embedding": ("num_embeddings", "embedding_dim", "padding_idx"),
    "AvgPool2d": _POOL,
    "MaxPool2d": _POOL,
    **dict.fromkeys(("ReLU", "Sigmoid", "Tanh", "SiLU", "Mish", "SELU"), ()),
}


class TorchModule(nn.Module):
    """A module of minigrad as a module of PyTorch, with parameters of PyTorch under the same names.

    The parameters share memory with those of minigrad, so that an optimizer of PyTorch trains both, also in
    a copy, after a pickle and after `.double()`. Buffers stay in `module`, the module of minigrad. NumPy
    computes on the CPU. Double backward runs `module` again, so that a module that draws random numbers has
    first derivatives only.
    """

    def __init__(self, module: Module) -> None:
        if not isinstance(module, Module):
            raise ArgumentError(f"expected a module of minigrad, got {type(module).__name__}")
        super().__init__()
        self.module = module
        for name, parameter in module.named_parameters():
            *path, last = name.split(".")
            owner: Any = self
            for part in path:
                if not hasattr(owner, part):
                    owner.add_module(part, nn.Module())
                owner = getattr(owner, part)
            owner.register_parameter(last, nn.Parameter(torch.from_numpy(parameter.data)))

    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state)
        self._share_memory()

    def _apply(self, *arguments: Any, **settings: Any) -> Any:  # of `.double()` and the like
        super()._apply(*arguments, **settings)
        self._share_memory()
        return self

    def _share_memory(self) -> None:
        """Give minigrad's parameters the memory of PyTorch's, which a copy or a conversion separates."""
        for name, parameter in self.module.named_parameters():
            parameter.data = as_array(self.get_parameter(name))

    def train(self, mode: bool = True) -> TorchModule:
        """Set both modules to training or evaluation mode."""
        self.module.train(mode)
        super().train(mode)
        return self

    def forward(self, *inputs: Any, **settings: Any) -> Any:
        """Call the module of minigrad, and record the call in PyTorch's graph."""
        # PyTorch has the parameters of a module before those of its submodules, and minigrad in their order.
        own = dict(self.named_parameters())
        weights = [own[name] for name, _ in self.module.named_parameters()]
        argnums = [i for i, x in enumerate(inputs) if isinstance(x, torch.Tensor) and x.is_floating_point()]
        constants = [as_array(x) for x in inputs]

        def f(*arrays: Any) -> Any:
            all_inputs = replace_at(constants, argnums, arrays[len(weights) :])
            return _call_with_weights(self.module, arrays[: len(weights)], all_inputs, settings)

        return record_call(ArrayFunction(f), [*weights, *(inputs[i] for i in argnums)])


def _call_with_weights(module: Module, weights: Sequence[Any], inputs: Sequence[Any], settings: Any) -> Any:
    """Call `module` with other values for its parameters."""
    owners = dict(module.named_modules())
    attributes = [name.rpartition(".") for name, _ in module.named_parameters()]
    originals = [getattr(owners[owner], last) for owner, _, last in attributes]
    try:
        for (owner, _, last), weight in zip(attributes, weights, strict=True):
            object.__setattr__(owners[owner], last, weight)
        return module(*inputs, **settings)
    finally:
        for (owner, _, last), parameter in zip(attributes, originals, strict=True):
            object.__setattr__(owners[owner], last, parameter)


def from_torch_module(layer: nn.Module) -> Module:
    """Return a layer of PyTorch, or a `Sequential` of layers, as a layer of minigrad with the same weights.

    Needs minigrad-ops-nn. The weight of a `Linear` is transposed. A `TorchModule` returns the module that it
    wraps.

    Raises
    ------
    ArgumentError
        minigrad has no layer of that name with these settings.
    """
    if isinstance(layer, TorchModule):
        return layer.module
    layers, name = import_module("minigrad_ops_nn"), type(layer).__name__
    if isinstance(layer, nn.Sequential):
        sequential: Module = layers.Sequential(*map(from_torch_module, layer))
        return sequential
    if name not in LAYERS or getattr(layer, "padding_mode", "zeros") != "zeros":
        raise ArgumentError(f"no layer of minigrad corresponds to {layer}; known: {', '.join(LAYERS)}")
    settings = {key: getattr(layer, key) for key in LAYERS[name]}
    state = {
        key: as_array(value) for key, value in layer.state_dict().items() if key != "num_batches_tracked"
    }
    if name in ("Linear", "LayerNorm") or name.startswith("Conv"):
        settings["bias"] = "bias" in state
    if name == "Linear":
        state["weight"] = state["weight"].T
    if state:
        settings["dtype"] = next(iter(state.values())).dtype
    converted: Module = getattr(layers, name)(**settings)
    converted.load_state_dict({key: np.ascontiguousarray(value) for key, value in state.items()})
    return converted.train(layer.training)
