"""The attribute `__version__` of a package, read from its metadata."""

from __future__ import annotations


def get_package_attribute(module: str, name: str) -> str:
    """Return `__version__` of a package; the `__getattr__` of the package calls this function.

    Raises
    ------
    AttributeError
        `name` is another attribute, or the package has no metadata since it is not installed.
    """
    if name == "__version__":
        from .plugins.compatibility import version  # the import takes 30 ms

        if found := version(module):
            return found
    raise AttributeError(f"module {module!r} has no attribute {name!r}")
