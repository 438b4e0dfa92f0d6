"""All findings in JAX, each with a script that imports JAX alone and shows the finding."""

from __future__ import annotations

from .jax_conventions import FOUND as CONVENTIONS
from .jax_wrong import FOUND as WRONG

FOUND = (*WRONG, *CONVENTIONS)
