"""Activations, losses, layers, initializers and optimizers for minigrad."""

from typing import TYPE_CHECKING, Any

from . import activations, clipping, initializers, layers, losses, optimizers, schedules
from .layers import *  # noqa: F403 - the layers, which are listed there
from .suggestions import not_here
from .summary import summary

__all__ = ["activations", "clipping", "initializers", "losses", "optimizers", "schedules", "summary"]
__all__ += layers.__all__

if not TYPE_CHECKING:  # where a type checker would take every name for one of the package's

    def __getattr__(name: str) -> Any:
        raise AttributeError(not_here(name))
