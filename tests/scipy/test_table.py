"""The table of SciPy's functions with derivatives, which the site makes from the registry."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def table() -> Iterator[Any]:
    """The module that makes the table."""
    sys.path.insert(0, str(DOCS))
    yield import_module("extensions.scipy_functions")
    sys.path.remove(str(DOCS))


def test_at_least_250_functions_have_derivatives_and_each_is_scipys(table: Any) -> None:
    rows = table.list_rows()
    assert len([row for row in rows if row.by != "dispatch"]) >= 250
    assert len({row.name for row in rows}) == len(rows)
    for row in rows:
        assert table.find_function(row.name) is not None, row.name


def test_the_page_has_a_row_for_each_function_and_says_who_else_has_it(table: Any) -> None:
    lines = table.page().splitlines()
    assert "| `linalg.expm` | mirror | `A` | 2 | yes |  |" in lines
    assert "| `special.erf` | ufunc | `x` | 2 | yes | yes |" in lines
    assert len([line for line in lines if line.startswith("| `")]) == len(table.list_rows())
