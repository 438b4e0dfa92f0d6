"""How plugins take part in training: models, datasets, and what happens in the course of a run."""

from .callbacks import Callbacks, current, shared
from .hookspecs import GROUP, hookimpl

__all__ = ["GROUP", "Callbacks", "current", "hookimpl", "shared"]
