"""The examples of the how-to page for PyTorch and JAX run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "pytorch-and-jax.md"


def test_the_examples_of_the_page_run_in_order(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert blocks
    code = "\n".join(blocks)
    exec(compile(code, str(PAGE), "exec"), {"__name__": "guide"})
