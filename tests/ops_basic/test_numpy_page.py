"""The page about NumPy says what the registry has."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.skipif(not hasattr(np, "matvec"), reason="the table lists functions that came with NumPy 2.2")
def test_the_table_of_functions_is_current() -> None:
    made = runpy.run_path(str(DOCS / "numpy_table.py"))["page"]()
    assert (DOCS / "numpy.md").read_text(encoding="utf-8") == made, "run: uv run python docs/numpy_table.py"
