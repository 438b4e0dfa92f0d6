"""Generate the table of NumPy's functions that an operation implements."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

import minigrad_core as mg
from minigrad_core.dispatch.function_names import describe_function


def page() -> str:
    """Return the page with one row for each NumPy function that an operation of `basic` implements."""
    rows = sorted({row for name in mg.ops if name.startswith("basic::") for row in _rows(mg.ops[name])})
    about = "These functions accept tensors. The table shows their keywords, and whether they have gradients."
    head = ["# NumPy's functions", "", about]
    tail = ["", "**Next:** [the conventions](../numpy.md) at kinks, ties and jumps.", ""]
    table = ["", "| NumPy | operation | keywords | gradient | order |", "|---|---|---|---|---|", *rows]
    return "\n".join([*head, *table, *tail])


def _rows(op: Any) -> list[str]:
    order = "" if not op.differentiable else "first" if op.once_differentiable else "any"
    operation = f"[`{op.name}`](basic/operations/{op.name}.md)"
    return [
        f"| `{_format_function(function)}` | {operation} | {_keywords(op)} | {_gradient(op)} | {order} |"
        for function in op.implements
    ]


def _gradient(op: Any) -> str:
    if not op.differentiable:
        return "none"
    return "also complex" if op.takes_complex else "yes"


def _format_function(function: Any) -> str:
    name: str = function.__name__
    if getattr(np, name, None) is function:
        return f"np.{name}"
    return "t[index]" if name == "getitem" else describe_function(function)


def _keywords(op: Any) -> str:
    parameters = list(inspect.signature(op.forward).parameters.values())
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return "all of NumPy's"
    return ", ".join(f"`{p.name}`" for p in parameters if p.kind is p.KEYWORD_ONLY)
