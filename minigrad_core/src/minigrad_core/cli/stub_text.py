"""The text of a type stub for the catalogs, with a name for everything that is installed.

It stands in for `dispatch/installed.py`: `ops.nn.relu` becomes an attribute whose type is the class of that
operation, so that type checkers know its call and editors complete its name.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from keyword import iskeyword
from pathlib import Path
from typing import Any

from ..contracts.adapters import OperationAdapter, unwrap_adapter
from ..plugins.ownership import OFFICIAL

HEADER = '''\
"""Written by `minigrad stubs`; write it anew when plugins come or go."""

from collections.abc import Iterator
from typing import Any

from minigrad_core import Operation
{imports}

class _Items:
    def __getitem__(self, name: str) -> Any: ...
    def __contains__(self, name: object) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
'''


class StubText:
    """Collects the classes of a stub and the imports that they need."""

    def __init__(self) -> None:
        self._modules: dict[str, str] = {}
        self._classes: list[str] = []

    def add(self, catalog: str, things: Mapping[str, Any]) -> None:
        """Add a catalog (`ops`) of things by qualified name."""
        members: dict[str, list[str]] = {}
        for full, thing in sorted(things.items()):
            namespace, _, name = full.partition("::")
            members.setdefault(namespace, []).append(f"{name}: {self._type(full, thing)}")
        for namespace, lines in members.items():
            self._class(f"_{catalog}_{namespace}", lines)
        own = [f"{namespace}: _{catalog}_{namespace}" for namespace in members]
        self._class(f"_{catalog}(_Items)", own + _format_bare_names(things, members, self._type))
        self._classes.append(f"{catalog}: _{catalog}\n")

    def text(self) -> str:
        """Return the stub."""
        imports = "\n".join(f"import {module} as {alias}" for module, alias in self._modules.items())
        return "\n".join([HEADER.format(imports=imports), *self._classes])

    def _class(self, name: str, lines: list[str]) -> None:
        self._classes.append("\n    ".join([f"class {name}:", *(lines or ["pass"])]) + "\n")

    def _type(self, full: str, thing: Any) -> str:
        """Return the type of a registered thing; Any where its class cannot be imported by name."""
        if isinstance(thing, OperationAdapter):
            return self._conforming(full, thing)
        if isinstance(thing, type):
            name = self._imported(thing)
            return f"type[{name}]" if name else "Any"
        return self._imported(type(unwrap_adapter(thing))) or "Any"

    def _conforming(self, full: str, thing: OperationAdapter) -> str:
        """Return a class that adds the call of `Operation` to one that merely conforms."""
        base = self._imported(type(thing.operation))
        if base is None or not _is_typed(type(thing.operation)):
            return "Any"  # a base that mypy takes for Any would make every call an error
        name = f"_conforming_{full.replace('::', '_')}"
        if not any(line.startswith(f"class {name}(") for line in self._classes):
            self._class(f"{name}({base}, Operation)", [])
        return name

    def _imported(self, cls: type) -> str | None:
        path = [*cls.__module__.split("."), *cls.__qualname__.split(".")]
        importable = all(part.isidentifier() and not iskeyword(part) for part in path)
        if cls.__module__ == "__main__" or not importable:  # "<locals>": made in a function
            return None
        alias = self._modules.setdefault(cls.__module__, f"_m{len(self._modules)}")
        return f"{alias}.{cls.__qualname__}"


def _is_typed(cls: type) -> bool:
    """Return whether the package of a class declares that it is typed (PEP 561)."""
    package = sys.modules.get(cls.__module__.partition(".")[0])
    return any((Path(folder) / "py.typed").exists() for folder in getattr(package, "__path__", ()))


def _format_bare_names(things: Mapping[str, Any], namespaces: Mapping[str, Any], type_of: Any) -> list[str]:
    """Return the members for bare names: those of the official plugins, that are no namespace."""
    owners: dict[str, str] = {}
    for official in OFFICIAL:
        for full in sorted(things):
            namespace, _, name = full.partition("::")
            if namespace == official and name not in namespaces:
                owners.setdefault(name, full)
    return [f"{name}: {type_of(full, things[full])}" for name, full in owners.items()]
