"""Faults in plain functions of tensors."""

from __future__ import annotations

import numpy as np
import torch

from .pair import ANY, MATRIX, pair

pair(
    "a part detached",
    lambda x: x * x.detach().sigmoid(),
    lambda x: x * x.sigmoid(),
    **ANY,
)
pair("through .data", lambda x: x + x.data.sin(), lambda x: x + x.sin(), **ANY)
pair("through a Python number", lambda x: x * float(x.sum()), lambda x: x * x.sum(), **MATRIX)
pair(
    "a new tensor of the values",
    lambda x: torch.tensor(x.tolist(), dtype=x.dtype) * x,
    lambda x: x * x,
    **ANY,
)
pair(
    "a norm with NaN at zero",
    lambda x: (x * x).sum(-1).sqrt(),
    lambda x: torch.linalg.vector_norm(x, dim=-1),
    **MATRIX,
)
pair(
    "NaN behind a where",
    lambda x: torch.where(x > 0, x.sqrt(), 0.0 * x) * 1.0,
    lambda x: torch.where(x > 0, x.clamp(min=1e-30).sqrt(), 0.0 * x) * 1.0,
    **ANY,
)
pair(
    "a float64 tensor with float32",
    lambda x: x * np.float64(2) * torch.ones(x.shape, dtype=torch.float64),
    lambda x: x * np.float64(2),
    **ANY,
)
