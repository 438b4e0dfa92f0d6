"""Generate the page of the contract kit's laws."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from minigrad_core.testing.registered_subjects import RegisteredSubject, find_laws

if TYPE_CHECKING:
    from minigrad_core.testing.registered_subjects import Kind

KINDS: tuple[Kind, ...] = ("operation", "initializer", "optimizer")


def page() -> str:
    """Return the page of all laws, by kind of subject."""
    lines = ["# The laws", "", "These are the texts of `minigrad check --explain LAW` for all laws."]
    for kind in KINDS:
        lines += ["", f"## Laws of an {kind}"]
        for name in RegisteredSubject("", kind).laws:
            (law,) = (law for of, law in find_laws(name) if of == kind)
            lines += ["", f"### {name}", "", "```text", inspect.getdoc(law.run) or "", "```"]
    return "\n".join([*lines, "", "**Next:** [the contract](../contract.md), with examples.", ""])
