"""Names of distributions."""

from __future__ import annotations

import re


def canonical(name: str) -> str:
    """Return a name as indexes compare it (PEP 503). `packaging.utils` has it too, and takes 20 ms to import.

    Examples
    --------
    >>> canonical("Minigrad_Ops.NN")
    'minigrad-ops-nn'
    """
    return re.sub(r"[-_.]+", "-", name).lower()
