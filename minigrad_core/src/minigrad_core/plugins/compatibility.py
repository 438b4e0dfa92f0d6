"""Requirements of plugins: version ranges of the distributions that call hooks, and missing packages."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from .discovery import NamespaceClaim
from .names import canonicalize_name, is_resource_error

if TYPE_CHECKING:
    from packaging.requirements import Requirement

CORE = "minigrad-core"
_NAME = re.compile(r"\s*[\w.-]+")
_PLAIN = re.compile(r"\s*[\w.-]+\s*([<>=!~][^;]*)?$")
_EXTRA = re.compile(r"extra\s*==\s*['\"]([\w.-]+)")


@cache
def core_version() -> str | None:
    """Return the version of the installed core; None where the core runs from a plain folder."""
    return version(CORE)


def version(name: str) -> str | None:
    """Return the version of an installed distribution, or None."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def find_mismatch(requires: Iterable[str], hosts: Mapping[str, str | None]) -> str | None:
    """Return the first requirement that an installed host of hooks does not satisfy, or None.

    requires: the lines `Requires-Dist` of a plugin's distribution; hosts: name -> version, of the
    distributions that call hooks of plugins; None satisfies each range. A plugin requires the host of
    optional hooks in an extra, so those ranges count as well; ranges of the core in an extra do not.

    >>> find_mismatch(["numpy>=2", "minigrad-core>=0.3"], {"minigrad-core": "0.1.0"})
    'needs minigrad-core>=0.3, this is 0.1.0'
    >>> find_mismatch(["minigrad_core<0.2,>=0.1"], {"minigrad-core": "0.1.5"}) is None
    True
    """
    for line in requires:
        match = _NAME.match(line)
        name = canonicalize_name(match[0]) if match else ""
        installed = hosts.get(name)
        if installed is None:
            continue
        try:
            needed = _read_range(line, within_extras=name != CORE)
        except ValueError:
            return f"has a requirement that cannot be read: {line!r}"
        if needed is not None and not needed.contains(installed, prereleases=True):
            return f"needs {name}{needed}, this is {installed}"
    return None


def read_core_range(requires: Iterable[str]) -> SpecifierSet:
    """Return the range of cores that all requirements allow together; an empty one allows each core.

    >>> read_core_range(["numpy>=2", "minigrad_core[cli]>=0.1", "minigrad-core<0.2"])
    <SpecifierSet('<0.2,>=0.1')>
    """
    declared = SpecifierSet()
    for line in requires:
        match = _NAME.match(line)
        if match and canonicalize_name(match[0].strip()) == CORE:
            declared &= _read_range(line, within_extras=False) or SpecifierSet()
    return declared


@cache  # it reads a file or two of every distribution
def map_modules() -> Mapping[str, list[str]]:
    """Return, for each installed top-level package, the distributions that provide it."""
    return importlib.metadata.packages_distributions()


def _read_range(line: str, *, within_extras: bool) -> SpecifierSet | None:
    """Return the range in a requirement, or None if its marker excludes it here."""
    if plain := _PLAIN.match(line):
        return SpecifierSet(plain[1] or "")
    extras = _EXTRA.findall(line) if within_extras else []
    requirement = next(filter(None, (_parse_requirement(line, extra) for extra in ("", *extras))), None)
    return requirement.specifier if requirement else None


def _parse_requirement(line: str, extra: str = "") -> Requirement | None:
    """Return a requirement, or None if its marker excludes it here."""
    from packaging.requirements import Requirement  # 30 ms, and most requirements are read without it

    requirement = Requirement(line)
    applies = requirement.marker is None or requirement.marker.evaluate({"extra": extra})
    return requirement if applies else None


def suggest_remedy(error: BaseException, claims: Iterable[NamespaceClaim]) -> str:
    """Return what the user can do about a plugin whose import or hook raised `error`."""
    if is_resource_error(error):
        return "try again when there is more"
    error = error.__cause__ or error
    package = ((isinstance(error, ModuleNotFoundError) and error.name) or "").partition(".")[0]
    for claim in claims if package else ():
        # If the package is installed, only one of its modules is missing: perhaps another release has it.
        if package != claim.module.partition(".")[0] and find_spec(package) is None:
            missing = []
            with suppress(ValueError):  # a requirement that cannot be read
                required = filter(None, map(_parse_requirement, claim.distribution.requires or ()))
                missing = [requirement.name for requirement in required if version(requirement.name) is None]
            return f"pip install {missing[0] if len(missing) == 1 else package}"
    if package and find_spec(package) is None:
        return "install it again"
    return "upgrade it, fix it if it is yours"
