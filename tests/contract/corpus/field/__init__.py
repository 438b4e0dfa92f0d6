"""A third set that was held out: whole operations as they are found in the field, with one slip each.

Right and wrong code share no style: closures, `np.add.at`, `out=`, `einsum`, early returns,
dataclasses, partials.
"""

from . import (
    activations,
    arrays,
    attention,
    axes,
    indexing,
    linalg,
    losses,
    norms,
    ordering,
    outputs,
    scans,
    windows,
)

__all__ = [
    "activations",
    "arrays",
    "attention",
    "axes",
    "indexing",
    "linalg",
    "losses",
    "norms",
    "ordering",
    "outputs",
    "scans",
    "windows",
]
