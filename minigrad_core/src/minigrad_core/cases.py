"""The public name of the case language in `contracts/cases.py`."""

from .contracts.cases import *  # noqa: F403 - its `__all__` is the list
