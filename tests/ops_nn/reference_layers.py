"""PyTorch's layers: the output, and the gradient of every parameter, under our names and in our layout."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.ops_nn.reference_format import FOLDER, torch

nn = torch.nn
# (our class, its arguments, PyTorch's module, the shape of the input)
LAYERS: list[tuple[str, list[Any], dict[str, Any], Any, tuple[int, ...]]] = [
    ("Linear", [4, 3], {}, nn.Linear(4, 3), (5, 4)),
    ("Linear", [4, 3], {"bias": False}, nn.Linear(4, 3, bias=False), (2, 5, 4)),
    ("Conv1d", [4, 6, 3], {"padding": 1, "groups": 2}, nn.Conv1d(4, 6, 3, padding=1, groups=2), (2, 4, 7)),
    ("Conv2d", [2, 3, 3], {"stride": 2}, nn.Conv2d(2, 3, 3, stride=2), (2, 2, 7, 6)),
    ("ConvTranspose1d", [2, 3, 3], {"stride": 2}, nn.ConvTranspose1d(2, 3, 3, stride=2), (2, 2, 4)),
    ("ConvTranspose2d", [2, 3, 2], {"padding": 1}, nn.ConvTranspose2d(2, 3, 2, padding=1), (2, 2, 4, 3)),
    ("BatchNorm1d", [3], {}, nn.BatchNorm1d(3), (5, 3)),
    ("BatchNorm1d", [3], {"momentum": 0.3}, nn.BatchNorm1d(3, momentum=0.3), (2, 3, 4)),
    ("BatchNorm2d", [3], {"affine": False}, nn.BatchNorm2d(3, affine=False), (2, 3, 4, 2)),
    ("LayerNorm", [[3, 4]], {}, nn.LayerNorm([3, 4]), (2, 3, 4)),
    ("LayerNorm", [4], {"elementwise_affine": False}, nn.LayerNorm(4, elementwise_affine=False), (2, 4)),
    ("RMSNorm", [4], {"eps": 1e-3}, nn.RMSNorm(4, eps=1e-3), (2, 4)),
    ("RMSNorm", [4], {"elementwise_affine": False}, nn.RMSNorm(4, elementwise_affine=False), (2, 4)),
    ("GroupNorm", [2, 4], {}, nn.GroupNorm(2, 4), (2, 4, 3)),
    ("PReLU", [3], {}, nn.PReLU(3), (2, 3, 4)),
    ("MultiHeadAttention", [6, 2], {}, nn.MultiheadAttention(6, 2, batch_first=True), (2, 4, 6)),
    ("RNN", [3, 4], {"nonlinearity": "relu"}, nn.RNN(3, 4, nonlinearity="relu"), (5, 2, 3)),
    ("GRU", [3, 4], {"num_layers": 2, "batch_first": True}, nn.GRU(3, 4, 2, batch_first=True), (2, 5, 3)),
    (
        "LSTM",
        [3, 4],
        {"bidirectional": True, "num_layers": 2},
        nn.LSTM(3, 4, 2, bidirectional=True),
        (5, 2, 3),
    ),
    ("LSTM", [3, 4], {"bias": False}, nn.LSTM(3, 4, bias=False), (5, 2, 3)),
    (
        "TransformerBlock",
        [6, 2, 8],
        {},
        nn.TransformerEncoderLayer(6, 2, 8, 0.0, "gelu", batch_first=True, norm_first=True),
        (2, 4, 6),
    ),
    (
        "TransformerBlock",
        [6, 2, 8],
        {"norm_first": False, "activation": "relu"},
        nn.TransformerEncoderLayer(6, 2, 8, 0.0, "relu", batch_first=True),
        (2, 4, 6),
    ),
]


def rename_parameters(module: Any, named: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """Return PyTorch's parameters, buffers or gradients under minigrad's names.

    Matrices are transposed, and the projection of attention is split.
    """
    result: dict[str, NDArray[Any]] = {}
    for name, tensor in named.items():
        array = tensor.detach().numpy().copy()
        if name.endswith("num_batches_tracked"):
            continue
        short = name.replace("self_attn.", "attention.")
        owner = module.get_submodule(name.rpartition(".")[0])
        if "in_proj" in name:
            prefix, _, kind = short.rpartition("in_proj_")
            for part, own in zip(np.split(array, 3), ("query", "key", "value"), strict=True):
                result[f"{prefix}{own}.{kind}"] = part.T
        elif isinstance(owner, nn.Linear | nn.RNNBase):
            result[short.replace("out_proj", "out")] = array.T
        else:
            result[short] = array
    return result


def write_layers() -> None:
    """Write layers.npz."""
    torch.manual_seed(0)
    arrays: dict[str, NDArray[Any]] = {}
    index = []
    for number, (name, args, kwargs, module, shape) in enumerate(LAYERS):
        with torch.no_grad():
            for parameter in module.parameters():  # float32 values, so that both precisions see the same
                parameter.copy_(torch.randn_like(parameter).float() / 2)
        x = torch.randn(shape).float().double().requires_grad_()
        stored = {f"before.{k}": v for k, v in rename_parameters(module, module.state_dict()).items()}
        out = module(x, x, x, need_weights=False) if name == "MultiHeadAttention" else module(x)
        out = out[0] if isinstance(out, tuple) else out
        cotangent = torch.randn(out.shape).float().double()
        (out * cotangent).sum().backward()
        gradients = {k: p.grad for k, p in module.named_parameters()}
        stored |= {f"gradient.{k}": v for k, v in rename_parameters(module, gradients).items()}
        stored |= {f"after.{k}": v for k, v in rename_parameters(module, module.state_dict()).items()}
        stored |= {"x": x.detach().numpy(), "x_gradient": x.grad.numpy(), "cotangent": cotangent.numpy()}
        evaluated = module.eval()(x) if name.startswith("BatchNorm") else out
        stored |= {"output": out.detach().numpy(), "evaluated": evaluated.detach().numpy()}
        arrays |= {f"{number}.{key}": array for key, array in stored.items()}
        index.append({"layer": name, "args": args, "kwargs": kwargs})
    path = FOLDER.parent / "layers.npz"
    np.savez_compressed(path, index=np.array(json.dumps(index)), **arrays)  # type: ignore[arg-type]
    print(f"layers: {len(index)}, {path.stat().st_size} bytes")
