"""The distributions that a package imports and does not require, read from its source."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from ..contracts.location import shorten_path
from ..plugins.compatibility import CORE
from ..plugins.discovery import Distribution, canonicalize_name, packages_distributions
from .plugin_facts import find_root, open_path


def find_own_package(module: str) -> str:
    """Return the outermost package of a module that is not a shared namespace (PEP 420), else the module.

    A package without `__init__.py` may be shared: `acme.mine` for `acme.mine.plugin`, where another
    distribution installs `acme.other`.
    """
    parts = module.split(".")
    for depth in range(1, len(parts)):
        name = ".".join(parts[:depth])
        spec = find_spec(name)  # imports the packages above, which have no code
        if spec is None or spec.origin is not None:
            return name
    return module


def find_undeclared(package: str, requirements: Iterable[str]) -> dict[str, str]:
    """Return the distributions that a package imports without requiring them -> location of the first import.

    The requirements of the core count as requirements of the package. An import for type checkers alone, or
    one whose failure is caught, needs no requirement.
    """
    own = Distribution.from_name(CORE).requires or ()
    declared = {
        canonicalize_name(re.split(r"[^\w.-]", line.strip())[0]) for line in (CORE, *requirements, *own)
    }
    providers, own_top = _map_modules(), package.partition(".")[0]
    locations: dict[str, str] = {}  # of the first import of each name
    for file in _list_files(package):
        path = shorten_path(str(file))
        for name, line in _imports(ast.parse(open_path(file).read_bytes(), path)):
            locations.setdefault(name, f"{path}:{line}")
    found: dict[str, str] = {}
    for name, location in locations.items():
        if name == own_top or name in sys.stdlib_module_names:
            continue
        known = providers.get(name) or _find_editable(name, declared)
        if declared.isdisjoint(map(canonicalize_name, known)):
            found.setdefault(" or ".join(sorted(set(known))), location)
    return found


@cache  # it reads a file or two of every distribution
def _map_modules() -> Mapping[str, list[str]]:
    """Return, for each installed top-level package, the distributions that provide it."""
    return packages_distributions()


def _find_editable(name: str, declared: Iterable[str]) -> list[str]:
    """Return the required project in whose folder a module lies, where no installed file lists the module."""
    home = find_root(name)
    if home is None:
        return [name]
    return [each for each in declared if find_root(each.replace("-", "_")) == home] or [name]


def _list_files(package: str) -> list[Path]:
    spec = find_spec(package)
    if spec is None:
        return []
    if not spec.submodule_search_locations:
        return [Path(spec.origin)] if spec.origin else []
    return [file for folder in spec.submodule_search_locations for file in _list_below(Path(folder))]


def _list_below(folder: Path) -> list[Path]:
    top, found = open_path(folder), []
    for x in sorted(top.iterdir(), key=lambda x: x.name) if top.is_dir() else ():
        path = folder / x.name
        if x.is_dir() and not path.is_symlink():
            found += _list_below(path)
        elif x.name.endswith(".py"):
            found.append(path)
    return found


def _imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the top-level name of each absolute import, and its line."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0], node.lineno
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from (found for branch in node.orelse for found in _imports(branch))
        elif isinstance(node, ast.Try) and any("ImportError" in _caught(h) for h in node.handlers):
            yield from (found for branch in node.orelse + node.finalbody for found in _imports(branch))
        elif not isinstance(node, ast.expr):  # an expression imports nothing
            yield from _imports(node)


def _caught(handler: ast.ExceptHandler) -> str:
    return ast.unparse(handler.type).replace("ModuleNotFoundError", "ImportError") if handler.type else ""
