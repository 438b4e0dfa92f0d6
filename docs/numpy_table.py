"""The table of docs/numpy.md, made from the registry: `uv run python docs/numpy_table.py` rewrites it."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np

import minigrad_core as mg
from minigrad_core.tensor.protocols import name_of

PAGE = Path(__file__).with_name("numpy.md")
START, END = "<!-- table: made by docs/numpy_table.py -->", "<!-- end of table -->"


def page() -> str:
    """Return the page with the table brought up to date."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, behind = rest.partition(END)
    return f"{before}{START}\n\n{table()}\n\n{END}{behind}"


def table() -> str:
    """Return one row for each NumPy function that an operation of `basic` answers for."""
    rows = sorted({row for name in mg.ops if name.startswith("basic::") for row in _rows(mg.ops[name])})
    head = ["| NumPy | operation | keywords | gradient | order |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows])


def _rows(op: Any) -> list[str]:
    order = (
        "any" if op.differentiable and not op.once_differentiable else "first" if op.differentiable else ""
    )
    gradient = _gradient(op)
    return [
        f"| `{_written(function)}` | `{op.name}` | {_keywords(op)} | {gradient} | {order} |"
        for function in op.implements
    ]


def _gradient(op: Any) -> str:
    if not op.differentiable:
        return "none: a plain array"
    return "of complex values, too" if op.takes_complex else "yes"


def _written(function: Any) -> str:
    name: str = function.__name__
    if getattr(np, name, None) is function:
        return f"np.{name}"
    return "t[index]" if name == "getitem" else name_of(function)


def _keywords(op: Any) -> str:
    parameters = list(inspect.signature(op.forward).parameters.values())
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return "all of NumPy's"
    names = [f"`{p.name}`" for p in parameters if p.kind is p.KEYWORD_ONLY]
    return ", ".join(names)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
