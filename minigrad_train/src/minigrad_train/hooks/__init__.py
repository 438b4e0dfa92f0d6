"""Plugins that take part in training: models, datasets, and callbacks in the course of a run."""

from .callbacks import Callbacks, current, shared
from .hookspecs import GROUP, hookimpl

__all__ = ["GROUP", "Callbacks", "current", "hookimpl", "shared"]
