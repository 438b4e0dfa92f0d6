"""What the user of a plugin that failed can do."""

from __future__ import annotations

import importlib.metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from .plugin import Plugin


def remedy(error: BaseException, plugin: Plugin) -> str:
    """Return what to do about a plugin that raised `error` when it was loaded."""
    if not isinstance(error, ModuleNotFoundError) or not error.name or not plugin.claims:
        return "upgrade it"
    (claim,) = plugin.claims
    package = error.name.partition(".")[0]
    if package == claim.module.partition(".")[0] or find_spec(package) is not None:
        return "upgrade it"  # a module of its own is missing, or one that another release of a dependency has
    missing = [name for name in map(_required, claim.requires) if name and not _installed(name)]
    return f"pip install {missing[0] if len(missing) == 1 else package}"


def _required(line: str) -> str | None:
    requirement = Requirement(line)
    if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
        return requirement.name
    return None


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
