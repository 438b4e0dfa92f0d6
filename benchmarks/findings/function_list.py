"""Functions of a framework with arguments that make sense, as the lists of this folder give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from minigrad_core.cases import Case, real


class FunctionList:
    """A list of functions: name, function, cases, and what is declared of it."""

    def __init__(self, package: Any, shorts: Mapping[str, str]) -> None:
        self.package, self.shorts = package, shorts
        self.entries: dict[str, tuple[Callable[..., Any], tuple[Case, ...], dict[str, Any]]] = {}

    def add(self, name: str, *cases: Case, f: Callable[..., Any] | None = None, **declared: Any) -> None:
        """Enter a function by its name, `F.relu`, or one around it, which keeps the name."""
        short, _, rest = name.partition(".")
        full = f"{self.shorts[short]}.{rest}" if short in self.shorts else name
        function: Any = f or attrgetter(full)(self.package)
        if f is not None:
            function.__module__ = self.package.__name__  # not an author's own code
        shown = f"{self.package.__name__}.{full}"
        while shown in self.entries:
            shown += "'"
        self.entries[shown] = (function, cases, declared)

    def elementwise(self, names: str, *domains: Any) -> None:
        """Enter functions of any shape, of one argument or of several that broadcast."""
        for name in names.split():
            arguments = {f"x{k}": domain for k, domain in enumerate(domains or (real("..."),))}
            self.add(name, Case(**arguments), broadcasts=True)
