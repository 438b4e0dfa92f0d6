"""Which installed distributions claim which namespace and which function. Reads files; imports no plugin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import Distribution as Distribution
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast
from unicodedata import normalize

from packaging.version import InvalidVersion, Version

from .names import canonicalize_name, describe_exception, is_resource_error

if TYPE_CHECKING:
    from email.message import Message

GROUP = "minigrad"
FUNCTIONS = "minigrad.functions"
# Groups of namespaces: the core's, and those that packages on top of it read, such as `minigrad.training`.
_GROUPS = re.compile(r"(?m)^\[(minigrad(?!\.functions\])(?:\.\w+)?)\]")

# `importlib.metadata.distributions`, or what a test puts in its place: yields distributions in the order of
# `sys.path`, all of them or those called `name`.
Finder: TypeAlias = Callable[..., Iterable[Distribution]]


class Identity(NamedTuple):
    """Which distribution it is, and in which folder of the import path."""

    name: str
    version: str
    folder: str


@dataclass(frozen=True)
class NamespaceClaim:
    """One entry point of one distribution: the claim to a namespace, and to functions by dotted names."""

    namespace: str
    value: str
    distribution: Distribution
    entry_points: str  # the file, in which functions are looked for when somebody asks for one

    @cached_property
    def identity(self) -> Identity:
        """Name (empty for a leftover folder without metadata), version and folder, read once."""
        return read_identity(self.distribution)

    @cached_property
    def functions(self) -> list[str]:
        """The dotted names of the functions with the same value."""
        return [path for path, value in read_section(self.entry_points, FUNCTIONS) if value == self.value]

    @property
    def label(self) -> str:
        """Name and version: "minigrad-ops-nn 0.1.0"."""
        return f"{self.identity.name} {self.identity.version}".strip()

    @property
    def owner(self) -> str:
        """The name of the distribution, as an index would compare it."""
        return canonicalize_name(self.identity.name)

    @property
    def module(self) -> str:
        """The module that the entry point names."""
        return re.split(r"[:\[]", self.value)[0].strip()

    def load(self) -> Any:
        """Import the plugin and return its module (or the object that the entry point names)."""
        return EntryPoint(self.namespace, self.value, GROUP).load()


@dataclass
class Scan:
    """What the distributions say of themselves."""

    # By group and namespace, in the order of `sys.path`.
    claims: dict[str, dict[str, list[NamespaceClaim]]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)  # a line for each file


def scan(find: Finder) -> Scan:
    """Return the claims to namespaces, of every distribution that `find` yields.

    One file of each is opened; names and versions are read when a namespace
    is asked for. `entry_points()` reads more, and lets an empty leftover folder hide a distribution (ADR 7).
    """
    found = Scan()
    for distribution in find():
        try:
            text = distribution.read_text("entry_points.txt") or ""
            for group in _GROUPS.findall(text):
                of_group = found.claims.setdefault(group, {})
                for name, value in read_section(text, group):
                    name = normalize("NFKC", name)  # as Python reads `ops.NAME` (PEP 3131)
                    of_group.setdefault(name, []).append(NamespaceClaim(name, value, distribution, text))
        except Exception as error:
            if is_resource_error(error):
                raise
            folder = getattr(distribution, "_path", None) or distribution.locate_file("")
            found.unreadable.append(f"{folder}: {describe_exception(error)}")
    return found


def read_section(text: str, group: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of each entry point of a group, even if a name stands there twice."""
    for part in f"\n{text}".split(f"\n[{group}]")[1:]:
        for line in part.partition("\n[")[0].splitlines():
            name, equals, value = (word.strip() for word in line.partition("="))
            if equals and not name.startswith("#"):
                yield name, value


def select_importable(claims: Iterable[NamespaceClaim], find: Finder) -> list[NamespaceClaim]:
    """Return the claims of distributions that an import would really use, each once.

    A distribution that is seen twice (through a symbolic link, in two folders of `sys.path`) counts where it
    comes first; a folder without metadata is a leftover and does not count.
    """
    kept: dict[tuple[str, str], NamespaceClaim] = {}
    for claim in claims:
        if claim.identity.name and claim.identity == _first(claim.identity, find):
            kept.setdefault((claim.owner, claim.value), claim)
    return list(kept.values())


def _first(claimed: Identity, find: Finder) -> Identity:
    real = [f for f in map(read_identity, find(name=claimed.name)) if f.name] or [
        claimed
    ]  # in a renamed folder
    # Two versions in one folder are the wreck of an upgrade; a folder has no order, so the newest counts.
    return max((found for found in real if found.folder == real[0].folder), key=_version)


def _version(found: Identity) -> Version:
    try:
        return Version(found.version or "0")
    except InvalidVersion:
        return Version("0")


def read_identity(distribution: Distribution) -> Identity:
    """Return who a distribution is; name and version are empty where there is no metadata."""
    metadata = cast("Message", distribution.metadata)  # which it is; the protocol lacks `get`, and [] warns
    name, version = (metadata.get(key, "") for key in ("Name", "Version"))
    return Identity(name, version, str(distribution.locate_file("")))
