"""A list of a framework's functions with their cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from minigrad_core.cases import Case, real


class FunctionList:
    """Entries by name: the function, its cases, and its declarations."""

    def __init__(self, package: Any, shorts: Mapping[str, str]) -> None:
        self.package, self.shorts = package, shorts
        self.entries: dict[str, tuple[Callable[..., Any], tuple[Case, ...], dict[str, Any]]] = {}

    def add(self, name: str, *cases: Case, f: Callable[..., Any] | None = None, **declared: Any) -> None:
        """Enter the function of a name, such as `F.relu`, or a wrapper `f` under that name."""
        short, _, rest = name.partition(".")
        full = f"{self.shorts[short]}.{rest}" if short in self.shorts else name
        function: Any = f or attrgetter(full)(self.package)
        if f is not None:
            function.__module__ = self.package.__name__  # the kit treats it as the framework's own function
        shown = f"{self.package.__name__}.{full}"
        while shown in self.entries:
            shown += "'"
        self.entries[shown] = (function, cases, declared)

    def elementwise(self, names: str, *domains: Any) -> None:
        """Enter elementwise functions, of one argument or of several that broadcast."""
        for name in names.split():
            arguments = {f"x{k}": domain for k, domain in enumerate(domains or (real("..."),))}
            self.add(name, Case(**arguments), broadcasts=True)
