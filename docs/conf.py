"""Settings of the documentation site: `uv run --group docs sphinx-build -W docs build/site`."""

from __future__ import annotations

import re
import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))  # for the package `extensions`

project = "minigrad"
author = "the authors of minigrad"
copyright = author  # noqa: A001 - Sphinx's name
version = release = version_of("minigrad-core")

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx_click",
    "extensions.from_the_registry",
]
linkcheck_ignore = ["https?://"]  # check the links within the site only

myst_enable_extensions = ["attrs_block", "colon_fence"]
myst_heading_anchors = 3
smartquotes = False  # `--json` in the text of a command is no dash
default_role = "literal"  # `x` in a docstring is code
autodoc_member_order = "bysource"
autodoc_default_options = {
    "exclude-members": "extra_repr"
}  # each layer overrides it; shown for `Module` only
autodoc_preserve_defaults = True  # np.float32 as in the source
autodoc_mock_imports = ["autograd", "jax", "torch"]  # imported by minigrad_interop
autodoc_type_aliases = {name: name for name in ("ArrayLike", "DTypeLike")}  # long unions
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
numpydoc_show_class_members = False  # autodoc shows them
numpydoc_class_members_toctree = False

html_theme = "pydata_sphinx_theme"
html_title = f"minigrad {release}"
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_theme_options = {
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}


LONG = r"TypeAliasForwardRef\('(\w+)'\)|(ndarray)\[tuple\[[~.\w]*Any, \.\.\.\], [~.\w]*dtype\[[~.\w]+\]\]"


def setup(app: Sphinx) -> None:
    """Show an alias in a union as `ArrayLike`, and an array of any shape as `ndarray`."""
    app.connect("autodoc-process-signature", _shorten_aliases)


def _shorten_aliases(*event: Any) -> tuple[str | None, ...]:
    return tuple(text and re.sub(LONG, r"\1\2", text) for text in event[-2:])
