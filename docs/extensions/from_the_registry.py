"""Writes, before the site is built, the pages that the registry and the contract kit have the words for.

They are in docs/reference/generated, which git ignores.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from minigrad_core.cli.group import minigrad

from . import hints, laws, numpy_functions

if TYPE_CHECKING:
    from sphinx.application import Sphinx

NAMESPACES = ("basic", "nn")


def setup(app: Sphinx) -> dict[str, Any]:
    """Have the pages written when Sphinx knows where, and all of them tidied when it reads them."""
    app.connect("builder-inited", lambda app: write(Path(app.srcdir) / "reference" / "generated"))
    app.connect("source-read", _compact)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def write(out: Path) -> None:
    """Write all pages anew."""
    shutil.rmtree(out, ignore_errors=True)
    for namespace in NAMESPACES:
        command = ["docs", namespace, "--out", str(out / namespace)]
        CliRunner().invoke(minigrad, command, catch_exceptions=False)
        for page in (out / namespace).glob("*/*.md"):
            page.write_text(_in_no_menu(page.read_text(encoding="utf-8"), namespace), encoding="utf-8")
        with (out / namespace / "index.md").open("a", encoding="utf-8") as index:
            index.write("\n**Next:** [the registry](../../registry.md), where all are found by name.\n")
    pages = {"laws": laws.page(), "hints": hints.page(), "numpy-functions": numpy_functions.page()}
    for name, text in pages.items():
        (out / f"{name}.md").write_text(text, encoding="utf-8")


def _compact(_app: Sphinx, _name: str, source: list[str]) -> None:
    """Drop the blank line at the end of each example, by which doctest knows where it ends."""
    source[0] = source[0].replace("\n\n```\n", "\n```\n")


def _in_no_menu(page: str, namespace: str) -> str:
    """Return a page that no table of contents lists, with hundreds of others: a link leads back."""
    return f"---\norphan: true\n---\n\n{page}\n**Next:** [all of `{namespace}`](../index.md).\n"
