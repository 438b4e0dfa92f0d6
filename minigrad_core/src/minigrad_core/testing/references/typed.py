"""What a reference takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = NDArray[Any]
State: TypeAlias = dict[str, Any]
Settings: TypeAlias = Mapping[str, Any]
Rule: TypeAlias = Callable[[Values, Values, State, Settings], Any]


class Draw(Protocol):
    """The rule of an initializer; what else it takes by keyword is a setting."""

    def __call__(self, shape: tuple[int, ...], *, rng: np.random.Generator) -> Any:
        """Return an array of `shape`."""
        ...
