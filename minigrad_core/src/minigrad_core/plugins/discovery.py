"""The claims of installed distributions to namespaces and functions, read from files. Imports no plugin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from importlib.metadata import Distribution as Distribution
from importlib.metadata import EntryPoint
from importlib.metadata import packages_distributions as packages_distributions
from typing import Any, NamedTuple, TypeAlias, cast
from unicodedata import normalize

from packaging.version import InvalidVersion, Version

from ..exceptions import describe_exception, is_resource_error

GROUP = "minigrad"
FUNCTIONS = "minigrad.functions"
# Each entry point names a group, and the `HookGroup` of the distribution that calls the hooks of this group.
HOSTS = "minigrad.hosts"
# The group of hosts and the groups of namespaces: the core's, and others such as `minigrad.training`.
_GROUPS = re.compile(r"(?m)^\[(minigrad(?!\.functions\])(?:\.\w+)?)\]")

# `importlib.metadata.distributions`, or a substitute of a test: yields distributions in the order of
# `sys.path`, all of them or those called `name`.
Finder: TypeAlias = Callable[..., Iterable[Distribution]]


class Identity(NamedTuple):
    """Name and version of a distribution, and its folder on the import path."""

    name: str
    version: str
    folder: str


@dataclass(frozen=True)
class NamespaceClaim:
    """One entry point of one distribution: a claim to a namespace, and to functions by dotted names."""

    namespace: str
    value: str
    distribution: Distribution
    entry_points: str  # the text of the file, which is searched for functions on demand

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

    @property
    def package(self) -> str:
        """The top-level package of the module."""
        return self.module.partition(".")[0]

    def load(self) -> Any:
        """Import the plugin and return its module (or the object that the entry point names)."""
        return EntryPoint(self.namespace, self.value, GROUP).load()


@dataclass
class Scan:
    """The entry points of all distributions."""

    # By group and namespace, in the order of `sys.path`.
    claims: dict[str, dict[str, list[NamespaceClaim]]] = field(default_factory=dict)
    hosts: dict[str, list[NamespaceClaim]] = field(default_factory=dict)  # by group: who calls its hooks
    unreadable: list[str] = field(default_factory=list)  # a message for each file that raised
    paths: set[str] = field(default_factory=set)  # of the metadata that were read
    # A message for each distribution that declares functions and no namespace: the functions are ignored.
    ignored_functions: list[str] = field(default_factory=list)


def scan(find: Finder) -> Scan:
    """Return the claims of every distribution that `find` yields.

    One file of each distribution is opened; its name and version are read when a lookup needs the namespace.
    `entry_points()` reads more, and lets an empty leftover folder hide a distribution (ADR 7).
    """
    result = Scan()
    for distribution in find():
        result.paths.add(locate_metadata(distribution))
        try:
            text = distribution.read_text("entry_points.txt") or ""
            groups = _GROUPS.findall(text)
            functions = [name for name, _ in read_section(text, FUNCTIONS)]
            if functions and not set(groups) - {HOSTS}:
                name = read_identity(distribution).name or distribution.locate_file("")
                result.ignored_functions.append(f"{name}: {explain_ignored_functions(functions)}")
            for group in sorted(groups, key=HOSTS.__eq__):
                if group == HOSTS:  # every lookup compares the versions of hosts
                    read_identity(distribution)
                by_name = result.hosts if group == HOSTS else result.claims.setdefault(group, {})
                for name, value in read_section(text, group):
                    name = normalize("NFKC", name)  # as Python reads `ops.NAME` (PEP 3131)
                    by_name.setdefault(name, []).append(NamespaceClaim(name, value, distribution, text))
        except Exception as error:
            if is_resource_error(error):
                raise
            result.unreadable.append(f"{locate_metadata(distribution)}: {describe_exception(error)}")
    return result


def read_section(text: str, group: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of each entry point of a group, also of a name that is declared twice."""
    for part in f"\n{text}".split(f"\n[{group}]")[1:]:
        for line in part.partition("\n[")[0].splitlines():
            name, equals, value = (word.strip() for word in line.partition("="))
            if equals and not name.startswith("#"):
                yield name, value


def explain_ignored_functions(functions: Iterable[str]) -> str:
    """Return the fault of a distribution that declares functions, and no namespace."""
    fact = f"the group {FUNCTIONS!r} is ignored, since no entry point in {GROUP!r} names a namespace"
    return f"{fact}: add NAMESPACE = MODULE, with the module of {', '.join(functions)}"


def select_importable(claims: Iterable[NamespaceClaim], find: Finder) -> list[NamespaceClaim]:
    """Return the claims of the distributions that an import would use, each once.

    A distribution that is found twice (through a symbolic link, in two folders of `sys.path`) counts where it
    comes first. A folder without metadata is a leftover and does not count.
    """
    importable: dict[tuple[str, str], NamespaceClaim] = {}
    for claim in claims:
        if claim.identity.name and claim.identity == _find_importable(claim.identity, find):
            importable.setdefault((claim.owner, claim.value), claim)
    return list(importable.values())


def _find_importable(claimed: Identity, find: Finder) -> Identity:
    identities = [identity for identity in map(read_identity, find(name=claimed.name)) if identity.name]
    if not identities:  # the folder of the metadata was renamed
        return claimed
    # A failed upgrade leaves two versions in one folder; a folder has no order, so the newest counts.
    in_first_folder = [identity for identity in identities if identity.folder == identities[0].folder]
    return max(in_first_folder, key=_parse_version)


def _parse_version(identity: Identity) -> Version:
    try:
        return Version(identity.version or "0")
    except InvalidVersion:
        return Version("0")


def locate_metadata(distribution: Distribution) -> str:
    """Return the folder of the metadata of a distribution, else of its modules."""
    return str(getattr(distribution, "_path", None) or distribution.locate_file(""))


def read_metadata(distribution: Distribution) -> Message:
    """Return the metadata of a distribution with its real type: the protocol has no `get`, and [] warns."""
    return cast("Message", distribution.metadata)


def read_identity(distribution: Distribution) -> Identity:
    """Return the identity of a distribution; name and version are empty without metadata."""
    metadata = read_metadata(distribution)
    name, version = (metadata.get(key, "") for key in ("Name", "Version"))
    return Identity(name, version, str(distribution.locate_file("")))


def canonicalize_name(name: str) -> str:
    """Return the name of a distribution as indexes compare it (PEP 503).

    `packaging.utils` has the same function, and takes 20 ms to import.

    >>> canonicalize_name("Minigrad_Ops.NN")
    'minigrad-ops-nn'
    """
    return re.sub(r"[-_.]+", "-", name).lower()
