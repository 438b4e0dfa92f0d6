"""Slots that `mg.compile` fills while it traces a function. They are None at all other times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Takes the operation of each call, and returns the operation to call in its place. `apply` reads this slot in
# a block of `modes.recording` only, so that other calls pay nothing for it. A trace opens such a block.
operation: Callable[[Any], Any] | None = None

# Takes a predicate of values and its arguments, and calls the predicate.
predicate: Callable[..., Any] | None = None

# Takes a function with an effect and its arguments, and calls the function.
effect: Callable[..., Any] | None = None
