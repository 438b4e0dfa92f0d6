"""The source file of a function, and edits of the file."""

import ast
import inspect
from functools import cache
from itertools import accumulate
from types import CodeType, FunctionType
from typing import NamedTuple

from .operators import Node


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
    return [
        code,
        *(c for const in code.co_consts if isinstance(const, CodeType) for c in _iterate_codes(const)),
    ]


def _identify(code: CodeType) -> object:
    return code.co_qualname, code.co_firstlineno, code.co_freevars
