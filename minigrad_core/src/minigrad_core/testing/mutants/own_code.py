"""The code of a subject that mutants may change: its functions, their source, and the nodes of the source.

Nodes that cannot change a right result are left out: docstrings, annotations and signatures; `assert`,
`raise`, conditions that end in `raise`, and statements that call a function that can raise, because refused
arguments lie outside of the cases; and keywords that save time or memory.
"""

import ast
import dis
import inspect
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import accumulate, chain
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from .operators import SAVING, Node


class Edit(NamedTuple):
    """The bytes from `start` to `end` of a file become `text`."""

    start: int
    end: int
    text: str


class Source:
    """The file that defines a function, as bytes: `ast` counts columns in bytes.

    Raise OSError if there is no source.
    """

    def __init__(self, function: FunctionType) -> None:
        self.function, self.code = function, function.__code__
        self.text = "".join(inspect.findsource(function)[0]).encode()
        self.starts = [0, *accumulate(map(len, self.text.splitlines(keepends=True)))]
        # `co_firstlineno` is the line of the first decorator: the function is the first of its name after it.
        first, name = self.code.co_firstlineno, self.code.co_name
        nodes = [n for n in _find_functions(self.text) if n.lineno >= first and n.name == name]
        if not nodes:
            raise OSError(f"there is no source of {function.__qualname__}")
        self.node = min(nodes, key=lambda node: node.lineno)

    def make_edit(self, old: Node, new: ast.AST) -> Edit:
        """Return the edit that replaces a node; a compound expression gets parentheses."""
        start = self.starts[old.lineno - 1] + old.col_offset
        end = self.starts[(old.end_lineno or 0) - 1] + (old.end_col_offset or 0)
        compound = isinstance(new, ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp | ast.UnaryOp)
        return Edit(start, end, f"({ast.unparse(new)})" if compound else ast.unparse(new))

    def apply(self, edit: Edit) -> str:
        """Return the text of the file after an edit."""
        return (self.text[: edit.start] + edit.text.encode() + self.text[edit.end :]).decode()

    def compile(self, edit: Edit) -> CodeType | None:
        """Return the code of the function after an edit, None if it cannot replace the original code."""
        whole = compile(self.apply(edit), self.code.co_filename, "exec", dont_inherit=True)
        return next((code for code in _iterate_codes(whole) if _identify(code) == _identify(self.code)), None)


@cache  # read once: the file may be edited during a run
def read_source(function: FunctionType) -> Source:
    """Return the source of a function."""
    return Source(function)


@cache
def _find_functions(text: bytes) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]


def _iterate_codes(code: CodeType) -> list[CodeType]:
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return [code, *chain(*map(_iterate_codes, inner))]


def _identify(code: CodeType) -> object:
    return code.co_qualname, code.co_firstlineno, code.co_freevars


INSTANCE_METHODS = ("forward", "backward", "__call__", "std")  # of operations and initializers
OPTIMIZER_METHODS = ("__init__", "step", "zero_grad", "state_dict", "load_state_dict")


def find_own_functions(implementation: Any, *, across_modules: bool = False) -> list[FunctionType]:
    """Return the functions that an operation, initializer or optimizer consists of.

    They are the methods of the contract, functions among the attributes of the instance, and the functions
    and methods that these name in their own module or, with `across_modules`, in any module. All of them
    belong to the package of the class.
    """
    cls = implementation if isinstance(implementation, type) else type(implementation)
    package = cls.__module__.partition(".")[0]
    functions: dict[FunctionType, None] = {}
    names = OPTIMIZER_METHODS if cls is implementation else INSTANCE_METHODS
    todo = [inspect.getattr_static(cls, name, None) for name in names]
    todo += [] if cls is implementation else getattr(implementation, "__dict__", {}).values()
    while todo:
        function = _unwrap_function(todo.pop(0))
        if function is None or function in functions or function.__module__.partition(".")[0] != package:
            continue
        if find_function(function.__module__, function.__qualname__) is not function:
            continue
        functions[function] = None
        for name in {getattr(n, "id", getattr(n, "attr", "")): 0 for n in find_visible_nodes(function)}:
            callee = _unwrap_function(function.__globals__.get(name))
            is_own = callee and (across_modules or callee.__module__ == function.__module__)
            todo += [callee if is_own else None]
            todo += [inspect.getattr_static(cls, name, None)]
    return list(functions)


def find_visible_nodes(function: FunctionType) -> list[ast.AST]:
    """Return the nodes of a function that a mutant may change; none if the function has no source."""
    try:
        return list(_walk_visible(read_source(function).node.body, function))
    except OSError:
        return []


def find_function(module: str, qualname: str) -> Any:
    """Return the function of a qualified name in a module, None if there is none."""
    value: Any = sys.modules[module]
    for part in qualname.split("."):
        value = inspect.getattr_static(value, part, None)
    return _unwrap_function(value)


def _unwrap_function(value: Any) -> FunctionType | None:
    """Return a function, or the function inside of a static method or a cache; None for anything else."""
    inner = inspect.unwrap(value) if hasattr(value, "__wrapped__") else value
    return inner if isinstance(inner, FunctionType) else None


def _walk_visible(nodes: Iterable[ast.AST], function: FunctionType) -> Iterator[ast.AST]:
    for node in nodes:
        parts: Iterable[ast.AST] = ()
        match node:
            case ast.Raise() | ast.Assert() | ast.arguments() | ast.JoinedStr() | ast.Expr(ast.Constant()):
                pass
            case ast.keyword(name) if name in SAVING:
                pass
            case ast.Expr(ast.Call(ast.Name(name) | ast.Attribute(_, name))) if _can_raise(function, name):
                pass
            case ast.If(body=[*_, ast.Raise()], orelse=parts) | ast.FunctionDef(body=parts):
                pass
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                yield node  # without its operand: a size of -2 in a reshape works like -1
            case ast.AnnAssign(value=value):
                parts = [value] if value else []
            case _:
                yield node
                parts = ast.iter_child_nodes(node)
        yield from _walk_visible(parts, function)


def _can_raise(caller: FunctionType, name: str) -> bool:
    cls = caller.__qualname__.rpartition(".")[0]
    method = find_function(caller.__module__, f"{cls}.{name}")
    function = _unwrap_function(caller.__globals__.get(name)) or method
    return function is not None and any(i.opname == "RAISE_VARARGS" for i in dis.get_instructions(function))
