"""The pictures of graphs on the pages equal the current output of `mg.draw`."""

from __future__ import annotations

import runpy
from pathlib import Path

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


def test_the_drawn_graphs_are_current(tmp_path: Path) -> None:
    for name, drawing in runpy.run_path(str(PICTURES / "draw_graphs.py"))["make_drawings"]().items():
        drawing.save(tmp_path / name)
        drawn, kept = ((folder / name).read_text(encoding="utf-8") for folder in (tmp_path, PICTURES))
        assert drawn == kept, f"{name}: run: uv run python docs/pictures/draw_graphs.py"
