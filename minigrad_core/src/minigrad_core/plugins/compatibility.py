"""Whether a distribution's own requirements admit this core."""

from __future__ import annotations

import importlib.metadata
import re
from functools import cache
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from .names import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

CORE = "minigrad-core"
_NAME = re.compile(r"\s*[\w.-]+")


@cache
def core_version() -> str | None:
    """Return the version of the installed core; None where it runs from a plain folder."""
    try:
        return importlib.metadata.version(CORE)
    except importlib.metadata.PackageNotFoundError:
        return None


def mismatch(requires: Iterable[str], version: str | None) -> str | None:
    """Return what a plugin needs if the core of `version` does not satisfy it, else None.

    Parameters
    ----------
    requires : iterable of str
        The lines `Requires-Dist` of the plugin's distribution.
    version : str or None
        The version of the core; None admits everything. A pre-release counts as the version it precedes
        only where the range admits it by PEP 440.

    Examples
    --------
    >>> mismatch(["numpy>=2", "minigrad-core>=0.3"], "0.1.0")
    'needs minigrad-core>=0.3, this is 0.1.0'
    >>> mismatch(["minigrad_core<0.2,>=0.1"], "0.1.5") is None
    True
    """
    for line in requires:
        name = _NAME.match(line)
        if name is None or canonical(name[0]) != CORE or version is None:
            continue
        try:
            needed = _needed(line)
        except ValueError:
            return f"has a requirement that cannot be read: {line!r}"
        if needed is not None and not needed.contains(version, prereleases=True):
            return f"needs {CORE}{needed}, this is {version}"
    return None


def _needed(line: str) -> SpecifierSet | None:
    """Return the range in a requirement, or None if its marker puts it aside."""
    if _NAME.sub("", line, count=1).strip()[:1] in {"", *"<>=!~"} and ";" not in line:
        return SpecifierSet(_NAME.sub("", line, count=1))
    from packaging.requirements import Requirement  # 30 ms, and most lines do without

    requirement = Requirement(line)
    aside = requirement.marker is not None and not requirement.marker.evaluate({"extra": ""})
    return None if aside else requirement.specifier
