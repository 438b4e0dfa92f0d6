"""Measure the cost of gradients: `python -m benchmarks.scipy_costs [NAME ...]`."""

from __future__ import annotations

import sys

from .command import main

sys.exit(main())
