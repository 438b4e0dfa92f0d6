"""The capabilities of the namespace: `__array_namespace_info__` of the array API standard."""

from __future__ import annotations

from typing import Any

import numpy as np

from .creation import DEVICE, check_device


def __array_namespace_info__() -> Inspection:  # noqa: N807 - the standard's name
    """Return an object that describes capabilities, devices and dtypes."""
    return Inspection()


class Inspection:
    """The capabilities, devices and dtypes of NumPy, which are those of tensors."""

    _numpy = np.__array_namespace_info__()

    def capabilities(self) -> dict[str, Any]:
        """Return the optional parts of the standard: boolean masks, sizes that depend on data."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> str:
        """Return "cpu"."""
        return DEVICE

    def devices(self) -> list[str]:
        """Return the available devices: `["cpu"]`."""
        return [DEVICE]

    def default_dtypes(self, *, device: str | None = None) -> dict[str, Any]:
        """Return the dtypes that a creation function takes by default."""
        check_device(device)
        return dict(self._numpy.default_dtypes())

    def dtypes(self, *, device: str | None = None, kind: Any = None) -> dict[str, Any]:
        """Return the dtypes by name; kind: "real floating", "integral", ..., or a tuple of kinds."""
        check_device(device)
        return dict(self._numpy.dtypes(kind=kind))
