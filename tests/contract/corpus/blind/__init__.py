"""A fourth set that was held out: written blind, before the kit was run on it.

Optimizers and initializers; the twins stand in `twins_*`.
"""

from . import (
    initializers_draws,
    initializers_fans,
    initializers_settings,
    optimizers_groups,
    optimizers_missing,
    optimizers_moments,
    optimizers_saving,
    optimizers_settings,
    optimizers_sharing,
    optimizers_sizes,
)

__all__ = [
    "initializers_draws",
    "initializers_fans",
    "initializers_settings",
    "optimizers_groups",
    "optimizers_missing",
    "optimizers_moments",
    "optimizers_saving",
    "optimizers_settings",
    "optimizers_sharing",
    "optimizers_sizes",
]
