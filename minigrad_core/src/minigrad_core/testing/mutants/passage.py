"""The source of one function, and changes to it."""

import __future__  # isort: skip
import ast
import inspect
from functools import cache, lru_cache
from types import CodeType, FunctionType
from typing import NamedTuple, TypeAlias

Node: TypeAlias = ast.expr | ast.stmt | ast.keyword


class Edit(NamedTuple):
    """The bytes from `start` to `end` of a passage become `text`."""

    start: int
    end: int
    text: str


class Passage:
    """The top-level statement of a file (a function, or the class around it) that defines a function.

    Positions count bytes from its beginning: those of `ast` count them, too.

    Raises
    ------
    OSError
        There is no source.
    """

    def __init__(self, function: FunctionType) -> None:
        self.function, self.code = function, function.__code__
        lines, first = inspect.findsource(function)[0], self.code.co_firstlineno
        tops = [s for s in _parsed("".join(lines)).body if _first(s) <= first <= (s.end_lineno or 0)]
        nodes = [
            n for s in tops for n in ast.walk(s) if isinstance(n, ast.FunctionDef) and _first(n) == first
        ]
        if not nodes:
            raise OSError(f"there is no source of {function.__qualname__}")
        self.node, self.first = nodes[0], _first(tops[0])
        self.lines = [line.encode() for line in lines[self.first - 1 : tops[0].end_lineno]]
        self.source = b"".join(self.lines)

    def span(self, node: Node) -> tuple[int, int]:
        """Return where a node begins and ends."""
        return self._at(node.lineno, node.col_offset), self._at(
            node.end_lineno or 0, node.end_col_offset or 0
        )

    def _at(self, line: int, column: int) -> int:
        return sum(map(len, self.lines[: line - self.first])) + column

    def text(self, start: int, end: int) -> str:
        """Return a part of it."""
        return self.source[start:end].decode()

    def edited(self, edit: Edit) -> str:
        """Return it with a change made."""
        return self.text(0, edit.start) + edit.text + self.text(edit.end, len(self.source))

    def compiled(self, edit: Edit) -> CodeType | None:
        """Return the changed code of the function, None if it could not run in the place of the original."""
        text = "\n" * (self.first - 1) + self.edited(edit)
        future = self.code.co_flags & __future__.annotations.compiler_flag
        try:
            whole = compile(text, self.code.co_filename, "exec", flags=future, dont_inherit=True)
        except SyntaxError:
            return None
        return next((code for code in _codes_in(whole) if _identity(code) == _identity(self.code)), None)


@cache  # as it was read first: the file may be edited meanwhile
def passage(function: FunctionType) -> Passage:
    """Return the passage of a function."""
    return Passage(function)


def _codes_in(code: CodeType) -> list[CodeType]:
    return [code, *(c for const in code.co_consts if isinstance(const, CodeType) for c in _codes_in(const))]


def _identity(code: CodeType) -> object:
    return code.co_qualname, code.co_firstlineno, code.co_freevars


def _first(node: ast.stmt) -> int:
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])


@lru_cache(maxsize=64)
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)
