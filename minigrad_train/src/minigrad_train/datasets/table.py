"""The columns of a table of numbers, and how they become the inputs and targets of a network."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DatasetError


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by name. The inputs are the numbers less the mean of their column, divided by its scale.

    Attributes
    ----------
    columns : tuple of str
        The names of the columns of the inputs.
    means, scales : tuple of float
        The mean and the standard deviation of each column over the training examples; the scale of a constant
        column is 1.
    target : str
        The name of the column to predict.
    target_mean, target_scale : float
        The mean and the standard deviation of the target of a regression; 0 and 1 for classes.
    """

    columns: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    target: str
    target_mean: float = 0.0
    target_scale: float = 1.0

    def as_dict(self) -> dict[str, Any]:
        """Return the attributes as a dict that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Any, source: str) -> Table:
        """Return the table from the dict of `as_dict`; raise DatasetError for other values."""
        match values:
            case {
                "columns": [*columns],
                "means": [*means],
                "scales": [*scales],
                "target": str(target),
                "target_mean": float(mean),
                "target_scale": float(scale),
            } if (
                all(isinstance(name, str) for name in columns)
                and len(columns) == len(means) == len(scales) > 0
                and all(isinstance(value, float) and isfinite(value) for value in (*means, *scales))
                and min(*scales, scale) > 0
            ):
                return cls(tuple(columns), tuple(means), tuple(scales), target, mean, scale)
        raise DatasetError(f"{source}: it does not say which columns it is for")

    def standardize(self, numbers: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the inputs (n, columns) of a network from the numbers of a file."""
        return ((numbers - self.means) / self.scales).astype(np.float32)

    def standardize_target(self, numbers: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the targets (n, 1) of a regression from the numbers (n,) of a file."""
        return ((numbers - self.target_mean) / self.target_scale).astype(np.float32)[:, None]

    def restore_target(self, outputs: NDArray[Any]) -> NDArray[np.float64]:
        """Return the numbers (n,) in the unit of the file from outputs or targets (n, 1) of a network."""
        return outputs[:, 0].astype(np.float64) * self.target_scale + self.target_mean


def measure_columns(numbers: NDArray[Any]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the means and the scales of the columns of an array (n, columns)."""
    scales = numbers.std(axis=0)
    scales[scales == 0] = 1
    return tuple(numbers.mean(axis=0).tolist()), tuple(scales.tolist())
