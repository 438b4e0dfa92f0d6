from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

LAB = Path(__file__).parents[2] / "docs" / "lab.ipynb"
NUMBER = re.compile(r"\d+(?:\.\d+)?")
# The first cell of the test: `datasets.mnist` returns the first images of each split.
TAKE_FIRST = """
from minigrad_train import datasets

whole = datasets.mnist()
datasets.mnist = lambda: datasets.Splits(*(type(part)(*(x[:{count}] for x in part)) for part in whole))
"""
ALL = 50_000


def read() -> Any:
    return nbformat.reads(LAB.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]  # it is


def read_output(notebook: Any) -> dict[str, str]:
    """Return what each code cell printed, by the code."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return {cell.source: "".join(out.get("text", "") for out in cell.outputs) for cell in cells}


@pytest.mark.parametrize("count", [5000, pytest.param(ALL, marks=pytest.mark.slow)])
def test_lab_runs_and_prints_what_is_stored_in_it(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Of few images, only the text is the same from the cell on that loads them."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")  # the other workers of pytest-xdist run, too
    fresh = read()
    fresh.cells.insert(0, nbformat.v4.new_code_cell(TAKE_FIRST.format(count=count)))  # type: ignore[no-untyped-call]
    NotebookClient(fresh, timeout=300, kernel_name="python3").execute()
    printed, same_numbers = read_output(fresh), True
    for source, stored in read_output(read()).items():
        same_numbers &= count == ALL or "datasets.mnist()" not in source
        assert NUMBER.sub("", printed[source]) == NUMBER.sub("", stored)
        if same_numbers:
            # Another BLAS rounds differently: after thousands of steps an image or two may fall otherwise.
            expected, now = (list(map(float, NUMBER.findall(text))) for text in (stored, printed[source]))
            assert now == pytest.approx(expected, abs=0.01)


def test_results_are_stored_in_the_order_of_one_run() -> None:
    cells = [cell for cell in read().cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    # Imports and one definition show nothing.
    assert sum(bool(cell.outputs) for cell in cells) >= len(cells) - 2
    assert not [out for cell in cells for out in cell.outputs if out.output_type == "error"]
