"""One card of a drawing: what it says of an operation, of an input, or of what is folded into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..dispatch.tables import describe
from ..parameter import Parameter
from ..tensor import Tensor
from .calls import Group

if TYPE_CHECKING:
    from ..engine.node import Context
    from .names import Names
    from .values import CardValues

Row: TypeAlias = "tuple[str, str]"  # what stands on the left, and on the right
LONGEST_TEXT = 28


@dataclass(slots=True, eq=False)
class Card:
    """What is drawn as one thing.

    Attributes
    ----------
    kind : str
        "operation", "input", "result" or "fold".
    title : str
        The name of an operation without its namespace, or of an input.
    namespace : str
        Of an operation, or empty.
    caption : str
        The module that recorded this and nothing else.
    rows : list of Row
        Parameters, plain arguments and settings.
    foot : list of Row
        What comes out: names, and shapes with dtypes.
    """

    kind: str
    title: str
    namespace: str = ""
    caption: str = ""
    rows: list[Row] = field(default_factory=list)
    foot: list[Row] = field(default_factory=list)

    def text(self) -> list[str]:
        """Return what the card says, line by line."""
        title = f"{self.namespace}::{self.title}" if self.namespace else self.title
        rows = [" ".join(filter(None, row)) for row in self.rows + self.foot]
        return [*filter(None, [self.caption]), title, *rows]


def is_input(x: Any) -> bool:
    """Return whether an argument has a card of its own: leaves but parameters, and arrays with an axis."""
    if isinstance(x, Tensor):
        return x.node is None and not isinstance(x, Parameter) and (x.tracked or x.ndim > 0)
    return getattr(x, "ndim", 0) > 0


def operation_card(
    node: Context, path: str, outputs: Sequence[Tensor], names: Names, values: CardValues
) -> Card:
    """Return the card of a recorded call; path: the module in whose box it is."""
    namespace, _, title = _full_name(node).rpartition("::")
    card = Card("operation", title, namespace)
    for argument, x in zip(names.argument_names(node.op), node.inputs, strict=False):
        if isinstance(x, Parameter):
            name = names.parameter_name(x, argument).removeprefix(f"{path}.")
            card.rows += [(name, _shape(x, node.inputs)), *values.rows(x)]
        elif x is not None and not is_input(x) and getattr(x, "node", None) is None:
            card.rows.append((argument, _format_value(x)))
    card.rows += [(name, _format_value(setting)) for name, setting in names.changed_settings(node)]
    for tensor in outputs:
        card.foot += [(names.variable_name(tensor), describe_array(tensor)), *values.rows(tensor)]
    return card


def input_card(x: Any, role: str, names: Names, values: CardValues) -> Card:
    """Return the card of a leaf or an array, under the variable's name or else its role, as "x of matmul"."""
    unnamed = "leaf" if isinstance(x, Tensor) and x.tracked else role
    return Card("input", names.variable_name(x) or unnamed, foot=[("", describe_array(x)), *values.rows(x)])


def inputs_card(xs: Sequence[Any]) -> Card:
    """Return the card of many inputs."""
    return Card(
        "input", f"{len(xs):,} arrays", foot=[("", text) for text in _first_unique(map(describe_array, xs))]
    )


def fold_card(group: Group, path: str) -> Card:
    """Return the card of a folded group: what is in it, counted; path: the module in whose box it is."""
    nodes = list(group.nodes())
    parameters = {id(x): x for node in nodes for x in node.inputs if isinstance(x, Parameter)}
    card = Card("fold", group.heading(path))
    kinds = Counter(
        member.title if isinstance(member, Group) else _full_name(member) for member in group.members
    )
    if len(kinds) > 1 or group.path == "":
        common = kinds.most_common(4)
        card.rows = [(name, f"{count:,}" if count > 1 else "") for name, count in common]
        card.rows += [("…", "")] * (len(kinds) > len(common))
    card.rows.append((_format_count(len(nodes), "operation"), ""))
    if parameters:
        card.rows.append(
            (_format_count(len(parameters), "parameter"), f"{sum(x.size for x in parameters.values()):,}")
        )
    return card


def describe_array(x: Any) -> str:
    """Return shape and dtype in one line."""
    return f"{x.shape} {x.dtype}"


def _full_name(node: Context) -> str:
    return describe(node.op).partition(" (")[0]


def _shape(x: Tensor, beside: Sequence[Any]) -> str:
    """Return the shape; with the dtype where those beside have others."""
    dtypes = {y.dtype for y in beside if isinstance(y, Tensor)}
    return describe_array(x) if len(dtypes) > 1 else str(x.shape)


def _format_count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + "s" * (number != 1)


def _format_value(value: Any) -> str:
    if getattr(value, "ndim", 0) > 0:
        return describe_array(value)
    text = f"{value:.4g}" if isinstance(value, (float, np.floating)) else str(value)
    text = getattr(value, "__name__", text) if callable(value) else text
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _first_unique(texts: Iterator[str]) -> list[str]:
    """Return the first three different ones, and that there are others."""
    found = list(dict.fromkeys(texts))
    return found if len(found) <= 3 else [*found[:3], "…"]
