"""NumPy's functions as operations, in the namespace `basic`; the folders are the chapters of its manual."""

from functools import partial
from typing import TYPE_CHECKING

from minigrad_core.package_version import get_package_attribute

if TYPE_CHECKING:
    __version__: str
else:
    __getattr__ = partial(get_package_attribute, __name__)
