"""How plugins take part in training: models, datasets, and what happens in the course of a run."""

from .callbacks import Callbacks
from .hookspecs import GROUP, hookimpl
from .provided import Provided

__all__ = ["GROUP", "Callbacks", "Provided", "hookimpl"]
