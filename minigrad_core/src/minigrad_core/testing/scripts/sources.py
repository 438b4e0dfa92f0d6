"""The source of functions of the kit, short enough for a script, with all definitions that it uses."""

import ast
import inspect
import sys
from typing import Any

from .literals import is_of_kit, write_literal

# Definitions of scripts that take the place of those of the kit: an exception of the subject ends a script.
STAND_INS = {
    "Finding": "def Finding(code, fact):\n    return fact",
    "guard": "def guard(action, run):\n    return run()",
    "SubjectFailed": "SubjectFailed = Exception",
}


def write_sources(*things: Any) -> str:
    """Return imports and definitions of functions and classes of the kit, each after those that it uses."""
    definitions: dict[str, str] = {}
    imports: dict[str, set[str]] = {}
    for thing in things:
        _add_source(thing, definitions, imports)
    lines = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(imports.items())]
    return "\n".join([*lines, *filter(None, definitions.values())])


def _shorten(source: str) -> ast.Module:
    """Return the syntax tree of a definition without docstrings and annotations."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            del node.body[0]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):  # a field of a dataclass
            node.annotation = ast.Name("object")
    return tree


def _add_source(thing: Any, definitions: dict[str, str], imports: dict[str, set[str]]) -> None:
    """Add the definition of a function or class, after everything that it uses."""
    scope = vars(sys.modules[thing.__module__])
    tree = _shorten(inspect.getsource(thing))
    definitions[thing.__name__] = ""
    for name in [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]:
        if name not in scope or name in definitions:
            continue
        value = scope[name]
        module = getattr(value, "__module__", "")
        definitions[name] = STAND_INS.get(name, "")
        if name in STAND_INS:
            continue
        if inspect.ismodule(value):
            definitions[name] = f"import {value.__name__}" if name != "np" else ""
        elif is_of_kit(value) or module == thing.__module__:
            _add_source(value, definitions, imports)
        elif module:
            package = module.partition(".")[0]
            home = package if hasattr(sys.modules[package], name) else module
            imports.setdefault(home, set()).add(name)
        else:
            definitions[name] = f"{name} = {write_literal(value)}"
    del definitions[thing.__name__]
    definitions[thing.__name__] = ast.unparse(tree).replace("\n\n", "\n")
