"""What was found in PyTorch, checked by hand: each with a script that imports PyTorch alone, and what it shows."""

from __future__ import annotations

from .torch_refused import FOUND as REFUSED
from .torch_wrong import FOUND as WRONG

FOUND = (*WRONG, *REFUSED)
