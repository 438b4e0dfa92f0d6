"""Enters what one plugin provides into the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..dispatch.tables import INITIALIZERS, LABELS, OPERATIONS, OPTIMIZERS
from .answers import Answer

if TYPE_CHECKING:
    from .answers import Answers
    from .record import Plugin
    from .staging import Staged


def register(plugin: Plugin, staged: Staged, answers: Answers) -> None:
    """Fill the tables. Everything was checked before, so nothing in here fails midway."""
    kinds = {
        "operations": (OPERATIONS, staged.operations),
        "initializers": (INITIALIZERS, staged.initializers),
        "optimizers": (OPTIMIZERS, staged.optimizers),
    }
    for kind, (table, things) in kinds.items():
        plugin.counts[kind] = len(things)
        for name, thing in things.items():
            LABELS.setdefault(id(thing), plugin.owns(name))
            table[f"{plugin.namespace}::{name}"] = thing
    for function, name in staged.functions.items():
        answers.add(function, Answer(plugin.namespace, plugin.owns(name), staged.operations[name]))
    plugin.commands = staged.commands
