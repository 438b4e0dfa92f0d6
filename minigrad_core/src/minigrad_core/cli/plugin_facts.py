"""Facts about a plugin: how much it registers, its distribution's metadata, and where its code lies."""

from __future__ import annotations

import importlib.util
import json
import re
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlparse

from ..contracts.location import shorten_path
from ..dispatch.tables import TABLES
from ..plugins.discovery import FUNCTIONS, GROUP
from ..plugins.inventory import Inventory

if TYPE_CHECKING:
    from email.message import Message

    from ..plugins.discovery import NamespaceClaim
    from ..plugins.loader import PluginLoader
    from ..plugins.plugin import Plugin

TRAINING = "minigrad.training"  # read by minigrad_train, for what takes part in a run
# Groups that are nearly right, without punctuation -> the right one; what resembles these is meant, too.
MISTAKEN = {
    "minigrad": GROUP,
    "minigradplugins": GROUP,
    "minigradfunctions": FUNCTIONS,
    "minigradtrain": TRAINING,
    "minigradtraining": TRAINING,
}

# Labels of PEP 753, in the order in which one is taken for the home page.
HOME = ("homepage", "source", "repository", "sourcecode", "github", "documentation")


def count_things(plugin: Plugin) -> dict[str, int]:
    """Return how many things of each kind a loaded plugin has; empty of one that is not loaded."""
    if plugin.status != "loaded":
        return {}
    prefix = f"{plugin.namespace}::"
    return {kind: sum(full.startswith(prefix) for full in table) for kind, table in TABLES.items()}


def find_other_groups(loader: PluginLoader) -> dict[str, list[Plugin]]:
    """Return the records of plugins in the other groups, such as `minigrad.training`, by group."""
    groups = sorted(set(loader.scan().claims) - {GROUP})
    found = {group: Inventory(find=loader.find, group=group, beside=loader).plugins() for group in groups}
    for group, right in ((group, suggest_group(group)) for group in groups):
        for plugin in found[group] if right else ():
            plugin.set_status(
                "failed", f"nobody reads the entry-point group {group!r}: it is {right!r}", "rename it"
            )
    return found


def suggest_group(group: str) -> str | None:
    """Return the group of entry points that one of a nearly right name should be.

    Examples
    --------
    >>> [suggest_group(group) for group in ("minigrad.plugins", "minigrad.training", "console_scripts")]
    ['minigrad', None, None]
    """
    if group in (GROUP, FUNCTIONS, TRAINING):
        return None
    near = get_close_matches(re.sub("[^a-z]", "", group.lower()), MISTAKEN, 1, cutoff=0.9)
    return MISTAKEN[near[0]] if near else None


def read_summary(plugin: Plugin) -> str:
    """Return the one-line summary of a plugin's distribution; empty where there is none, or are several."""
    return _metadata(plugin).get("Summary", "") if len(plugin.claims) == 1 else ""


def read_home_page(plugin: Plugin) -> str:
    """Return the address of a plugin's home page, or of its source."""
    if len(plugin.claims) != 1:
        return ""
    metadata = _metadata(plugin)
    urls = {}
    for line in metadata.get_all("Project-URL", []):
        label, _, url = line.partition(",")
        urls["".join(filter(str.isalnum, label)).lower()] = url.strip()
    found = next((urls[label] for label in HOME if label in urls), "")
    return found or metadata.get("Home-page", "")


def _metadata(plugin: Plugin) -> Message:
    return cast("Message", plugin.claims[0].distribution.metadata)


def describe_source(claim: NamespaceClaim) -> str:
    """Return "site-packages", or "editable: minigrad_ops_nn/src". Imports nothing."""
    project = _editable(claim)
    if project is None:
        return Path(claim.identity.folder).name
    return f"editable: {shorten_path(str(find_root(claim.module.partition('.')[0]) or project))}"


def _editable(claim: NamespaceClaim) -> Path | None:
    """Return the project of an editable install, as PEP 610 records it."""
    try:
        record = json.loads(claim.distribution.read_text("direct_url.json") or "{}")
        editable = record.get("dir_info", {}).get("editable", False)
        return Path(unquote(urlparse(record["url"]).path)) if editable else None
    except (ValueError, KeyError, AttributeError):  # not as PEP 610 wants it: nobody's plugin depends on it
        return None


def find_root(package: str) -> Path | None:
    """Return the folder that a top-level package or module lies in; finding one imports nothing."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.origin:
        return None
    return Path(spec.origin).parents[1 if spec.submodule_search_locations else 0]
