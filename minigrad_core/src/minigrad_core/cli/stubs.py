"""`minigrad stubs`: types for the installed operations, as a partial stub package in a wheel.

The stub replaces `dispatch/installed.py` for type checkers: the attribute `ops.nn.relu` has the class of that
operation as its type, so type checkers know its call and editors complete its name.
"""

from __future__ import annotations

import hashlib
import sys
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from io import BytesIO
from keyword import iskeyword
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import click

from ..atomic import write_atomically
from ..contracts.adapters import OperationAdapter, unwrap_adapter
from ..dispatch.tables import CATALOG_NAMES, TABLES
from ..plugins.compatibility import CORE, version
from ..plugins.plugin import OFFICIAL
from ..plugins.startup import plugin_loader
from .pure_output import pure_output

HEADER = '''\
"""Written by `minigrad stubs`. Write it again after installing or removing plugins."""

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
WHEEL = "Wheel-Version: 1.0\nGenerator: minigrad\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="The folder to write to; default: the current folder.",
)
def stubs(out: Path) -> None:
    """Write type stubs for the installed plugins.

    The command writes a wheel and prints its path. Installed together with minigrad-core, the wheel lets mypy
    and pyright check `mg.ops.nn.relu(x)`, and editors complete the name.
    """
    with pure_output() as show:
        plugin_loader().load_all()
        show(str(_write_stubs(out)))
    for line in plugin_loader().list_unavailable():
        click.echo(f"note: {line}", err=True)


def _write_stubs(out: Path) -> Path:
    stub = StubText()
    for kind, table in TABLES.items():
        stub.add(CATALOG_NAMES[kind], table)
    # A partial stub package: type checkers read all other modules in minigrad_core itself (PEP 561).
    package = "minigrad_core-stubs"
    files = {f"{package}/py.typed": "partial\n", f"{package}/dispatch/installed.pyi": stub.text()}
    out.mkdir(parents=True, exist_ok=True)
    summary = "Types for the minigrad plugins of one environment"
    return write_wheel(out, f"{CORE}-stubs", version(CORE) or "0", summary, files)


class StubText:
    """Collects the classes of a stub and the imports that they need."""

    def __init__(self) -> None:
        self._modules: dict[str, str] = {}
        self._classes: list[str] = []

    def add(self, catalog: str, objects: Mapping[str, Any]) -> None:
        """Add a catalog (`ops`) of objects by qualified name."""
        members: dict[str, list[str]] = {}
        for full, obj in sorted(objects.items()):
            namespace, _, name = full.partition("::")
            members.setdefault(namespace, []).append(f"{name}: {self._find_type(full, obj)}")
        for namespace, lines in members.items():
            self._add_class(f"_{catalog}_{namespace}", lines)
        own = [f"{namespace}: _{catalog}_{namespace}" for namespace in members]
        self._add_class(f"_{catalog}(_Items)", own + _format_bare_names(objects, members, self._find_type))
        self._classes.append(f"{catalog}: _{catalog}\n")

    def text(self) -> str:
        """Return the stub."""
        imports = "\n".join(f"import {module} as {alias}" for module, alias in self._modules.items())
        return "\n".join([HEADER.format(imports=imports), *self._classes])

    def _add_class(self, name: str, lines: list[str]) -> None:
        self._classes.append("\n    ".join([f"class {name}:", *(lines or ["pass"])]) + "\n")

    def _find_type(self, full: str, obj: Any) -> str:
        """Return the type of a registered object; Any if its class cannot be imported by name."""
        if isinstance(obj, OperationAdapter):
            return self._adapt(full, obj)
        if isinstance(obj, type):
            name = self._import(obj)
            return f"type[{name}]" if name else "Any"
        return self._import(type(unwrap_adapter(obj))) or "Any"

    def _adapt(self, full: str, obj: OperationAdapter) -> str:
        """Return a class that adds the call of `Operation` to a class that does not inherit it."""
        base = self._import(type(obj.operation))
        if base is None or not _is_typed(type(obj.operation)):
            return "Any"  # mypy takes an untyped base for Any, and would reject every call
        name = f"_conforming_{full.replace('::', '_')}"
        if not any(line.startswith(f"class {name}(") for line in self._classes):
            self._add_class(f"{name}({base}, Operation)", [])
        return name

    def _import(self, cls: type) -> str | None:
        path = [*cls.__module__.split("."), *cls.__qualname__.split(".")]
        importable = all(part.isidentifier() and not iskeyword(part) for part in path)
        if cls.__module__ == "__main__" or not importable:  # "<locals>": defined in a function
            return None
        alias = self._modules.setdefault(cls.__module__, f"_m{len(self._modules)}")
        return f"{alias}.{cls.__qualname__}"


def _is_typed(cls: type) -> bool:
    """Return whether the package of a class declares that it is typed (PEP 561)."""
    package = sys.modules.get(cls.__module__.partition(".")[0])
    return any((Path(folder) / "py.typed").exists() for folder in getattr(package, "__path__", ()))


def _format_bare_names(objects: Mapping[str, Any], namespaces: Mapping[str, Any], type_of: Any) -> list[str]:
    """Return the members for bare names: names of the official plugins that are not namespaces."""
    owners: dict[str, str] = {}
    for official in OFFICIAL:
        for full in sorted(objects):
            namespace, _, name = full.partition("::")
            if namespace == official and name not in namespaces:
                owners.setdefault(name, full)
    return [f"{name}: {type_of(full, objects[full])}" for name, full in owners.items()]


def write_wheel(folder: Path, name: str, version: str, summary: str, files: Mapping[str, str]) -> Path:
    """Write a wheel (PEP 427) into `folder` and return its path. The same content gives the same bytes.

    Parameters
    ----------
    folder : Path
        Must exist.
    name, version : str
        The name and the version of the distribution, as an index would show them.
    summary : str
        One line.
    files : mapping
        Path inside site-packages -> text.
    """
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: {summary}\n"
    content = {**files, f"{info}/METADATA": metadata, f"{info}/WHEEL": WHEEL}
    record = []
    for path, text in content.items():
        digest = urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record.append(f"{path},sha256={digest},{len(text.encode())}")
    content[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
    wheel = folder / f"{stem}-py3-none-any.whl"
    data = BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as archive:
        for path, text in content.items():
            archive.writestr(ZipInfo(path), text, ZIP_DEFLATED)  # ZipInfo: without the time of day
    write_atomically(wheel, data.getvalue(), durable=False)
    return wheel
