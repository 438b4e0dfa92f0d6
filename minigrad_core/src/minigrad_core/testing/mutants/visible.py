"""Which nodes of a function a mutant may change: those that take part in what it computes.

Left out is what cannot alter a result that is right:

* docstrings, annotations, the texts of errors, `assert`, `strict=` of `zip`, the type that `cast` is given;
* `raise`, conditions that end in one, and calls of functions that can raise and give no result: what is
  refused lies outside of the cases;
* the defaults of a signature, which are its claim;
* that work or memory is saved: `copy=False`, `out=`; what is asked of `ctx.needs` may be negated, but not
  left out.
"""

import ast
from collections.abc import Iterable, Iterator


def visible(function: ast.FunctionDef, guards: set[str]) -> Iterator[ast.AST]:
    """Yield the nodes of a function's body, each before its parts; `guards` are functions that can raise."""
    assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    needs = {n.id for a in assigned if _asks(a.value) for n in ast.walk(a) if isinstance(n, ast.Name)}
    yield from _walk(function.body, needs, guards)


def _walk(nodes: Iterable[ast.AST], needs: set[str], guards: set[str]) -> Iterator[ast.AST]:
    """Yield nodes; `needs` are names that stand for a part of `ctx.needs`."""
    for node in nodes:
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                if not isinstance(body[-1], ast.Raise):
                    # Negated as every condition, but not deleted as a statement.
                    yield ast.IfExp(test, test, test) if _asks(test, needs) else node
                    yield from _walk([test, *body], needs, guards)
                yield from _walk(orelse, needs, guards)
            case ast.Raise() | ast.Assert() | ast.JoinedStr() | ast.Expr(value=ast.Constant()):
                pass
            case ast.keyword(arg="strict" | "copy" | "out"):
                pass
            case ast.Expr(value=ast.Call(func=ast.Name(id=name))) if name in guards:
                pass
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                yield node
            case ast.FunctionDef(body=body):
                yield from _walk(body, needs, guards)
            case ast.AnnAssign(value=value):
                yield from _walk([value] if value else [], needs, guards)
            case ast.Call(func=ast.Name(id="cast"), args=args):
                yield from _walk(args[1:], needs, guards)
            case ast.Subscript(value=value, slice=place) if _asks(node, needs):
                yield from _walk([value, place], needs, guards)
            case _:
                yield node
                yield from _walk(ast.iter_child_nodes(node), needs, guards)


def _asks(node: ast.AST, needs: Iterable[str] = ()) -> bool:
    """Whether it depends on which gradients are needed."""
    return any(
        (isinstance(n, ast.Attribute) and n.attr == "needs") or (isinstance(n, ast.Name) and n.id in needs)
        for n in ast.walk(node)
    )
