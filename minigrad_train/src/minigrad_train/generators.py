"""The random generators that a model draws from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from minigrad_core import Module


def find_generators(model: Module) -> list[np.random.Generator]:
    """Return those that its modules have as attributes, in their order."""
    attributes = (value for module in model.modules() for value in vars(module).values())
    return [value for value in attributes if isinstance(value, np.random.Generator)]
