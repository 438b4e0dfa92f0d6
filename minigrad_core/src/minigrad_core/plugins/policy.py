"""What the user decided about plugins, in the environment or on the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import PluginSettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

ALLOW = "MINIGRAD_PLUGINS"
DENY = "MINIGRAD_DISABLE_PLUGINS"
PREFER = "MINIGRAD_PREFER"
STRICT = "MINIGRAD_STRICT_PLUGINS"


@dataclass(frozen=True)
class Policy:
    """Which plugins may load.

    Attributes
    ----------
    allow : frozenset of str, or None
        The only namespaces that may load; None allows all, empty allows none.
    deny : frozenset of str
        Namespaces that may not load; wins over `allow`.
    prefer : mapping
        Namespace -> the distribution that owns it where several claim it.
    strict : bool
        Raise when a faulty plugin is met, even if it was not asked for.
    allowed_by : str
        Where `allow` was set, for messages.
    """

    allow: frozenset[str] | None = None
    deny: frozenset[str] = frozenset()
    prefer: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False
    allowed_by: str = ALLOW

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Policy:
        """Read the four variables.

        Raises
        ------
        PluginSettingError
            `MINIGRAD_PREFER` is not a list of NAMESPACE=DISTRIBUTION.
        """
        allow = environ.get(ALLOW)
        return cls(
            allow=None if allow is None else frozenset(listed(allow)),
            deny=frozenset(listed(environ.get(DENY, ""))),
            prefer=dict(_preference(entry) for entry in listed(environ.get(PREFER, ""))),
            strict=environ.get(STRICT, "").strip().lower() not in {"", "0", "false", "no", "off"},
        )

    def forbids(self, namespace: str) -> str | None:
        """Return why `namespace` may not load, or None if it may."""
        if namespace in self.deny:
            return f"{DENY} lists it"
        if self.allow is not None and namespace not in self.allow:
            return f"{self.allowed_by} does not list it" if self.allow else f"{self.allowed_by} allows none"
        return None


def listed(text: str) -> list[str]:
    """Return the entries of a comma-separated list; spaces around them are allowed.

    Examples
    --------
    >>> listed("basic, nn,")
    ['basic', 'nn']
    """
    return [entry for part in text.split(",") if (entry := part.strip())]


def _preference(entry: str) -> tuple[str, str]:
    namespace, separator, distribution = (part.strip() for part in entry.partition("="))
    if not (namespace and separator and distribution):
        raise PluginSettingError(
            f"{PREFER} expects NAMESPACE=DISTRIBUTION, separated by commas; got {entry!r}"
        )
    return namespace, distribution
