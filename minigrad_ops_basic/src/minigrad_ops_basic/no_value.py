"""`NO_VALUE`: NumPy's default for arguments with a meaning of None."""

from __future__ import annotations

from typing import Any

import numpy as np

NO_VALUE: Any = np._NoValue  # noqa: SLF001 - NumPy gives it no public name
