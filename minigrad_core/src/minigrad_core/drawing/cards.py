"""The cards of a drawing: an operation, an input, the result, or a fold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np

from ..dispatch.tables import describe
from ..engine.node import Context
from ..parameter import Parameter
from ..tensor import Tensor
from .calls import Group
from .names import Names
from .values import CardValues

Row: TypeAlias = "tuple[str, str]"  # the text on the left, and on the right
LONGEST_TEXT = 28


class CardKind(StrEnum):
    """The kind of a card, which is also the name of its colours."""

    OPERATION = "operation"
    INPUT = "input"
    RESULT = "result"
    FOLD = "fold"


@dataclass(slots=True, eq=False)
class Card:
    """One node of the drawing.

    Attributes
    ----------
    kind : CardKind
    title : str
        The name of an operation without its namespace, or of an input.
    namespace : str
        The namespace of an operation; else empty.
    caption : str
        The module whose call recorded this operation alone.
    rows : list of Row
        Parameters, constants and settings.
    foot : list of Row
        The outputs: names, and shapes with dtypes.
    ports : dict
        The card at the start of an arrow -> the arguments that the arrow carries, if their order matters.
    """

    kind: CardKind
    title: str
    namespace: str = ""
    caption: str = ""
    rows: list[Row] = field(default_factory=list)
    foot: list[Row] = field(default_factory=list)
    ports: dict[Card, str] = field(default_factory=dict)

    def text(self) -> list[str]:
        """Return the lines of text of the card."""
        title = f"{self.namespace}::{self.title}" if self.namespace else self.title
        rows = [" ".join(filter(None, row)) for row in self.rows + self.foot]
        return [*filter(None, [self.caption]), title, *rows]


def is_input(x: Any) -> bool:
    """Return whether an argument has its own card: a leaf, but not a parameter, or an array with an axis."""
    if isinstance(x, Tensor):
        return x.node is None and not isinstance(x, Parameter) and (x.tracked or x.ndim > 0)
    return getattr(x, "ndim", 0) > 0


def operation_card(
    node: Context, path: str, outputs: Sequence[Tensor], names: Names, values: CardValues
) -> Card:
    """Return the card of a recorded call; path: the module whose box contains the card."""
    namespace, _, title = _full_name(node).rpartition("::")
    card = Card(CardKind.OPERATION, title, namespace)
    for argument, x in zip(names.argument_names(node.op), node.inputs, strict=False):
        if isinstance(x, Parameter):
            name = names.parameter_name(x, argument).removeprefix(f"{path}.")
            card.rows += [(name, _format_shape(x, node.inputs)), *values.rows(x)]
        elif x is not None and not is_input(x) and getattr(x, "node", None) is None:
            card.rows.append((argument, _format_value(x)))
    card.rows += [(name, _format_value(setting)) for name, setting in names.list_changed_settings(node)]
    for tensor in outputs:
        card.foot += [(names.variable_name(tensor), describe_array(tensor)), *values.rows(tensor)]
    return card


def input_card(x: Any, role: str, names: Names, values: CardValues) -> Card:
    """Return the card of a leaf or an array, titled with its variable, or else its role, "x of matmul"."""
    unnamed = "leaf" if isinstance(x, Tensor) and x.tracked else role
    title = names.variable_name(x) or unnamed
    return Card(CardKind.INPUT, title, foot=[("", describe_array(x)), *values.rows(x)])


def inputs_card(xs: Sequence[Any]) -> Card:
    """Return one card for many inputs."""
    types = _first_unique(map(describe_array, xs))
    return Card(CardKind.INPUT, f"{len(xs):,} arrays", foot=[("", text) for text in types])


def fold_card(group: Group, path: str) -> Card:
    """Return the card of a folded group, which counts its operations; path: the module of the box around."""
    nodes = list(group.nodes())
    parameters = {id(x): x for node in nodes for x in node.inputs if isinstance(x, Parameter)}
    card = Card(CardKind.FOLD, group.heading(path))
    kinds = Counter(
        member.title if isinstance(member, Group) else _full_name(member) for member in group.members
    )
    if len(kinds) > 1 or group.path == "":
        common = kinds.most_common(4)
        card.rows = [(name, f"{count:,}" if count > 1 else "") for name, count in common]
        card.rows += [("…", "")] * (len(kinds) > len(common))
    card.rows.append((format_count(len(nodes), "operation"), ""))
    if parameters:
        card.rows.append(
            (format_count(len(parameters), "parameter"), f"{sum(x.size for x in parameters.values()):,}")
        )
    return card


def describe_array(x: Any) -> str:
    """Return the shape and dtype of an array as text."""
    return f"{x.shape} {x.dtype}"


def _full_name(node: Context) -> str:
    return describe(node.op).partition(" (")[0]


def _format_shape(x: Tensor, inputs: Sequence[Any]) -> str:
    """Return the shape, and the dtype if the tensors among `inputs` have several dtypes."""
    dtypes = {y.dtype for y in inputs if isinstance(y, Tensor)}
    return describe_array(x) if len(dtypes) > 1 else str(x.shape)


def format_count(number: int, noun: str) -> str:
    """Return such as "1 operation" or "1,234 operations"."""
    return f"{number:,} {noun}" + "s" * (number != 1)


def _format_value(value: Any) -> str:
    if getattr(value, "ndim", 0) > 0:
        return describe_array(value)
    text = f"{value:.4g}" if isinstance(value, (float, np.floating)) else str(value)
    text = getattr(value, "__name__", text) if callable(value) else text
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _first_unique(texts: Iterator[str]) -> list[str]:
    """Return the first three different texts, and "…" if there are more."""
    found = list(dict.fromkeys(texts))
    return found if len(found) <= 3 else [*found[:3], "…"]
