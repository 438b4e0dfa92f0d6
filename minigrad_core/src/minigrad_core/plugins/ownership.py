"""Who owns a namespace: conflicts, preferences, the names that are ours, and the user's decisions."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from keyword import iskeyword
from typing import TYPE_CHECKING

from .compatibility import core_version, mismatch
from .names import canonical
from .policy import PREFER
from .record import Plugin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .discovery import Claim
    from .policy import Policy

# A stranger's claim to these is refused, whatever MINIGRAD_PREFER says.
# The order is also the order in which they answer for NumPy functions.
OFFICIAL = {"basic": "minigrad-ops-basic", "nn": "minigrad-ops-nn"}


def decide(namespace: str, claims: Sequence[Claim], policy: Policy) -> Plugin:
    """Return the record of a namespace before anything of it is imported."""
    claims = sorted(claims, key=lambda claim: claim.canonical)
    owners, notes = _owners(namespace, claims, policy)
    plugin = Plugin(namespace, tuple(owners), notes=notes)
    if reason := policy.forbids(namespace):
        plugin.status, plugin.detail = "disabled", reason
        plugin.remedy = "allow it"
    elif not (namespace.isidentifier() and not iskeyword(namespace) and not namespace.startswith("_")):
        plugin.status = "failed"
        plugin.detail = (
            f"{namespace!r} is no name for a namespace: expected an identifier, no underscore first"
        )
        plugin.remedy = "rename the entry point"
    elif malformed := [claim.value for claim in owners if not EntryPoint.pattern.match(claim.value)]:
        plugin.status = "failed"
        plugin.detail = f"its entry point names no module: {malformed[0]!r}"
        plugin.remedy = "write NAMESPACE = MODULE"
    elif refused := _contested(namespace, owners):
        plugin.status = "conflict"
        plugin.detail, plugin.remedy = refused
    elif need := mismatch(owners[0].requires, core_version()):
        plugin.status, plugin.detail = "incompatible", need
        plugin.remedy = (
            f"install a release of {owners[0].name} for this core, or MINIGRAD_DISABLE_PLUGINS={namespace}"
        )
    return plugin


def _owners(namespace: str, claims: Sequence[Claim], policy: Policy) -> tuple[Sequence[Claim], list[str]]:
    """Return the claims that stand, and a note on each one that was refused."""
    preferred = OFFICIAL.get(namespace) or policy.prefer.get(namespace)
    if preferred is None:
        return claims, []
    chosen = [claim for claim in claims if claim.canonical == canonical(preferred)]
    if not chosen:
        return claims, []
    reason = f"it belongs to {preferred}" if namespace in OFFICIAL else f"{PREFER} chose {preferred}"
    others = (claim for claim in claims if claim not in chosen)
    return chosen, [f"{claim.label} also claims {namespace!r}; refused: {reason}" for claim in others]


def _contested(namespace: str, owners: Sequence[Claim]) -> tuple[str, str] | None:
    """Return the reason and the remedy if nobody or more than one owns the namespace."""
    official = OFFICIAL.get(namespace)
    if official and canonical(official) not in {claim.canonical for claim in owners}:
        strangers = ", ".join(claim.label for claim in owners)
        return (
            f"{namespace!r} belongs to {official}; the claim of {strangers} is refused",
            f"install {official}",
        )
    if len({claim.canonical for claim in owners}) > 1:
        remedy = f"{PREFER}={namespace}={owners[0].name} chooses one, or uninstall the other"
        return "two owners" if len(owners) == 2 else f"{len(owners)} owners", remedy
    if len(owners) > 1:
        values = " and ".join(claim.value for claim in owners)
        return f"{owners[0].label} declares it twice: {values}", f"upgrade or uninstall {owners[0].name}"
    return None
