"""What is known of the plugin of one namespace, and how its absence is explained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..errors import PluginLoadError
from .names import is_resource_error
from .policy import DENY

if TYPE_CHECKING:
    from .discovery import NamespaceClaim

Status: TypeAlias = Literal["available", "loaded", "failed", "incompatible", "conflict", "disabled"]

# A fault is the plugin's; being disabled is the user's decision.
FAULTS: frozenset[Status] = frozenset({"failed", "incompatible", "conflict"})

_FACT = {
    "failed": "failed to load",
    "incompatible": "does not fit this core",
    "conflict": "is claimed by more than one distribution",
    "disabled": "is disabled",
}


@dataclass
class Plugin:
    """The plugin of one namespace."""

    namespace: str
    claims: tuple[NamespaceClaim, ...] = ()  # more than one only in a conflict; none if registered in process
    status: Status = "available"
    detail: str = ""  # why
    remedy: str = ""  # what the user can do
    cause: BaseException | None = None  # what the plugin raised
    imported: frozenset[str] = frozenset()  # the modules of its packages that were imported to load it
    load_ms: float | None = None  # what loading took
    call_hook: Callable[[str, Callable[[Any], None]], list[Any]] = (
        lambda _hook, _check: []
    )  # calls another hook
    notes: list[str] = field(default_factory=list)  # refused claims, uses of what is deprecated

    @property
    def needs_loading(self) -> bool:
        """Whether to load it when it is asked for: it was not tried, or it lacked what may be there now."""
        return self.status == "available" or is_resource_error(self.cause)

    def set_status(
        self, status: Status, detail: str, remedy: str, cause: BaseException | None = None
    ) -> None:
        """Note what became of it, and why."""
        if status in {"failed", "incompatible"}:
            remedy += f", or {DENY}={self.namespace}"
        self.detail, self.remedy, self.cause, self.status = detail, remedy, cause, status

    def is_same_release(self, other: Plugin) -> bool:
        """Whether the other record is of the same release, and may load."""
        mine, theirs = ([(c.identity, c.value) for c in plugin.claims] for plugin in (self, other))
        return mine == theirs and other.status in {"available", "loaded"}

    @property
    def label(self) -> str:
        """Distribution and version, or several of them."""
        return ", ".join(claim.label for claim in self.claims)

    @property
    def declares_functions(self) -> bool:
        """Whether its metadata says which functions it answers for."""
        return any(claim.functions for claim in self.claims)

    @property
    def reason(self) -> str:
        """The first line of the detail, for tables and lists."""
        return (self.detail.splitlines() or [""])[0]

    @property
    def summary(self) -> str:
        """What became of a plugin that is not there."""
        return f"plugin {self.namespace!r} {_FACT[self.status]}"

    def describe(self, name: str) -> str:
        """Return "nn::relu (minigrad-ops-nn 0.1.0)"."""
        full = f"{self.namespace}::{name}"
        return f"{full} ({self.label})" if self.label else full

    def make_error(self, wanted: str) -> PluginLoadError:
        """Return the error for somebody who asked for `wanted`, chained to what the plugin raised."""
        lines = [f"{wanted} is unavailable: {self.summary}"]
        lines += [f"  from  {claim.label} ({claim.namespace} = {claim.value})" for claim in self.claims]
        lines.append(f"  cause {indent_rest(self.detail, 8)}")
        lines.append(f"  try   {self.remedy}; details: minigrad plugins --doctor {self.namespace}")
        error = PluginLoadError("\n".join(lines))
        error.__cause__ = self.cause
        return error


def indent_rest(text: str, by: int) -> str:
    """Return `text` with its lines after the first below its beginning, in column `by`."""
    return text.replace("\n", "\n" + " " * by)
