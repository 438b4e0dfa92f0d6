"""The case language under its public name; see `contracts/cases.py`."""

from .contracts.cases import *  # noqa: F403 - its `__all__` is the list
