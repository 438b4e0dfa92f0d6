"""The source of functions of the kit, short enough for a script, with all definitions that it uses."""

import ast
import inspect
import sys
from typing import Any

from .parts import write_literal

# Names of the kit in scripts: an exception of the subject is no `SubjectFailed` there.
REPLACED_NAMES = {"SubjectFailed": "Exception"}


def write_sources(*things: Any) -> str:
    """Return imports and definitions of functions and classes of the kit, each after those that it uses."""
    definitions: dict[str, str] = {}
    imports: dict[str, set[str]] = {}
    for thing in things:
        _add_source(thing, definitions, imports)
    lines = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(imports.items())]
    return "\n".join([*lines, *filter(None, definitions.values())]) + "\n"


class _Shortener(ast.NodeTransformer):
    """Leave out what a script does not need.

    That is docstrings and annotations, codes of findings, and `guard`: an exception of the subject ends a
    script.
    """

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        del node.body[0]
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        del node.body[: ast.get_docstring(node) is not None]
        self.generic_visit(node)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.annotation = ast.Name("object", ast.Load())
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(REPLACED_NAMES.get(node.id, node.id), node.ctx)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Name("Finding"), [_, fact]):
                return fact
            case ast.Call(ast.Name("guard"), [_, ast.Lambda(body=body)]):
                return body
            case ast.Call(ast.Name("guard"), [_, function]):
                return ast.Call(function, [], [])
        return node


def _add_source(thing: Any, definitions: dict[str, str], imports: dict[str, set[str]]) -> None:
    """Add the definition of a function or class, after everything that it uses."""
    scope = vars(sys.modules[thing.__module__])
    tree = _Shortener().visit(ast.parse(inspect.getsource(thing)))
    definitions[thing.__name__] = ""
    for name in [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]:
        if name not in scope or name in definitions:
            continue
        value = scope[name]
        module = getattr(value, "__module__", "")
        definitions[name] = ""
        if inspect.ismodule(value):
            definitions[name] = f"import {value.__name__}" if name != "np" else ""
        elif module.startswith("minigrad_core.testing"):
            _add_source(value, definitions, imports)
        elif module:
            package = module.partition(".")[0]
            home = package if hasattr(sys.modules[package], name) else module
            imports.setdefault(home, set()).add(name)
        else:
            definitions[name] = f"{name} = {write_literal(value)}"
    del definitions[thing.__name__]
    definitions[thing.__name__] = ast.unparse(tree).replace("\n\n", "\n")
