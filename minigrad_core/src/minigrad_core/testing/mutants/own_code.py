"""What of a subject a mutant may change: its methods, what they call in their module, and which nodes.

Left out is what cannot alter a result that is right:

* docstrings, annotations, the texts of errors, `assert`, `strict=` of `zip`;
* `raise`, conditions that end in one, and calls of functions that can raise and give no result: what is
  refused lies outside of the cases;
* the defaults of a signature, which are its claim;
* that work or memory is saved: `copy=False`, `out=`, `optimize=`, what is assigned for these alone, and
  conditions on whether arrays are plain or recorded, which choose a way to the same result; what is asked of
  `ctx.needs` may be negated, but not left out.
"""

import ast
import dis
import inspect
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from types import FunctionType
from typing import Any

from .passage import passage

OPERATION = ("forward", "backward")
INITIALIZER = ("__call__", "std")
OPTIMIZER = ("__init__", "step", "zero_grad", "state_dict", "load_state_dict")


def own_functions(thing: Any) -> list[FunctionType]:
    """Return the functions that an operation, initializer or optimizer consists of.

    These are the methods that the contract names, inherited ones too where their class is of the same
    package; functions that the subject holds; and, of all these, the functions and methods that they name and
    that stand in their own module. What was made inside of a function has no place of its own in a file.
    """
    cls = thing if isinstance(thing, type) else type(thing)
    package = cls.__module__.partition(".")[0]
    found: dict[FunctionType, None] = {}
    entries = OPTIMIZER if cls is thing else (*OPERATION, *INITIALIZER)
    todo = [inspect.getattr_static(cls, name, None) for name in entries]
    todo += [] if cls is thing else getattr(thing, "__dict__", {}).values()
    while todo:
        function = _function(todo.pop(0))
        if function is None or function in found or not _placed(function, package):
            continue
        found[function] = None
        for name in _named(function):
            near = _function(function.__globals__.get(name))
            todo += [near if near and near.__module__ == function.__module__ else None]
            todo += [inspect.getattr_static(cls, name, None)]
    return list(found)


def visible_nodes(function: FunctionType) -> list[ast.AST]:
    """Return the nodes of a function that a mutant may change; none where it has no source."""
    try:
        return list(_visible(passage(function).node, guards(function), kinds(function)))
    except OSError:
        return []


def _named(function: FunctionType) -> dict[str, None]:
    """Return the names and attributes that a function uses; not those for the text of an error."""
    names = (getattr(node, "id", getattr(node, "attr", "")) for node in visible_nodes(function))
    return dict.fromkeys(names)


def function_at(module: str, qualname: str) -> FunctionType | None:
    """Return the function of that name."""
    found: Any = sys.modules[module]
    for part in qualname.split("."):
        found = inspect.getattr_static(found, part, None)
    return _function(found)


def guards(function: FunctionType) -> set[str]:
    """Return the names of the functions that a function sees, and that can raise."""
    return {name for name, other in _seen(function) if _can_raise(other)}


def kinds(function: FunctionType) -> set[str]:
    """Return the names of what tells plain arrays from tensors, functions that give a bool included."""
    return {"Tensor", "ndarray", *(name for name, other in _seen(function) if _tells(other))}


def _seen(function: FunctionType) -> list[tuple[str, FunctionType]]:
    found = ((name, _function(value)) for name, value in function.__globals__.items())
    return [(name, other) for name, other in found if other is not None]


@cache
def _tells(function: FunctionType) -> bool:
    if function.__annotations__.get("return") not in (bool, "bool"):
        return False
    names = function.__code__.co_names
    near = (_function(function.__globals__.get(name)) for name in names)
    return not {"Tensor", "ndarray"}.isdisjoint(names) or any(f is not None and _tells(f) for f in near)


@cache
def _can_raise(function: FunctionType) -> bool:
    return any(instruction.opname == "RAISE_VARARGS" for instruction in dis.get_instructions(function))


def _function(value: Any) -> FunctionType | None:
    """Return a function, also the one inside of a static method or a cache."""
    inner = inspect.unwrap(value) if hasattr(value, "__wrapped__") else value
    return inner if isinstance(inner, FunctionType) else None


def _placed(function: FunctionType, package: str) -> bool:
    module = function.__module__
    return module.partition(".")[0] == package and function_at(module, function.__qualname__) is function


def _visible(function: ast.FunctionDef, guards: set[str], kinds: set[str]) -> Iterator[ast.AST]:
    """Yield the nodes of a function's body, each before its parts; see `guards` and `kinds`."""
    assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    needs = {n.id for a in assigned if _asks(a.value) for n in ast.walk(a) if isinstance(n, ast.Name)}
    needs |= {"needs"}  # as an argument is called that is handed on
    nodes = list(_walk(function.body, needs, guards, kinds))
    read = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    unread = [a for a in assigned if isinstance(a.targets[0], ast.Name) and a.targets[0].id not in read]
    hidden = {node for a in unread for node in ast.walk(a)}
    return (node for node in nodes if node not in hidden)


def _walk(nodes: Iterable[ast.AST], needs: set[str], guards: set[str], kinds: set[str]) -> Iterator[ast.AST]:
    """Yield nodes; `needs` are names that stand for a part of `ctx.needs`."""
    for node in nodes:
        parts: Iterable[ast.AST] = ()
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                if _names(test, kinds):
                    parts = [*body, *orelse]
                elif isinstance(body[-1], ast.Raise):
                    parts = orelse
                else:
                    # Negated as every condition, but not deleted as a statement.
                    yield ast.IfExp(test, test, test) if _asks(test, needs) else node
                    parts = [test, *body, *orelse]
            case ast.IfExp(test=test, body=one, orelse=other) if _names(test, kinds):
                parts = [one, other]
            case ast.BoolOp() | ast.UnaryOp(op=ast.Not()) if _names(node, kinds):
                pass
            case ast.Raise() | ast.Assert() | ast.Expr(value=ast.Constant()):
                pass
            case ast.keyword(arg="strict" | "copy" | "out" | "optimize"):
                pass
            case ast.Expr(value=ast.Call(func=ast.Name(id=name))) if name in guards:
                pass
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                yield node
            case ast.FunctionDef(body=body):
                parts = body
            case ast.AnnAssign(value=value):
                parts = [value] if value else []
            case ast.Subscript(value=value, slice=place) if _asks(node, needs):
                parts = [value, place]
            case _:
                yield node
                parts = ast.iter_child_nodes(node)
        yield from _walk(parts, needs, guards, kinds)


def _asks(node: ast.AST, needs: Iterable[str] = ()) -> bool:
    """Whether it depends on which gradients are needed."""
    return _names(node, needs) or any(
        isinstance(n, ast.Attribute) and n.attr == "needs" for n in ast.walk(node)
    )


def _names(node: ast.AST, names: Iterable[str]) -> bool:
    """Whether it has one of these names."""
    return any(getattr(n, "id", getattr(n, "attr", "")) in names for n in ast.walk(node))
