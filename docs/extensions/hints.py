"""The table of PyTorch's names, of the words that the errors use."""

from __future__ import annotations

from collections.abc import Mapping

from minigrad_core import hints
from minigrad_ops_nn.suggestions import REPLACEMENTS

TABLES = {
    "Of the package, `minigrad_core`": hints.PACKAGE,
    "Of a tensor": hints.TENSOR,
    "Of the context of an operation": hints.CONTEXT,
    "Of an operation": hints.OPERATION,
    "Of a module": hints.MODULE,
    "Of an optimizer": hints.OPTIMIZER,
    "Of `torch.nn`": REPLACEMENTS,
}
MARKS = str.maketrans({mark: f"\\{mark}" for mark in "*_<>|[]"})  # which mean something in Markdown


def page() -> str:
    """Return a table for each class whose errors know names of PyTorch or MyGrad."""
    lines = [
        "# Names of PyTorch and MyGrad",
        "",
        "What the error says when one of these is asked of minigrad: `x.unsqueeze(0)` raises an",
        "AttributeError that names what to write. NumPy's names are not here: they are the same. Nor is what",
        "differs in capitals and underscores, or in a `Loss`, `_loss` or `LR` at the end: `mse_loss` leads",
        "to `mse`, `nn.Hardswish` to `HardSwish`, and `StepLR` to what begins with the same word.",
    ]
    for heading, ways in TABLES.items():
        lines += ["", f"## {heading}", "", *_table(ways)]
    return "\n".join([*lines, "", "**Next:** [coming from PyTorch](../../coming-from/pytorch.md).", ""])


def _table(ways: Mapping[str, str]) -> list[str]:
    rows = (f"| `{name}` | {way.translate(MARKS)} |" for name, way in sorted(ways.items()))
    return ["| instead of | write |", "|---|---|", *rows]
