"""The standard operators of mutation testing: replacements for the nodes of a syntax tree."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, TypeAlias

Node: TypeAlias = ast.expr | ast.stmt

# For a comparison first the operator that differs at the edge only, then the opposite.
OPERATORS = {
    getattr(ast, old): [getattr(ast, other)() for other in new.split(",")]
    for line in (
        "Add:Sub Sub:Add Mult:Div Div:Mult Pow:Mult MatMult:Mult FloorDiv:Mult Mod:Mult BitAnd:BitOr",
        "BitOr:BitAnd BitXor:BitAnd Lt:LtE,GtE LtE:Lt,Gt Gt:GtE,LtE GtE:Gt,Lt Eq:NotEq NotEq:Eq",
        "Is:IsNot IsNot:Is In:NotIn NotIn:In And:Or Or:And LShift:RShift RShift:LShift",
    )
    for old, new in (pair.split(":") for pair in line.split())
}
SAVING = ("strict", "copy", "out", "optimize")  # keywords that save time or memory, and change no result
# Functions with f(x, y) = f(y, x).
SYMMETRIC = {
    *("add", "multiply", "maximum", "minimum", "fmax", "fmin", "hypot", "logaddexp", "equal", "max", "min"),
    *("logaddexp2", "logical_and", "logical_or", "result_type", "promote_types", "broadcast_shapes"),
    *("swapaxes", "convolve", "vecdot"),
}


def propose_replacements(node: ast.AST) -> Iterator[tuple[Node, ast.AST]]:
    """Yield the changes at a node, as (old node, new node)."""
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield node.test, ast.UnaryOp(ast.Not(), node.test)
    if isinstance(node, ast.expr | ast.stmt):
        for operator in (_replace_operators, _replace_values, _replace_arguments, _replace_statements):
            yield from ((node, new) for new in operator(node))


def _replace_operators(node: Node) -> Iterator[ast.AST]:
    """`x + y` becomes `x - y`; `x < y` becomes `x <= y`, and `x >= y`; `x and y` becomes `x or y`."""
    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op) | ast.BoolOp(op=op):
            yield from (_copy_node(node, op=new) for new in OPERATORS[type(op)])
        case ast.Compare(ops=ops):
            for k, old in enumerate(ops):
                for new in OPERATORS[type(old)]:
                    yield _copy_node(node, ops=[*ops[:k], new, *ops[k + 1 :]])


def _replace_values(node: Node) -> Iterator[ast.AST]:
    """A number becomes the next one, True becomes False; `x[i]`, `x.copy()`, `-x`, `not x` become `x`."""
    match node:
        case ast.Constant(value=bool() as flag):
            yield ast.Constant(not flag)
        case ast.Constant(value=int() | float() | complex() as number):
            yield ast.Constant(number + 1 if number + 1 != number else number / 2)
        case ast.Call(func=ast.Attribute(value=value), args=[], keywords=[]) | ast.UnaryOp(operand=value):
            yield value
        case ast.Subscript(value=value, ctx=ast.Load()) if not depends_on_needs(node):
            yield value


def _replace_arguments(node: Node) -> Iterator[ast.AST]:
    """`f(x, y)` becomes `f(y, x)`; `f(x, axis=1)` becomes `f(x)`."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args, keywords=keywords):
            for k, pair in enumerate(pairwise(args) if name not in SYMMETRIC else ()):
                if not any(isinstance(x, ast.Starred) for x in pair) and len({*map(ast.dump, pair)}) == 2:
                    yield _copy_node(node, args=[*args[:k], *reversed(pair), *args[k + 2 :]])
            for keyword in keywords:
                if keyword.arg is not None and keyword.arg not in SAVING:
                    yield _copy_node(node, keywords=[other for other in keywords if other is not keyword])


def _replace_statements(node: Node) -> Iterator[ast.AST]:
    """A statement becomes `pass`, unless names that it binds would be undefined afterwards."""
    match node:
        case ast.Expr(value=ast.Call()) | ast.AugAssign():
            yield ast.Pass()
        case ast.If(test=test, orelse=[]) if not depends_on_needs(test):
            yield ast.Pass()
        case ast.Assign():
            names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
            bound, read = ({n.id for n in names if isinstance(n.ctx, kind)} for kind in (ast.Store, ast.Load))
            if bound <= read:
                yield ast.Pass()


def depends_on_needs(node: ast.AST) -> bool:
    """Return whether a node reads `needs`: computing a gradient that nobody needs does no harm."""
    return any("needs" in (getattr(n, "id", ""), getattr(n, "attr", "")) for n in ast.walk(node))


def _copy_node(node: ast.AST, **fields: Any) -> ast.AST:
    return type(node)(**{**vars(node), **fields})
