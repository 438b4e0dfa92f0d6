"""NumPy's functions as operations, in the namespace `basic`; the folders are the chapters of its manual."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
else:

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            from importlib.metadata import version  # it takes 30 ms to import

            return version("minigrad-ops-basic")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
