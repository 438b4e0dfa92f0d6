"""The record of one plugin: its status, and the error for a request that needs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ..errors import PluginLoadError
from .discovery import NamespaceClaim
from .hooks import PluginHooks
from .names import is_resource_error
from .policy import DENY

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

    def is_same_release(self, other: Plugin) -> bool:
        """Return whether the other record is of the same release, and may load."""
        own, others = ([(c.identity, c.value) for c in plugin.claims] for plugin in (self, other))
        return own == others and other.status in {"available", "loaded"}

    @property
    def label(self) -> str:
        """The distribution and its version, or several of them."""
        return ", ".join(claim.label for claim in self.claims)

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
        lines.append(f"  cause {indent_rest(self.detail, 8)}")
        lines.append(f"  try   {self.remedy}; details: minigrad plugins --doctor {self.namespace}")
        error = PluginLoadError("\n".join(lines))
        error.__cause__ = self.cause
        return error


def indent_rest(text: str, columns: int) -> str:
    """Return `text` with each line after the first indented by `columns` columns."""
    return text.replace("\n", "\n" + " " * columns)
