"""Call SciPy's functions on tensors: `python -m benchmarks.scipy_functions [NAME ...]`."""

from __future__ import annotations

import os
import sys

os.environ["SCIPY_ARRAY_API"] = "1"  # SciPy reads it when it is imported

from .command import main

sys.exit(main())
