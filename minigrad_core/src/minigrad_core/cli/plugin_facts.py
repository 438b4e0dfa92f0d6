"""Facts about a plugin: the number of its objects, its distribution's metadata, the location of its code."""

from __future__ import annotations

import importlib.util
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

from packaging.version import Version

from ..contracts.location import shorten_path
from ..dispatch.tables import TABLES
from ..plugins import Plugin
from ..plugins.compatibility import CORE, version
from ..plugins.discovery import NamespaceClaim, read_metadata

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

# Labels of PEP 753: the first that a distribution has is its home page.
HOME = ("homepage", "source", "repository", "sourcecode", "github", "documentation")


def count_things(plugin: Plugin) -> dict[str, int]:
    """Return the number of objects of each kind that a loaded plugin registers; empty if it is not loaded."""
    if plugin.status != "loaded":
        return {}
    prefix = f"{plugin.namespace}::"
    return {kind: sum(full.startswith(prefix) for full in table) for kind, table in TABLES.items()}


def make_api_range() -> str:
    """Return the range of cores that a new plugin should require; it ends before `next_api_version()`."""
    major, minor, *_ = (*Version(version(CORE) or "0.1.0").release, 0)
    return f">={major}.{minor},<{next_api_version()}"


def next_api_version() -> str:
    """Return the next release of the core that may change the contract.

    Before 1.0 each minor release may change the contract, and from then on each major release.
    """
    major, minor, *_ = (*Version(version(CORE) or "0.1.0").release, 0)
    return f"0.{minor + 1}" if major == 0 else f"{major + 1}"


def read_summary(plugin: Plugin) -> str:
    """Return the one-line summary of a plugin's distribution; empty without one, or in a conflict."""
    return read_metadata(plugin.claims[0].distribution).get("Summary", "") if len(plugin.claims) == 1 else ""


def read_home_page(plugin: Plugin) -> str:
    """Return the address of a plugin's home page, or of its source code."""
    if len(plugin.claims) != 1:
        return ""
    metadata = read_metadata(plugin.claims[0].distribution)
    urls = {}
    for line in metadata.get_all("Project-URL", []):
        label, _, url = line.partition(",")
        urls["".join(filter(str.isalnum, label)).lower()] = url.strip()
    found = next((urls[label] for label in HOME if label in urls), "")
    return found or metadata.get("Home-page", "")


def describe_source(claim: NamespaceClaim) -> str:
    """Return "site-packages", or "editable: minigrad_ops_nn/src". Imports nothing."""
    project = _editable(claim)
    if project is None:
        return Path(claim.identity.folder).name
    return f"editable: {shorten_path(str(find_root(claim.package) or project))}"


def _editable(claim: NamespaceClaim) -> Path | None:
    """Return the project of an editable install, as PEP 610 records it."""
    try:
        record = json.loads(claim.distribution.read_text("direct_url.json") or "{}")
        editable = record.get("dir_info", {}).get("editable", False)
        return Path(unquote(urlparse(record["url"]).path)) if editable else None
    except (ValueError, KeyError, AttributeError):  # not as PEP 610 says: no plugin depends on it
        return None


def find_root(package: str) -> Path | None:
    """Return the folder in which a top-level package or module lies. Imports nothing."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.origin:
        return None
    return Path(spec.origin).parents[1 if spec.submodule_search_locations else 0]


def open_path(path: Path) -> Traversable:
    """Return a file or folder on disk, or in a zip from which Python imports."""
    archive = next((parent for parent in path.parents if parent.is_file()), None)
    return zipfile.Path(archive).joinpath(path.relative_to(archive).as_posix()) if archive else path
