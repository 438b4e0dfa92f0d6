"""Call SciPy's functions on tensors: `python -m benchmarks.scipy_functions [NAME ...]`."""

from __future__ import annotations

import os

os.environ["SCIPY_ARRAY_API"] = "1"  # SciPy reads it when it is imported

from .command import main

main()
