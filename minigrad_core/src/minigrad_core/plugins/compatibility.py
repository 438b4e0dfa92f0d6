"""What a distribution requires: this core, in the right version, and others that must be installed."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from .names import canonicalize_name, is_resource_error

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from .discovery import NamespaceClaim

CORE = "minigrad-core"
_NAME = re.compile(r"\s*[\w.-]+")
_PLAIN = re.compile(r"\s*[\w.-]+\s*([<>=!~][^;]*)?$")


@cache
def core_version() -> str | None:
    """Return the version of the installed core; None where it runs from a plain folder."""
    return version(CORE)


def version(name: str) -> str | None:
    """Return the version of an installed distribution, or None."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def find_mismatch(requires: Iterable[str], core: str | None) -> str | None:
    """Return what a plugin needs if the version `core` does not satisfy it, else None.

    `requires` are the lines `Requires-Dist` of its distribution; a `core` of None satisfies all.

    >>> find_mismatch(["numpy>=2", "minigrad-core>=0.3"], "0.1.0")
    'needs minigrad-core>=0.3, this is 0.1.0'
    >>> find_mismatch(["minigrad_core<0.2,>=0.1"], "0.1.5") is None
    True
    """
    for line in requires:
        name = _NAME.match(line)
        if name is None or canonicalize_name(name[0]) != CORE or core is None:
            continue
        try:
            needed = _read_range(line)
        except ValueError:
            return f"has a requirement that cannot be read: {line!r}"
        if needed is not None and not needed.contains(core, prereleases=True):
            return f"needs {CORE}{needed}, this is {core}"
    return None


@cache  # it reads a file or two of every distribution
def map_modules() -> Mapping[str, list[str]]:
    """Return, for each top-level package that is installed, the distributions that bring it."""
    return importlib.metadata.packages_distributions()


def _read_range(line: str) -> SpecifierSet | None:
    """Return the range in a requirement, or None if its marker puts it aside."""
    if plain := _PLAIN.match(line):
        return SpecifierSet(plain[1] or "")
    requirement = _parse_requirement(line)
    return requirement.specifier if requirement else None


def _parse_requirement(line: str) -> Requirement | None:
    from packaging.requirements import Requirement  # 30 ms, and most lines do without

    requirement = Requirement(line)
    aside = requirement.marker is not None and not requirement.marker.evaluate({"extra": ""})
    return None if aside else requirement


def suggest_remedy(error: BaseException, claims: Iterable[NamespaceClaim]) -> str:
    """Return what to do about a plugin that raised `error` when it was imported, or asked."""
    if is_resource_error(error):
        return "ask again when there is more"
    error = error.__cause__ or error
    package = ((isinstance(error, ModuleNotFoundError) and error.name) or "").partition(".")[0]
    for claim in claims if package else ():
        # One that is there lacks a module: of the plugin's own, or one that another release of it has.
        if package != claim.module.partition(".")[0] and find_spec(package) is None:
            missing = []
            with suppress(ValueError):  # a requirement that cannot be read
                required = filter(None, map(_parse_requirement, claim.distribution.requires or ()))
                missing = [requirement.name for requirement in required if version(requirement.name) is None]
            return f"pip install {missing[0] if len(missing) == 1 else package}"
    if package and find_spec(package) is None:
        return "install it anew"
    return "upgrade it, mend it if it is yours"
