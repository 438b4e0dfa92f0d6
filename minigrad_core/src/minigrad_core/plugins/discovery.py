"""Which installed distributions claim which namespace. Reads files; imports no plugin."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import unquote, urlparse

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GROUP = "minigrad"


class Finder(Protocol):
    """`importlib.metadata.distributions`, or what a test puts in its place."""

    def __call__(self, *, name: str = ...) -> Iterable[Distribution]:
        """Yield distributions in the order of `sys.path`, all of them or those called `name`."""
        ...


@dataclass(frozen=True)
class Claim:
    """One entry point of one distribution: the claim to a namespace."""

    namespace: str
    value: str
    distribution: Distribution

    @cached_property
    def name(self) -> str:
        """The name of the distribution; empty for a leftover folder without metadata."""
        return header(self.distribution, "Name")

    @cached_property
    def version(self) -> str:
        """The version of the distribution."""
        return header(self.distribution, "Version")

    @property
    def canonical(self) -> str:
        """The name as an index would compare it."""
        return canonicalize_name(self.name)

    @property
    def label(self) -> str:
        """Name and version: "minigrad-ops-nn 0.1.0"."""
        return f"{self.name} {self.version}".strip()

    @property
    def module(self) -> str:
        """The module that the entry point names."""
        return self.value.partition(":")[0].strip()

    @property
    def requires(self) -> Sequence[str]:
        """The distribution's requirements, as written."""
        return self.distribution.requires or ()

    def load(self) -> Any:
        """Import the plugin and return its module (or the object that the entry point names)."""
        return EntryPoint(self.namespace, self.value, GROUP).load()

    def source(self) -> str:
        """Return where the code lies: the folder of an editable install, else the name of the folder."""
        if (editable := self._editable()) is None:
            return Path(str(self.distribution.locate_file(""))).name
        spec = importlib.util.find_spec(self.module.partition(".")[0])  # of a top-level name: imports nothing
        root = Path(spec.origin).parent.parent if spec and spec.origin else editable
        here = Path.cwd()
        return f"editable: {root.relative_to(here) if root.is_relative_to(here) else root}"

    def _editable(self) -> Path | None:
        record = json.loads(self.distribution.read_text("direct_url.json") or "{}")
        if not record.get("dir_info", {}).get("editable"):
            return None
        return Path(unquote(urlparse(record["url"]).path))


@dataclass
class Scan:
    """Namespace -> who claims it, in the order of `sys.path`; and what could not be read."""

    claims: dict[str, list[Claim]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


def scan(find: Finder) -> Scan:
    """Return the claims of every distribution that `find` yields.

    The text is searched before it is parsed, and names and versions are read only when a namespace is asked
    for. `importlib.metadata.entry_points()` reads more, and hides a distribution behind an empty leftover
    folder of the same name (importlib_metadata#534).
    """
    found = Scan()
    for distribution in find():
        try:
            text = distribution.read_text("entry_points.txt")
            if text and f"[{GROUP}]" in text:
                for entry in distribution.entry_points.select(group=GROUP):
                    found.claims.setdefault(entry.name, []).append(
                        Claim(entry.name, entry.value, distribution)
                    )
        except Exception as error:
            found.unreadable.append(f"{_folder(distribution)}: {type(error).__name__}: {error}")
    return found


def current(claims: Iterable[Claim], find: Finder) -> list[Claim]:
    """Return the claims of distributions that an import would really use, each once.

    A distribution that is seen twice (through a symbolic link, in two folders of `sys.path`) counts where it
    comes first; a folder without metadata is a leftover and does not count.
    """
    kept: dict[tuple[str, str], Claim] = {}
    for claim in claims:
        if claim.name and _place(claim.distribution) == _first(claim.name, find):
            kept.setdefault((claim.canonical, claim.value), claim)
    return list(kept.values())


def _first(name: str, find: Finder) -> tuple[str, str]:
    real = [distribution for distribution in find(name=name) if header(distribution, "Name")]
    folder = str(real[0].locate_file(""))
    # Two versions in one folder are the wreck of an upgrade; a folder has no order, so the newest counts.
    return _place(max((d for d in real if str(d.locate_file("")) == folder), key=_version))


def _place(distribution: Distribution) -> tuple[str, str]:
    return str(distribution.locate_file("")), header(distribution, "Version")


def _version(distribution: Distribution) -> Version:
    try:
        return Version(header(distribution, "Version") or "0")
    except InvalidVersion:
        return Version("0")


def header(distribution: Distribution, key: str) -> str:
    """Return one entry of the metadata; empty where there is none (the mapping warns of a missing key)."""
    metadata = distribution.metadata
    return metadata[key] if key in metadata else ""  # noqa: SIM401 - its `get` is missing from the protocol


def _folder(distribution: Distribution) -> str:
    return str(getattr(distribution, "_path", None) or distribution.locate_file(""))


def installed() -> Finder:
    """Return the finder of what is installed in this environment."""
    return cast("Finder", importlib.metadata.distributions)
