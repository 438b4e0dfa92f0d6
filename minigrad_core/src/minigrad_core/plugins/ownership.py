"""The owner of a namespace: conflicts, preferences, reserved names, and the user's decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import EntryPoint

from ..contracts import names
from .compatibility import find_mismatch
from .discovery import NamespaceClaim
from .names import canonicalize_name
from .plugin import Plugin
from .policy import PREFER, Policy

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


def explain_unusable(namespace: str) -> str | None:
    """Return why a namespace cannot have that name, or None."""
    if namespace.startswith("_"):
        return f"{namespace!r} is not a name for a namespace: expected no underscore first"
    return names.find_name_fault(namespace)


def decide(
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
