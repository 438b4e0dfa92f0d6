"""The user's decisions about plugins, in the environment or on the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

from ..dispatch.function_names import is_path_to
from ..errors import PluginSettingError
from .discovery import NamespaceClaim, canonicalize_name

ALLOW = "MINIGRAD_PLUGINS"
DENY = "MINIGRAD_DISABLE_PLUGINS"
PREFER = "MINIGRAD_PREFER"
STRICT = "MINIGRAD_STRICT_PLUGINS"


@dataclass(frozen=True)
class Policy:
    """The plugins that may load, and the owners of namespaces and functions that several plugins claim."""

    allow: frozenset[str] | None = None  # the only namespaces that may load; None allows all
    deny: frozenset[str] = frozenset()  # namespaces that may not load; wins over `allow`
    namespace_owners: Mapping[str, str] = field(default_factory=dict)  # namespace -> distribution
    function_owners: Mapping[str, str] = field(default_factory=dict)  # function -> namespace
    strict: bool = False  # raise the fault of each plugin that a lookup loads
    allowed_by: str = ALLOW  # where `allow` was set, for messages

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Policy:
        """Read the four variables. PluginSettingError names an entry that cannot be read."""
        allow = environ.get(ALLOW)
        prefer = dict(_parse_preference(entry) for entry in split_list(environ.get(PREFER, "")))
        return cls(
            allow=None if allow is None else frozenset(split_list(allow)),
            deny=frozenset(split_list(environ.get(DENY, ""))),
            namespace_owners={name: owner for name, owner in prefer.items() if "." not in name},
            function_owners={name: owner for name, owner in prefer.items() if "." in name},
            strict=environ.get(STRICT, "").strip().lower() not in {"", "0", "false", "no", "off"},
        )

    def forbids(self, namespace: str) -> str | None:
        """Return why `namespace` may not load, or None if it may."""
        if namespace in self.deny:
            return f"{DENY} lists it"
        if self.allow is not None and namespace not in self.allow:
            return f"{self.allowed_by} does not list it" if self.allow else f"{self.allowed_by} allows none"
        return None

    def find_preferred(self, function: Callable[..., Any]) -> str | None:
        """Return the namespace that the user chose for a function, or None."""
        owners = (owner for path, owner in self.function_owners.items() if is_path_to(path, function))
        return next(owners, None)

    def check(self, claims: Mapping[str, Sequence[NamespaceClaim]]) -> None:
        """Raise PluginSettingError if a namespace that is allowed or preferred is not installed.

        claims: by namespace. An unknown name in the deny list is harmless; `minigrad plugins` reports it.
        """
        for by, namespaces in ((self.allowed_by, self.allow or ()), (PREFER, self.function_owners.values())):
            for namespace in sorted(namespaces):
                if namespace not in claims:
                    fact = f"{by} names {namespace!r}, and no installed distribution has that namespace"
                    raise PluginSettingError(f"{fact}; installed are: {', '.join(sorted(claims)) or 'none'}")
        for namespace, distribution in self.namespace_owners.items():
            owners = {claim.owner for claim in claims.get(namespace, ())}
            if canonicalize_name(distribution) not in owners:
                fact = f"{PREFER} chooses {distribution!r} for {namespace!r}, and no installed distribution"
                claimants = ", ".join(sorted(owners)) or "none"
                raise PluginSettingError(
                    f"{fact} of that name has that namespace; it is claimed by: {claimants}"
                )


def split_list(text: str) -> list[str]:
    """Return the entries of a comma-separated list; spaces around them are allowed.

    >>> split_list("basic, nn,")
    ['basic', 'nn']
    """
    return [entry for part in normalize("NFKC", text).split(",") if (entry := part.strip())]


def _parse_preference(entry: str) -> tuple[str, str]:
    name, separator, owner = (part.strip() for part in entry.partition("="))
    if not (name and separator and owner):
        raise PluginSettingError(
            f"{PREFER} expects NAMESPACE=DISTRIBUTION or FUNCTION=NAMESPACE, by commas; got {entry!r}"
        )
    return name, owner
