"""Fill and outline colours of each kind of shape, on a light and on a dark ground."""

from __future__ import annotations

from typing import NamedTuple


class Colours(NamedTuple):
    """The colours of one kind of shape or text; an empty string is no colour."""

    fill: str
    stroke: str = ""


# On light, and on dark. The contrast of text is at least 4.5 to 1 (WCAG 2.2, 1.4.3).
PALETTE = {
    "paper": (Colours("#ffffff"), Colours("#0d1117")),
    "box1": (Colours("#f6f8fa", "#d1d9e0"), Colours("#151b23", "#3d444d")),
    "box0": (Colours("#ffffff", "#d1d9e0"), Colours("#0d1117", "#3d444d")),
    "operation": (Colours("#ffffff", "#b7c0c9"), Colours("#212830", "#4d5661")),
    "fold": (Colours("#f0f2f5", "#b7c0c9"), Colours("#1a2028", "#4d5661")),
    "input": (Colours("#e6f4ea", "#a3cfb1"), Colours("#12291b", "#2b6a40")),
    "result": (Colours("#1f2937", "#1f2937"), Colours("#e6edf3", "#e6edf3")),
    "rule": (Colours("#e3e8ed"), Colours("#343b44")),
    "line": (Colours("", "#8b949e"), Colours("", "#6e7681")),
    "arrow": (Colours("#8b949e"), Colours("#6e7681")),
    "title": (Colours("#1f2328"), Colours("#f0f6fc")),
    "fold-title": (Colours("#1f2328"), Colours("#f0f6fc")),
    "input-title": (Colours("#174d2b"), Colours("#aff5b4")),
    "result-title": (Colours("#ffffff"), Colours("#0d1117")),
    "row": (Colours("#1f2328"), Colours("#e6edf3")),
    "foot": (Colours("#59636e"), Colours("#9da7b3")),
    "caption": (Colours("#59636e"), Colours("#9da7b3")),
    "accent0": (Colours("#0550ae"), Colours("#79c0ff")),
    "accent1": (Colours("#9a4600"), Colours("#f0883e")),
    "accent2": (Colours("#a40e26"), Colours("#ff7b72")),
    "accent3": (Colours("#0550ae"), Colours("#79c0ff")),
    "accent4": (Colours("#1a7f37"), Colours("#56d364")),
    "accent5": (Colours("#8250df"), Colours("#d2a8ff")),
}
LIGHT = {kind: light for kind, (light, _) in PALETTE.items()}
DARK = {kind: dark for kind, (_, dark) in PALETTE.items()}
BOLD = {"title", "fold-title", "input-title", "result-title"}
