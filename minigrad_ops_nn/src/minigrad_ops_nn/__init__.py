"""Activations, losses, layers, initializers and optimizers for minigrad."""

from typing import TYPE_CHECKING, Any

from minigrad_core.package_version import get_package_attribute

from . import activations, clipping, initializers, layers, losses, optimizers, schedules
from .layers import *  # noqa: F403 - the layers, which are listed there
from .suggestions import describe_missing_name, install_suggestions
from .summary import summary

__all__ = ["activations", "clipping", "initializers", "losses", "optimizers", "schedules", "summary"]
__all__ += layers.__all__

install_suggestions()

if TYPE_CHECKING:
    __version__: str
else:  # a type checker would take every name for one of the package's

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            return get_package_attribute(__name__, name)
        raise AttributeError(describe_missing_name(__name__, name))
