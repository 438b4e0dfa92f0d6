"""Requirements of plugins: version ranges of the distributions that call hooks, and missing packages."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec

from packaging.specifiers import SpecifierSet

from ..exceptions import is_resource_error
from .discovery import NamespaceClaim, canonicalize_name

CORE = "minigrad-core"
_NAME = re.compile(r"\s*[\w.-]+")
_PLAIN = re.compile(r"\s*[\w.-]+\s*([<>=!~][^;]*)?$")
_EXTRA = re.compile(r"extra\s*==\s*['\"]([\w.-]+)")


def version(name: str) -> str | None:
    """Return the version of an installed distribution; None if it runs from a plain folder."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def find_mismatch(requires: Sequence[str], hosts: Mapping[str, str | None]) -> str | None:
    """Return the first host of hooks that does not satisfy a plugin's requirements, or None.

    requires: the lines `Requires-Dist` of a plugin's distribution; hosts: name -> version of each
    distribution that calls hooks; a host without a version (None) satisfies each range.

    >>> find_mismatch(["numpy>=2", "minigrad-core>=0.3"], {"minigrad-core": "0.1.0"})
    'needs minigrad-core>=0.3, this is 0.1.0'
    >>> find_mismatch(["minigrad_core<0.2,>=0.1"], {"minigrad-core": "0.1.5"}) is None
    True
    """
    for host, installed in hosts.items():
        try:
            allowed = read_range(requires, host)
        except ValueError as error:
            return str(error)
        if installed is not None and not allowed.contains(installed, prereleases=True):
            return f"needs {host}{allowed}, this is {installed}"
    return None


def read_range(requires: Iterable[str], host: str) -> SpecifierSet:
    """Return the versions of a host that all requirements allow together; an empty range allows each one.

    Ranges in extras count, too, except for the core: a plugin requires the host of optional hooks in an
    extra.

    >>> read_range(["numpy>=2", "minigrad_core[cli]>=0.1", "minigrad-core<0.2"], "minigrad-core")
    <SpecifierSet('<0.2,>=0.1')>
    """
    allowed = SpecifierSet()
    for line in requires:
        match = _NAME.match(line)
        if match and canonicalize_name(match[0].strip()) == host:
            try:
                allowed &= _read_line(line, [] if host == CORE else _EXTRA.findall(line))
            except ValueError as error:
                raise ValueError(f"has a requirement that cannot be read: {line!r}") from error
    return allowed


def _read_line(line: str, extras: Iterable[str]) -> SpecifierSet:
    """Return the range in a requirement; an empty one if its marker excludes it here, in each extra."""
    if plain := _PLAIN.match(line):
        return SpecifierSet(plain[1] or "")
    requirements = (_parse_requirement(line, extra) for extra in ("", *extras))
    return next((allowed for _, allowed in filter(None, requirements)), SpecifierSet())


def _parse_requirement(line: str, extra: str = "") -> tuple[str, SpecifierSet] | None:
    """Return the name and the range in a requirement, or None if its marker excludes it here."""
    from packaging.requirements import Requirement  # 30 ms, and most requirements are read without it

    requirement = Requirement(line)
    applies = requirement.marker is None or requirement.marker.evaluate({"extra": extra})
    return (requirement.name, requirement.specifier) if applies else None


def suggest_remedy(error: BaseException, claims: Sequence[NamespaceClaim]) -> str:
    """Return what the user can do about a plugin whose import or hook raised `error`."""
    if is_resource_error(error):
        return "try again when there is more"
    error = error.__cause__ or error
    package = ((isinstance(error, ModuleNotFoundError) and error.name) or "").partition(".")[0]
    # If the package is installed, only one of its modules is missing: perhaps another release has it.
    if not package or find_spec(package) is not None:
        return "upgrade it, fix it if it is yours"
    if not claims or package == claims[0].package:
        return "install it again"
    missing = []
    with suppress(ValueError):  # a requirement that cannot be read
        required = filter(None, map(_parse_requirement, claims[0].distribution.requires or ()))
        missing = [name for name, _ in required if version(name) is None]
    return f"pip install {missing[0] if len(missing) == 1 else package}"
