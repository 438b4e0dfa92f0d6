"""`minigrad ops`: the operations, listed or one in full."""

from __future__ import annotations

import inspect
from fnmatch import fnmatchcase
from typing import Any

import click

from ..contracts.conforming import Conforming
from ..dispatch import describe
from ..dispatch import ops as catalog
from ..dispatch.suggestions import miss
from ..errors import UnknownNameError
from ..plugins.location import location
from ..plugins.startup import plugin_loader
from ..tensor.protocols import name_of
from .columns import show_columns, terminal_width


@click.command()
@click.argument("pattern", required=False)
def ops(pattern: str | None) -> None:
    """List operations, or show one in full.

    PATTERN is a part of a name (relu), or has wildcards ("nn::*"); a full name (nn::relu) shows that one in
    full.
    """
    if pattern and pattern.replace("::", "", 1).isidentifier() and "::" in pattern:
        click.echo("\n".join(_in_full(catalog[pattern])))
        return
    names = [name for name in catalog if pattern is None or _matches(name, pattern)]
    if pattern and not names:
        raise UnknownNameError(miss(f"no operation matches {pattern!r}", pattern, catalog))
    rows = [
        (name, f"{catalog[name].name}{signature(catalog[name])}", summary(catalog[name])) for name in names
    ]
    show_columns(("NAME", "CALL", "RETURNS"), rows, width=terminal_width(), show=click.echo)
    for line in plugin_loader().unavailable():
        click.echo(f"note: {line}", err=True)


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern) if any(c in pattern for c in "*?[") else pattern in name


def signature(op: Any) -> str:
    """Return how an op is called: its `forward` without the context and annotations."""
    plain = [p.replace(annotation=p.empty) for p in _parameters(op)]
    return str(inspect.Signature(plain))


def _parameters(op: Any) -> list[inspect.Parameter]:
    try:
        _, *parameters = inspect.signature(op.forward).parameters.values()
    except ValueError:  # compiled, or only *args
        return [inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL)]
    return parameters


def _spelled(parameter: inspect.Parameter) -> str:
    """Return "axis: int | None = None"; annotations that are strings would come with their quotes."""
    return str(parameter).replace(repr(parameter.annotation), str(parameter.annotation))


def summary(op: Any) -> str:
    """Return the first lines of the docstring, to the first that ends a sentence."""
    shown: list[str] = []
    for line in _doc(op).splitlines():
        if not line:
            break
        shown.append(line)
        if line.endswith("."):
            break
    return " ".join(shown)


def _in_full(op: Any) -> list[str]:
    parameters = _parameters(op)
    settings = [p for p in parameters if p.kind in (p.KEYWORD_ONLY, p.VAR_KEYWORD)]
    inputs = [p for p in parameters if p not in settings]
    facts = {
        "inputs": ", ".join(map(_spelled, inputs)),
        "settings": ", ".join(map(_spelled, settings)) or "none",
        "answers for": ", ".join(map(name_of, op.implements)) or "no NumPy function",
        "derivatives": _derivatives(op),
        "broadcasts": "yes" if op.broadcasts else "no",
        "defined in": location(_source(op)),
    }
    width = max(map(len, facts))
    lines = [f"{describe(op)}", "", f"  {op.name}{signature(op)}", ""]
    lines += [f"  {name:<{width}}  {value}" for name, value in facts.items()]
    return [*lines, "", *("  " + line if line else "" for line in _doc(op).splitlines())]


def _derivatives(op: Any) -> str:
    if not op.differentiable:
        return "none: it returns plain arrays"
    if op.once_differentiable:
        reason = op.once_differentiable
        return f"first only: {reason}" if isinstance(reason, str) else "first only"
    return "of any order"


def _source(op: Any) -> Any:
    return op.operation if isinstance(op, Conforming) else op


def _doc(op: Any) -> str:
    return inspect.cleandoc(_source(op).__doc__ or "")  # not `getdoc`: it would find that of Operation
