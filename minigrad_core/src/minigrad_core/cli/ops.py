"""`minigrad ops`: lists the operations, or shows one in full."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

import click

from ..contracts.adapters import unwrap_adapter
from ..contracts.location import locate
from ..dispatch import describe
from ..dispatch import ops as catalog
from ..dispatch.function_names import describe_function
from ..dispatch.suggestions import describe_miss
from ..errors import UnknownNameError
from ..plugins.startup import plugin_loader
from .columns import fill_paragraph, fit_text, show_columns, terminal_width
from .completion import complete_operations
from .pure_output import pure_output


@click.command()
@click.argument("pattern", required=False, shell_complete=complete_operations)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object for each operation.")
def ops(pattern: str | None, as_json: bool) -> None:
    """List operations, or show one in full.

    PATTERN is a part of a name (relu), or has wildcards (`nn::*`). A full name (nn::relu) shows that
    operation in full.
    """
    width = terminal_width()
    with pure_output() as show:
        names = _match_names(pattern)
        if as_json:
            show(json.dumps([_make_entry(name, catalog[name]) for name in names], indent=2))
        elif pattern is not None and names == [pattern]:
            show("\n".join(_format_operation(catalog[pattern], width)))
        else:
            rows = [(name, format_call(catalog[name]), summarize(catalog[name])) for name in names]
            show_columns(("NAME", "CALL", "RETURNS"), rows, width=width, show=show)
    for line in plugin_loader().list_unavailable():
        click.echo(f"note: {line}", err=True)


def _match_names(pattern: str | None) -> list[str]:
    if pattern is None:
        return list(catalog)
    if pattern.replace("::", "", 1).isidentifier() and "::" in pattern:
        catalog[pattern]  # an unknown one is an error with suggestions
        return [pattern]
    wildcards = pattern if any(c in pattern for c in "*?[") else f"*{pattern}*"
    names = [name for name in catalog if fnmatchcase(name, wildcards)]
    if not names:
        raise UnknownNameError(describe_miss(f"no operation matches {pattern!r}", pattern, catalog))
    return names


def format_call(op: Any) -> str:
    """Return the call of an operation: "relu(x)"."""
    return f"{op.name}{strip_annotations(_list_parameters(op))}"


def strip_annotations(parameters: Iterable[inspect.Parameter]) -> inspect.Signature:
    """Return a signature without annotations."""
    return inspect.Signature([p.replace(annotation=p.empty) for p in parameters])


def _list_parameters(op: Any) -> list[inspect.Parameter]:
    return list(inspect.signature(op).parameters.values())


def _format_parameter(parameter: inspect.Parameter) -> str:
    """Return "axis: int | None = None", without the quotes of annotations that are strings."""
    return str(parameter).replace(repr(parameter.annotation), str(parameter.annotation))


def summarize(op: Any) -> str:
    """Return the first lines of the docstring, up to a line that ends a sentence."""
    shown: list[str] = []
    for line in read_doc(op).partition("\n\n")[0].splitlines():
        shown.append(line)
        if line.endswith("."):
            break
    return " ".join(shown)


def _split_parameters(op: Any) -> tuple[list[inspect.Parameter], list[inspect.Parameter]]:
    """Return the parameters that are inputs, and those that are settings."""
    parameters = _list_parameters(op)
    settings = [p for p in parameters if p.kind in (p.KEYWORD_ONLY, p.VAR_KEYWORD)]
    return [p for p in parameters if p not in settings], settings


def list_facts(op: Any) -> dict[str, str]:
    """Return the facts about an operation that its docstring does not have, by title."""
    inputs, settings = _split_parameters(op)
    return {
        "inputs": ", ".join(map(_format_parameter, inputs)),
        "settings": ", ".join(map(_format_parameter, settings)) or "none",
        "implements": ", ".join(map(describe_function, op.implements)) or "no NumPy function",
        "derivatives": _describe_derivatives(op),
        "broadcasts": "yes" if op.broadcasts else "no",
    }


def _format_operation(op: Any, width: int | None) -> list[str]:
    rows = list_facts(op) | {"defined in": locate(unwrap_adapter(op))}
    names = max(map(len, rows))
    lines = [f"{describe(op)}", "", *fill_paragraph(format_call(op), width, "  ", "      "), ""]
    for name, value in rows.items():
        lines += fill_paragraph(value, width, f"  {name:<{names}}  ", " " * (names + 4))
    shown = fit_text(read_doc(op), width and width - 2)
    return [*lines, "", *("  " + line if line else "" for line in shown.splitlines())]


def _make_entry(name: str, op: Any) -> dict[str, Any]:
    inputs, settings = _split_parameters(op)
    return {
        "name": name,
        "call": format_call(op),
        "inputs": [p.name for p in inputs],
        "settings": [p.name for p in settings],
        "implements": [describe_function(function) for function in op.implements],
        "derivatives": _describe_derivatives(op),
        "broadcasts": bool(op.broadcasts),
        "source": locate(unwrap_adapter(op)),
        "summary": summarize(op),
    }


def _describe_derivatives(op: Any) -> str:
    if not op.differentiable:
        return "none: its results require no gradient"
    if op.once_differentiable:
        reason = op.once_differentiable
        return f"first only: {reason}" if isinstance(reason, str) else "first only"
    return "of any order"


def read_doc(op: Any) -> str:
    """Return the docstring."""
    # Not `getdoc`, which would return that of Operation.
    return inspect.cleandoc(unwrap_adapter(op).__doc__ or "")
