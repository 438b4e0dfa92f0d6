"""What a rule takes."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from numpy.typing import NDArray

Values: TypeAlias = NDArray[Any]
State: TypeAlias = dict[str, Any]
Settings: TypeAlias = Mapping[str, Any]
Rule: TypeAlias = Callable[[Values, Values, State, Settings], Any]
