"""The programs on the page about other libraries run where these libraries are installed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "other-libraries.md"
PROGRAMS = dict(
    re.findall(r":caption: with_(\w+)\.py\n\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
)


@pytest.mark.parametrize("library", PROGRAMS)
def test_a_program_with_another_library_works(library: str) -> None:
    pytest.importorskip(library)
    exec(PROGRAMS[library], {})
