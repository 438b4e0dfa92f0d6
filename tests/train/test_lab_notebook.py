from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

LAB = Path(__file__).parents[2] / "docs" / "lab.ipynb"
DECIMAL = re.compile(r"\d+\.\d+")


def read() -> Any:
    return nbformat.reads(LAB.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]  # it is


def read_output(notebook: Any) -> list[str]:
    """Return what each code cell printed, in order."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return ["".join(out.text for out in cell.outputs if out.output_type == "stream") for cell in cells]


def test_lab_runs_and_prints_what_is_stored_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")  # the other workers of pytest-xdist run, too
    fresh = read()
    NotebookClient(fresh, timeout=300, kernel_name="python3").execute()
    for stored, now in zip(read_output(read()), read_output(fresh), strict=True):
        assert DECIMAL.sub("", now) == DECIMAL.sub("", stored)
        # Another BLAS rounds differently, and after thousands of steps an image or two may fall otherwise.
        expected = [float(number) for number in DECIMAL.findall(stored)]
        assert [float(number) for number in DECIMAL.findall(now)] == pytest.approx(expected, abs=0.01)


def test_results_are_stored_in_the_order_of_one_run() -> None:
    cells = [cell for cell in read().cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert (
        sum(bool(cell.outputs) for cell in cells) >= len(cells) - 2
    )  # imports and one definition show nothing
    assert not [out for cell in cells for out in cell.outputs if out.output_type == "error"]
