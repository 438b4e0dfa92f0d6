"""A third set that was held out: whole operations as they are found in the field, with one slip each.

Right and wrong code share no style: closures, `np.add.at`, `out=`, `einsum`, early returns,
dataclasses, partials.
"""

from . import (
    activations,
    axes,
    indexing,
    initializers,
    linalg,
    losses,
    norms,
    optimizers,
    outputs,
    scans,
    windows,
)

__all__ = [
    "activations",
    "axes",
    "indexing",
    "initializers",
    "linalg",
    "losses",
    "norms",
    "optimizers",
    "outputs",
    "scans",
    "windows",
]
