"""`__version__` of a package, from its metadata."""

from __future__ import annotations


def get_package_attribute(module: str, name: str) -> str:
    """Return `__version__` of a package: its `__getattr__`, or where that ends.

    Raises
    ------
    AttributeError
        It is another attribute, or the package is not installed, but in a plain folder.
    """
    if name == "__version__":
        from .plugins.compatibility import version  # which takes 30 ms to import

        if found := version(module):
            return found
    raise AttributeError(f"module {module!r} has no attribute {name!r}")
