"""The contents of a drawing as text and numbers: cards in boxes, and arrows between the cards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..engine.node import Context
from ..parameter import Parameter
from ..tensor import Tensor
from .calls import Group
from .cards import (
    Card,
    CardKind,
    describe_array,
    fold_card,
    format_count,
    input_card,
    inputs_card,
    is_input,
    operation_card,
)
from .names import Names
from .tape import Tape
from .values import CardValues

MANY = 6  # if only one card reads more inputs than this, these inputs share a card
# The order of the arguments of these functions does not matter, so their arrows have no labels.
COMMUTATIVE = frozenset(
    [
        np.add, np.multiply, np.maximum, np.minimum, np.fmax, np.fmin, np.hypot, np.logaddexp, np.logaddexp2,
        np.equal, np.not_equal, np.logical_and, np.logical_or, np.logical_xor,
    ]
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Box:
    """A rectangle around the cards and boxes of a module's call. The root has no title."""

    title: str = ""
    members: list[Card | Box] = field(default_factory=list)

    def cards(self) -> Iterator[Card]:
        """Yield the cards inside, in inner boxes too."""
        for member in self.members:
            if isinstance(member, Box):
                yield from member.cards()
            else:
                yield member


@dataclass(slots=True, eq=False)
class Diagram:
    """Cards in boxes, arrows from card to card, and the numbers of all and of folded operations."""

    root: Box
    arrows: list[tuple[Card, Card]]
    operations: int
    folded: int

    @property
    def cards(self) -> list[Card]:
        """All cards."""
        return list(self.root.cards())

    @property
    def note(self) -> str:
        """The size of the graph, and how much of it is folded."""
        note = format_count(self.operations, "operation")
        return note + (f", {self.folded:,} of them folded" if self.folded else "")


def build_diagram(tape: Tape, tree: Group, names: Names, values: CardValues) -> Diagram:
    """Return the diagram of a tree of calls, with its folds as single cards."""
    return _DiagramBuilder(tape, names, values).build(tree)


class _DiagramBuilder:
    """The builder of one diagram: it makes the cards of a tape, and the arrows between them."""

    def __init__(self, tape: Tape, names: Names, values: CardValues) -> None:
        self._tape, self._names, self._values = tape, names, values
        self._card_of: dict[int, Card] = {}  # by the id of a node
        self._input_card: dict[int, Card] = {}  # by the id of an array
        self._folded = 0

    def build(self, tree: Group) -> Diagram:
        """Return the diagram. In each box a member comes after the members that it is computed from."""
        members = [self._member(member, "") for member in tree.members]
        inputs: list[Card | Box] = []
        arrows = dict.fromkeys(self._arrows(inputs))
        self._label_arrows()
        output = self._tape.output
        if output.node is None:
            inputs.append(input_card(output, "leaf", self._names, self._values))
        else:
            result = Card(CardKind.RESULT, self._names.variable_name(output) or "output")
            members.append(result)
            arrows[self._source_card(output), result] = None
        return Diagram(Box(members=inputs + members), list(arrows), len(self._tape.nodes), self._folded)

    def _member(self, member: Context | Group, path: str) -> Card | Box:
        if not isinstance(member, Group):
            card = operation_card(member, path, self._tape.outputs(member), self._names, self._values)
            self._card_of[id(member)] = card
            return card
        if member.folded:
            card = fold_card(member, path)
            nodes = [id(node) for node in member.nodes()]
            self._card_of.update(dict.fromkeys(nodes, card))
            self._folded += len(nodes)
            return card
        inside = [self._member(below, member.path) for below in member.members]
        title = member.heading(path)
        only = inside[0]
        if (
            len(inside) == 1
            and isinstance(only, Card)
            and only.kind is CardKind.OPERATION
            and not only.caption
        ):
            only.caption = title  # a box with one operation is drawn as a card with a caption
            return only
        return Box(title, inside)

    def _source_card(self, tensor: Tensor) -> Card:
        """Return the card that computes a tensor; if it is a fold, add the tensor to its foot."""
        card = self._card_of[id(tensor.node)]
        row = ("", describe_array(tensor))
        if card.kind is CardKind.FOLD and row not in card.foot:
            card.foot.append(row)
        return card

    def _arrows(self, inputs: list[Card | Box]) -> Iterator[tuple[Card, Card]]:
        """Yield (source, card that reads it), and append the cards of inputs to `inputs`."""
        readers: dict[int, tuple[Any, str, dict[Card, None]]] = {}
        for node in self._tape.nodes:
            card = self._card_of[id(node)]
            for argument, x in zip(self._names.argument_names(node.op), node.inputs, strict=False):
                if isinstance(x, Tensor) and x.node is not None:
                    if self._card_of[id(x.node)] is not card:
                        yield self._source_card(x), card
                elif not isinstance(x, Parameter) and is_input(x):
                    readers.setdefault(id(x), (x, f"{argument} of {node.op.name}", {}))[2][card] = None
        for source, cards in self._input_cards(list(readers.values())):
            inputs.append(source)
            yield from ((source, card) for card in cards)

    def _label_arrows(self) -> None:
        """Name the arguments at several arrows into one operation, if the order of the arguments matters."""
        for node in self._tape.nodes:
            card = self._card_of[id(node)]
            if card.kind is CardKind.FOLD or not COMMUTATIVE.isdisjoint(getattr(node.op, "implements", ())):
                continue
            labels: dict[Card, list[str]] = {}
            for label, x in zip(self._names.argument_labels(node), node.inputs, strict=True):
                computed = self._card_of.get(id(getattr(x, "node", None)))
                if source := computed or self._input_card.get(id(x)):
                    labels.setdefault(source, []).append(label)
            if 1 < len(labels) <= MANY:
                card.ports = {source: ", ".join(names) for source, names in labels.items()}

    def _input_cards(
        self, readers: list[tuple[Any, str, dict[Card, None]]]
    ) -> Iterator[tuple[Card, list[Card]]]:
        """Yield (card of an input, cards that read it). Many inputs with one common reader share a card.

        readers: (array, role, cards that read it) for each input.
        """
        private: dict[Card, list[Any]] = {}
        for x, _, cards in readers:
            if len(cards) == 1:
                private.setdefault(next(iter(cards)), []).append(x)
        many = {card: xs for card, xs in private.items() if len(xs) > MANY}
        for x, role, cards in readers:
            if len(cards) > 1 or not many.keys() & cards:
                self._input_card[id(x)] = input_card(x, role, self._names, self._values)
                yield self._input_card[id(x)], list(cards)
        yield from ((inputs_card(xs), [card]) for card, xs in many.items())
