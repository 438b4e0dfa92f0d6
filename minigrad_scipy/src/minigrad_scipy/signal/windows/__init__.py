"""`scipy.signal.windows` for arrays and tensors: windows with a parameter."""

from __future__ import annotations

from ...mirror import mirror
from .shapes import OPERATIONS as OPERATIONS

__getattr__, __dir__ = mirror(__name__, OPERATIONS)
