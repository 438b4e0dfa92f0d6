"""The record of one plugin: its owner, its status, and the error for a request that needs it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from typing import Literal, TypeAlias

from ..contracts.names import find_name_fault
from ..errors import PluginLoadError
from ..exceptions import is_resource_error
from .compatibility import find_mismatch
from .discovery import NamespaceClaim, canonicalize_name
from .hooks import PluginHooks
from .policy import DENY, PREFER, Policy

# Operations that are registered in this process, without a distribution.
LOCAL = "local"

# Only these distributions get these namespaces, whatever MINIGRAD_PREFER says.
RESERVED = {
    "basic": "minigrad-ops-basic",
    "nn": "minigrad-ops-nn",
    "train": "minigrad-train",
    LOCAL: "mg.register",
}

# These namespaces have bare names and implement NumPy functions before all others, in this order.
OFFICIAL = ("basic", "nn")

Status: TypeAlias = Literal["available", "loaded", "failed", "incompatible", "conflict", "disabled"]

# A fault is the plugin's; to disable a plugin is the user's decision.
FAULTS: frozenset[Status] = frozenset({"failed", "incompatible", "conflict"})

_FACT = {
    "available": "is not loaded",
    "failed": "failed to load",
    "incompatible": "does not fit the installed minigrad",
    "conflict": "is claimed by more than one distribution",
    "disabled": "is disabled",
}


@dataclass
class Plugin:
    """The plugin of one namespace, in one group of entry points."""

    namespace: str
    claims: tuple[NamespaceClaim, ...] = ()  # several only in a conflict; none if registered in process
    status: Status = "available"
    detail: str = ""  # the reason for the status
    remedy: str = ""  # what the user can do
    cause: BaseException | None = None  # the exception that the plugin raised
    imported: frozenset[str] = frozenset()  # the modules of its packages that loading imported
    load_ms: float | None = None  # the milliseconds that loading took
    hooks: PluginHooks | None = None  # of a loaded plugin
    notes: list[str] = field(default_factory=list)  # refused claims, uses of deprecated hooks
    failed_hooks: dict[str, str] = field(default_factory=dict)  # after loading: hook -> what failed

    @property
    def needs_loading(self) -> bool:
        """Whether the next request loads the plugin: it was not tried, or stack, memory or files ran out."""
        return self.status == "available" or is_resource_error(self.cause)

    def set_status(
        self, status: Status, detail: str, remedy: str, cause: BaseException | None = None
    ) -> None:
        """Set the status and its reason. The status is set last: other threads read it first."""
        if status in {"failed", "incompatible"}:
            remedy += f", or {DENY}={self.namespace}"
        self.detail, self.remedy, self.cause, self.status = detail, remedy, cause, status

    def unimport(self) -> None:
        """Remove the modules from `sys.modules`: the next import reads the files again."""
        prefixes = tuple(f"{module}." for module in self.imported)
        for name in [name for name in sys.modules if f"{name}.".startswith(prefixes)]:
            del sys.modules[name]

    def is_same_release(self, other: Plugin) -> bool:
        """Return whether the other record is of the same release, and may load."""
        own, others = ([(c.identity, c.value) for c in plugin.claims] for plugin in (self, other))
        return own == others and other.status in {"available", "loaded"}

    @property
    def label(self) -> str:
        """The distribution and its version, or several of them."""
        return ", ".join(claim.label for claim in self.claims)

    @property
    def title(self) -> str:
        """The namespace and the label: "plugin 'nn' (minigrad-ops-nn 0.1.0)"."""
        return f"plugin {self.namespace!r} ({self.label})"

    @property
    def declares_functions(self) -> bool:
        """Whether the metadata declare the functions that the plugin implements."""
        return any(claim.functions for claim in self.claims)

    @property
    def reason(self) -> str:
        """The first line of the detail, for tables and lists."""
        return (self.detail.splitlines() or [""])[0]

    @property
    def summary(self) -> str:
        """The status in words: "plugin 'nn' failed to load"."""
        # One distribution alone may claim a reserved namespace, or declare a namespace twice.
        alone = self.status == "conflict" and len({claim.owner for claim in self.claims}) == 1
        return f"plugin {self.namespace!r} {'is refused' if alone else _FACT[self.status]}"

    def describe(self, name: str) -> str:
        """Return "nn::relu (minigrad-ops-nn 0.1.0)"."""
        full = f"{self.namespace}::{name}"
        return f"{full} ({self.label})" if self.label else full

    def make_error(self, wanted: str) -> PluginLoadError:
        """Return the error for a request of `wanted`, chained to the exception of the plugin."""
        lines = [f"{wanted} is unavailable: {self.summary}"]
        lines += [f"  from  {claim.label} ({claim.namespace} = {claim.value})" for claim in self.claims]
        lines.append("  cause " + self.detail.replace("\n", "\n" + " " * 8))
        lines.append(f"  try   {self.remedy}; details: minigrad plugins --doctor {self.namespace}")
        error = PluginLoadError("\n".join(lines))
        error.__cause__ = self.cause
        return error


def explain_unusable(namespace: str) -> str | None:
    """Return why a namespace cannot have that name, or None."""
    if namespace.startswith("_"):
        return f"{namespace!r} is not a name for a namespace: expected no underscore first"
    return find_name_fault(namespace)


def make_record(
    namespace: str, claims: Sequence[NamespaceClaim], policy: Policy, hosts: Mapping[str, str | None]
) -> Plugin:
    """Return the record of a namespace before anything of it is imported. hosts: as of `find_mismatch`."""
    claims = sorted(claims, key=lambda claim: claim.owner)
    owners, notes = _select_owners(namespace, claims, policy)
    plugin = Plugin(namespace, tuple(owners), notes=notes)
    if reason := policy.forbids(namespace):
        plugin.set_status("disabled", reason, "allow it")
    elif reason := explain_unusable(namespace):
        plugin.set_status("failed", reason, "rename the entry point")
    elif malformed := [claim.value for claim in owners if not EntryPoint.pattern.match(claim.value)]:
        fact = f"its entry point names no module: {malformed[0]!r}"
        plugin.set_status("failed", fact, "write NAMESPACE = MODULE")
    elif conflict := _find_conflict(namespace, owners):
        plugin.set_status("conflict", *conflict)
    elif need := find_mismatch(owners[0].distribution.requires or (), hosts):
        remedy = f"install a release of {owners[0].identity.name} for this version"
        plugin.set_status("incompatible", need, remedy)
    return plugin


def _select_owners(
    namespace: str, claims: Sequence[NamespaceClaim], policy: Policy
) -> tuple[Sequence[NamespaceClaim], list[str]]:
    """Return the valid claims, and a note on each refused claim."""
    preferred = RESERVED.get(namespace) or policy.namespace_owners.get(namespace)
    chosen = [claim for claim in claims if preferred and claim.owner == canonicalize_name(preferred)]
    if not chosen:
        return claims, []
    reason = f"it belongs to {preferred}" if namespace in RESERVED else f"{PREFER} chose {preferred}"
    others = (claim for claim in claims if claim not in chosen)
    return chosen, [f"{claim.label} also claims {namespace!r}; refused: {reason}" for claim in others]


def _find_conflict(namespace: str, owners: Sequence[NamespaceClaim]) -> tuple[str, str] | None:
    """Return the reason and the remedy if no claim or several claims are valid."""
    reserved = RESERVED.get(namespace)
    if reserved and canonicalize_name(reserved) not in {claim.owner for claim in owners}:
        strangers = ", ".join(claim.label for claim in owners)
        remedy = f"uninstall {strangers}" if namespace == LOCAL else f"install {reserved}"
        return f"{namespace!r} belongs to {reserved}; the claim of {strangers} is refused", remedy
    if len({claim.owner for claim in owners}) > 1:
        remedy = f"{PREFER}={namespace}={owners[0].identity.name} chooses one, or uninstall the other"
        return ("two owners", remedy) if len(owners) == 2 else (f"{len(owners)} owners", f"{remedy}s")
    if len(owners) > 1:
        values = " and ".join(claim.value for claim in owners)
        remedy = f"upgrade or uninstall {owners[0].identity.name}"
        return f"{owners[0].label} declares it twice: {values}", remedy
    return None
