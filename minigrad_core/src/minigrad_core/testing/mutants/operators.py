"""The standard operators of mutation testing: each yields the edits that it makes at one node."""

import ast
import inspect
import re
from collections.abc import Iterator
from itertools import pairwise
from types import ModuleType

from .passage import Edit, Passage

# Of an order first the neighbour, for the edge, and then the opposite.
SYMBOLS = {
    old: new.split(",")
    for line in (
        "+:- -:+ *:/ /:* **:* @:* //:* %:* &:| |:& ^:& <:<=,>= <=:<,> >:>=,<= >=:>,< ==:!= !=:==",
        "is:is_not is_not:is in:not_in not_in:in and:or or:and",
    )
    for old, new in (pair.replace("_", " ").split(":") for pair in line.split())
}
# What gives the same for `f(y, x)`.
SYMMETRIC = {
    *("add", "multiply", "maximum", "minimum", "fmax", "fmin", "hypot", "logaddexp", "equal", "max", "min"),
    *("logaddexp2", "logical_and", "logical_or", "result_type", "promote_types", "broadcast_shapes"),
    *("swapaxes", "isinstance", "convolve", "vecdot"),
}


def symbols(passage: Passage, node: ast.AST) -> Iterator[Edit]:
    """`x + y` becomes `x - y`; `x < y` becomes `x <= y`, and `x >= y`; `x and y` becomes `x or y`."""
    match node:
        case ast.BinOp(left=left, right=right) | ast.AugAssign(target=left, value=right):
            sides = [left, right]
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
        case ast.BoolOp(values=sides):
            pass
        case _:
            return
    for left, right in pairwise(sides):
        start = passage.span(left)[1]  # `ast` gives operators no place
        gap = passage.text(start, passage.span(right)[0])
        for found in re.finditer(r"is not|not in|\w+|<=|>=|==|!=|//|\*\*|[-+*/@%<>&|^]", gap):
            for new in SYMBOLS[found[0]]:
                yield Edit(start + found.start(), start + found.end(), new)


def values(passage: Passage, node: ast.AST) -> Iterator[Edit]:
    """A number becomes the next one, True False; `x[i]`, `x.copy()`, `-x` and `not x` become `x`."""
    match node:
        case ast.Constant(value=bool() as flag):
            yield Edit(*passage.span(node), repr(not flag))
        case ast.Constant(value=int() | float() | complex() as number):
            yield Edit(*passage.span(node), repr(number + 1 if number + 1 != number else number / 2))
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            yield Edit(*passage.span(node), repr(number))
            yield Edit(*passage.span(node), repr(1 - number))
        case ast.Call(func=ast.Attribute(value=value), args=[], keywords=[]):
            if not isinstance(passage.function.__globals__.get(getattr(value, "id", "")), ModuleType):
                yield Edit(*passage.span(node), _operand(passage, value))
        case ast.Subscript(value=value, ctx=ast.Load()) | ast.UnaryOp(operand=value):
            yield Edit(*passage.span(node), _operand(passage, value))


def conditions(passage: Passage, node: ast.AST) -> Iterator[Edit]:
    """`if x:` becomes `if not x:`; comparisons and `not` have operators of their own for that."""
    for test in [node.test] if isinstance(node, ast.If | ast.IfExp | ast.While) else getattr(node, "ifs", []):
        if not isinstance(test, ast.UnaryOp | ast.Compare):
            start, end = passage.span(test)
            yield Edit(start, end, f"not ({passage.text(start, end)})")


def arguments(passage: Passage, node: ast.AST) -> Iterator[Edit]:
    """`f(x, y)` becomes `f(y, x)`; `f(x, axis=1)` becomes `f(x)`."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if name not in SYMMETRIC:
            code = getattr(passage.function.__globals__.get(name), "__code__", None)
            if code is not None and code.co_flags & inspect.CO_VARARGS:
                args = args[: code.co_argcount + 1]  # those of `*arrays` are alike
            for one, other in pairwise(args):
                if not isinstance(one, ast.Starred) and not isinstance(other, ast.Starred):
                    (start, middle), (after, end) = passage.span(one), passage.span(other)
                    gap = passage.text(middle, after)
                    yield Edit(start, end, passage.text(after, end) + gap + passage.text(start, middle))
        case ast.keyword(arg=str()):
            start, end = passage.span(node)
            comma = re.match(rb"\s*,", passage.source[end:])
            yield Edit(start, end + (comma.end() if comma else 0), "")


def statements(passage: Passage, node: ast.AST) -> Iterator[Edit]:
    """A statement becomes `pass`, if all names still stand for something afterwards."""
    match node:
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.If(orelse=[]):
            yield Edit(*passage.span(node), "pass")
        case ast.Assign():
            names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
            bound, read = ({n.id for n in names if isinstance(n.ctx, kind)} for kind in (ast.Store, ast.Load))
            if bound <= read:
                yield Edit(*passage.span(node), "pass")


OPERATORS = (symbols, values, conditions, arguments, statements)


def _operand(passage: Passage, node: ast.expr) -> str:
    """Return the text of an expression, in parentheses where it might need them."""
    text = passage.text(*passage.span(node))
    return text if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript) else f"({text})"
