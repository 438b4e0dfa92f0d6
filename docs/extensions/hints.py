"""Generate the page of PyTorch's names from the hints of the errors."""

from __future__ import annotations

from collections.abc import Mapping

from minigrad_core import hints
from minigrad_ops_nn.suggestions import REPLACEMENTS

TABLES = {
    "Of the package `minigrad_core`": hints.PACKAGE,
    "Of a tensor": hints.TENSOR,
    "Of the context of an operation": hints.CONTEXT,
    "Of an operation": hints.OPERATION,
    "Of a module": hints.MODULE,
    "Of an optimizer": hints.OPTIMIZER,
    "Of `torch.nn`": REPLACEMENTS,
}
MARKS = str.maketrans({mark: f"\\{mark}" for mark in "*_<>|[]"})  # special characters of Markdown


def page() -> str:
    """Return one table for each class whose errors have hints for names of PyTorch or MyGrad."""
    lines = [
        "# Names of PyTorch and MyGrad",
        "",
        "If you use one of these names, the error contains the replacement: `x.unsqueeze(0)` raises an",
        "AttributeError that names `np.expand_dims`. The tables leave out NumPy's names, which are the same",
        "in minigrad. They also leave out names that differ in capitals, in underscores, or in a last `Loss`",
        "or `_loss` or `LR`: for `mse_loss` the error names `mse`, for `nn.Hardswish` `HardSwish`, and for",
        "`StepLR` the names that begin with the same word.",
    ]
    for heading, ways in TABLES.items():
        lines += ["", f"## {heading}", "", *_table(ways)]
    return "\n".join([*lines, "", "**Next:** [coming from PyTorch](../../coming-from/pytorch.md).", ""])


def _table(ways: Mapping[str, str]) -> list[str]:
    rows = (f"| `{name}` | {way.translate(MARKS)} |" for name, way in sorted(ways.items()))
    return ["| instead of | write |", "|---|---|", *rows]
