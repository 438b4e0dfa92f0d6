"""Find the random generators of a model."""

from __future__ import annotations

import numpy as np

from minigrad_core import Module


def find_generators(model: Module) -> list[np.random.Generator]:
    """Return the generators that the modules of a model have as attributes, in the order of the modules."""
    attributes = (value for module in model.modules() for value in vars(module).values())
    return [value for value in attributes if isinstance(value, np.random.Generator)]
