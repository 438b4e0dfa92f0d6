"""`NO_VALUE`: NumPy's default for arguments for which None has a meaning."""

from __future__ import annotations

from typing import Any

import numpy as np

NO_VALUE: Any = np._NoValue  # noqa: SLF001 - NumPy gives it no public name
