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
    lines = table.page().partition("## What a gradient costs")[0].splitlines()
    assert "| `linalg.expm` | mirror | `A` | 2 | yes |  |" in lines
    assert "| `special.erf` | ufunc | `x` | 2 | yes | yes |" in lines
    rows = [line for line in lines if line.startswith("| `") and line.count("|") == 7]
    assert len(rows) == len(table.list_rows())


def test_the_table_of_costs_has_a_reason_for_each_call_above_four_times_the_value(table: Any) -> None:
    text = table.COSTS.read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| `")]
    assert len(rows) > 100
    expensive = {row[0].removeprefix("| ") for row in rows if float(row[3]) > 4}
    reasons = [line.removeprefix("* ").split(": ", 1) for line in text.splitlines() if line[:2] == "* "]
    assert {title for titles, _ in reasons for title in titles.split("; ")} == expensive
    assert all(len(reason) > 20 for _, reason in reasons)


NO_DERIVATIVE = {  # functions of jax.scipy and autograd.scipy that the table has not, with the reason
    "it takes or returns whole numbers": """
        cluster.vq.vq linalg.dft linalg.hadamard linalg.helmert linalg.hilbert linalg.invhilbert
        linalg.invpascal linalg.pascal special.bernoulli special.gammasgn stats.bernoulli.ppf stats.rankdata
    """,
    "JAX has its values, and no gradient": "linalg.funm linalg.hessenberg linalg.qr_multiply linalg.schur",
    "it takes the results of schur": "linalg.rsf2csf",
    "it arranges a / a[0]; linalg.companion, of the same polynomial, has a rule": "linalg.fiedler_companion",
    "its formula is a sum without an end, which JAX cuts off": "stats.poisson.entropy",
}


def test_all_functions_of_jax_and_autograd_are_in_the_table_or_have_a_reason(table: Any) -> None:
    peers = {name for peer in ("jax", "autograd") for name in table.STORED[peer]}
    missing = {name for name in peers if table.find_function(name)} - {row.name for row in table.list_rows()}
    assert missing == {name for names in NO_DERIVATIVE.values() for name in names.split()}
