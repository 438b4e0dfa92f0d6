"""Subjects of `minigrad check` that are functions of other frameworks: `torch:MODULE:NAME`."""

from __future__ import annotations

import re
from typing import Any

from ..errors import UnknownNameError
from ..plugins.discovery import NamespaceClaim, read_section
from ..plugins.startup import plugin_loader

GROUP = "minigrad_subjects"
_SELECTOR = re.compile(r"(\w+):(?!:)(.+)")


def is_foreign(selector: str) -> bool:
    """Return whether a selector names a function of another framework; `nn::relu` does not."""
    return _SELECTOR.fullmatch(selector) is not None


def load_foreign_subject(selector: str) -> Any:
    """Return the subject that the package for a framework makes of a selector, with a name and a `check`.

    Raises
    ------
    UnknownNameError
        No installed package knows the framework.
    """
    framework = selector.partition(":")[0]
    known: dict[str, NamespaceClaim] = {}
    for distribution in plugin_loader().find():
        text = distribution.read_text("entry_points.txt") or ""
        known |= {
            name: NamespaceClaim(name, value, distribution, text) for name, value in read_section(text, GROUP)
        }
    if framework not in known:
        listed = ", ".join(sorted(known)) or "none"
        raise UnknownNameError(
            f"{selector}: no installed package knows the framework {framework!r} (known: {listed}); "
            "PyTorch, JAX and autograd come with minigrad-interop"
        )
    return known[framework].load()(selector)
