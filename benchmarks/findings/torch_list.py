"""The list of PyTorch's functions, which four modules fill, and the arguments that their cases share."""

from __future__ import annotations

import torch

from minigrad_core.cases import real

from .function_list import FunctionList

LISTED = FunctionList(torch, {"F": "nn.functional", "L": "linalg", "S": "special"})
add, elementwise = LISTED.add, LISTED.elementwise
ANY, NK, K = real("..."), real("n k"), real("k")
