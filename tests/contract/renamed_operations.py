"""The operations of the corpus under other names, which mean nothing to the contract kit.

Their source is read, the names in it are exchanged, and the result is run as one module. Subclasses of
shipped operations keep the names of their arguments, which the shipped cases use.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.contract.corpus import operations
from tests.contract.corpus.operations.right import shipped

FOLDER = Path(operations.__file__).parent
SHAPE = re.compile(r"(?<![\w.])(\w+) ?: ?(\([\w ,.]*\)(?: *(?:ints?|integers?|bools?|booleans?)\b)?)")
ARRAYS = ("axis_of", "index_into")  # their first argument names an input


def renamed_operations() -> dict[str, Any]:
    """Return the renamed classes by the names that they had; nothing is entered into the corpus."""
    trees = {file: ast.parse(file.read_text(), str(file)) for file in FOLDER.rglob("*.py")}
    nodes = [node for tree in trees.values() for node in tree.body]
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    bases = {node.name: [ast.unparse(base) for base in node.bases] for node in classes}
    variants = {node.name for node in classes if _is_variant(node.name, bases)}
    arguments = sorted({name for node in classes if node.name not in variants for name in _arguments(node)})
    new = {name: f"q{k}" for k, name in enumerate(arguments)}
    new |= {name: f"f{k}" for k, name in enumerate(sorted(functions))}
    names = sorted(node.name for node in classes)
    defined = [name for node in nodes for name in _defined(node)]
    assert len(set(defined)) == len(defined), "one name for two in the corpus, which becomes one module"
    new |= {name: f"Q{k}" for k, name in enumerate(names)}
    module = ModuleType("renamed_operations")
    sys.modules[module.__name__] = module  # pickle looks there
    module.__dict__["breaks"] = _breaks
    renaming = Renaming(new, functions, set(arguments), variants)
    for file in trees:
        _load(file, trees, renaming, module)
    return {name: getattr(module, new[name]) for name in names}


def _is_variant(name: str, bases: dict[str, list[str]]) -> bool:
    """Return whether a class descends from a shipped operation."""
    return hasattr(shipped, name) or any(_is_variant(base, bases) for base in bases.get(name, ()))


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _arguments(node: ast.ClassDef) -> list[str]:
    """Return the names of all inputs and settings."""
    found = [
        arg.arg
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name == "forward"
        for arg in ast.walk(method.args)
        if isinstance(arg, ast.arg)
    ]
    return [name for name in found if name not in ("self", "ctx")]


def _load(file: Path, trees: dict[Path, ast.Module], renaming: Renaming, module: ModuleType) -> None:
    """Run a file, after those of the corpus that it imports from, which have no other name twice."""
    if (tree := trees.get(file)) is None or file in renaming.loaded:
        return
    renaming.loaded.add(file)
    kept: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.level:
            parts = (node.module or "").split(".")
            _load(file.parents[node.level - 1].joinpath(*parts).with_suffix(".py"), trees, renaming, module)
        else:
            kept.append(node)
    changed = renaming.visit(ast.Module(kept, []))
    exec(compile(ast.fix_missing_locations(changed), str(file), "exec"), module.__dict__)


def _breaks(*_: Any, right: Any = None, **__: Any) -> Any:
    """Take the place of the decorator that enters a fault: only the docstring is handed on."""

    def enter(cls: type) -> type:
        cls.__doc__ = cls.__doc__ or (right or cls.__mro__[1]).__doc__
        return cls

    return enter


class Renaming(ast.NodeTransformer):
    """Exchanges names; only the shapes remain of docstrings."""

    def __init__(
        self, new: dict[str, str], functions: set[str], arguments: set[str], variants: set[str]
    ) -> None:
        self.new, self.functions, self.loaded = new, functions, set[Path]()
        self.arguments, self.variants = arguments, variants

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.new.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg = self.new.get(node.arg, node.arg)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        if node.name not in self.variants:
            return self._rename_class(node)
        node.body.append(*ast.parse('name = "q"').body)
        names = self.new
        self.new = {old: new for old, new in names.items() if old not in self.arguments}
        self._rename_class(node)
        self.new = names
        return node

    def _rename_class(self, node: ast.ClassDef) -> ast.ClassDef:
        node.name = self.new[node.name]
        self._shorten(node)
        for part in node.body:
            if isinstance(part, ast.Assign | ast.AnnAssign) and part.value is not None:
                targets = part.targets if isinstance(part, ast.Assign) else [part.target]
                if [t.id for t in targets if isinstance(t, ast.Name)] == ["name"]:
                    part.value = ast.Constant("q")
                part.value = self.visit(part.value)  # attributes keep their names
            else:
                self.visit(part)
        node.bases = [self.visit(base) for base in node.bases]
        node.decorator_list = [self.visit(each) for each in node.decorator_list]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        if node.name in self.functions:
            node.name = self.new[node.name]
        self._shorten(node)
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        called = ast.unparse(node.func).rpartition(".")[2]
        if called in self.functions or called in ("Case", "forward"):
            for keyword in node.keywords:
                keyword.arg = self.new.get(keyword.arg or "", keyword.arg)
        if called in ARRAYS and isinstance(node.args[0], ast.Constant):
            node.args[0] = ast.Constant(self.new.get(str(node.args[0].value), node.args[0].value))
        self.generic_visit(node)
        return node

    def _shorten(self, node: ast.ClassDef | ast.FunctionDef) -> None:
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            shapes = SHAPE.findall(str(first.value.value))
            text = ", ".join(f"{self.new.get(name, name)}: {shape}" for name, shape in shapes)
            node.body[0] = ast.Expr(ast.Constant(text))
