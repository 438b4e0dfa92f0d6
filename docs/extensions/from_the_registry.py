"""Generate pages from the registry and the contract kit before Sphinx builds the site.

The pages are in docs/reference/generated, which git ignores.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from minigrad_core.cli.group import minigrad

from . import hints, laws, numpy_functions, scipy_functions

if TYPE_CHECKING:
    from sphinx.application import Sphinx

NAMESPACES = ("basic", "nn")


def setup(app: Sphinx) -> dict[str, Any]:
    """Generate the pages when the build starts, and tidy each page when Sphinx reads it."""
    app.connect("builder-inited", lambda app: write(Path(app.srcdir) / "reference" / "generated"))
    app.connect("source-read", _compact)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def write(out: Path) -> None:
    """Delete the old pages and write all pages."""
    shutil.rmtree(out, ignore_errors=True)
    for namespace in NAMESPACES:
        command = ["docs", namespace, "--out", str(out / namespace)]
        CliRunner().invoke(minigrad, command, catch_exceptions=False)
        for page in (out / namespace).glob("*/*.md"):
            page.write_text(_make_orphan(page.read_text(encoding="utf-8"), namespace), encoding="utf-8")
        with (out / namespace / "index.md").open("a", encoding="utf-8") as index:
            index.write("\n**Next:** [the registry](../../registry.md), which finds objects by name.\n")
    pages = {
        "laws": laws.page(),
        "hints": hints.page(),
        "numpy-functions": numpy_functions.page(),
        "scipy-functions": scipy_functions.page(),
    }
    for name, text in pages.items():
        (out / f"{name}.md").write_text(text, encoding="utf-8")


def _compact(_app: Sphinx, _name: str, source: list[str]) -> None:
    """Drop the blank line that ends an example for doctest."""
    source[0] = source[0].replace("\n\n```\n", "\n```\n")


def _make_orphan(page: str, namespace: str) -> str:
    """Return a page that is in no table of contents, and has a link to the list of its namespace."""
    return f"---\norphan: true\n---\n\n{page}\n**Next:** [all of `{namespace}`](../index.md).\n"
