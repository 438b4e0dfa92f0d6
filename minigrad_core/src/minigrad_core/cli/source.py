"""Where the code of a plugin lies: in site-packages, or in the folder of an editable install."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

from ..contracts.location import shortened

if TYPE_CHECKING:
    from ..plugins.discovery import Claim


def source(claim: Claim) -> str:
    """Return "site-packages", or "editable: minigrad_ops_nn/src". Imports nothing."""
    project = _editable(claim)
    if project is None:
        return Path(claim.identity.folder).name
    return f"editable: {shortened(str(root(claim.module.partition('.')[0]) or project))}"


def _editable(claim: Claim) -> Path | None:
    """Return the project of an editable install, as PEP 610 records it."""
    try:
        record = json.loads(claim.distribution.read_text("direct_url.json") or "{}")
        editable = record.get("dir_info", {}).get("editable", False)
        return Path(unquote(urlparse(record["url"]).path)) if editable else None
    except (ValueError, KeyError, AttributeError):  # not as PEP 610 wants it: nobody's plugin depends on it
        return None


def root(package: str) -> Path | None:
    """Return the folder that a top-level package or module lies in; finding one imports nothing."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.origin:
        return None
    return Path(spec.origin).parents[1 if spec.submodule_search_locations else 0]
