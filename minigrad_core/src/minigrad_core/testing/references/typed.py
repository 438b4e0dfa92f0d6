"""What a rule takes."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

Values: TypeAlias = np.ndarray[Any, np.dtype[Any]]
State: TypeAlias = dict[str, Any]
Settings: TypeAlias = Mapping[str, Any]
Rule: TypeAlias = Callable[[Values, Values, State, Settings], Any]
