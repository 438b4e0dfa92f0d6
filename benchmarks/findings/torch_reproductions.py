"""All findings in PyTorch, each with a script that imports PyTorch alone and shows the finding."""

from __future__ import annotations

from .torch_conventions import FOUND as CONVENTIONS
from .torch_refused import FOUND as REFUSED
from .torch_wrong import FOUND as WRONG

FOUND = (*WRONG, *REFUSED, *CONVENTIONS)
