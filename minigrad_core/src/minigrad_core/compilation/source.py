"""The source of a program: Python functions of the lines that a tracer has recorded."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from ..engine.node import Context

if TYPE_CHECKING:
    from collections import deque

    from .tracer import Tracer


def write_function(
    tracer: Tracer,
    signature: str,
    before: list[str],
    steps: list[str],
    after: list[str],
    passed: Collection[str] = (),
    give_back: str = "pool.append(contexts)",
) -> Any:
    """Return a function of these lines, which drops each value after the last line that reads the value.

    passed: the contexts that another function reads later.
    give_back: the line that returns the contexts to the pool. It is left out if `after` or another function
    reads a context.
    """
    contexts, kept = tracer.contexts.keys(), find_variables(*after).union(passed)
    last = {v: i for i, step in enumerate(steps) for v in find_variables(step)}
    lines = [f"def {signature}:", *before]
    for i, step in enumerate(steps):
        dead = {v for v in find_variables(step) if last[v] == i} - kept
        copied = re.search(r"(?<== copy\()v\d+", step)
        is_last = copied is not None and copied[0] in dead  # nothing reads the value later
        lines.append(step.replace("= copy(", "= copy_if_shared(") if is_last else step)
        lines += [f"{v}.saved = ()" for v in sorted(dead & contexts)]
        if dead := dead - contexts:
            lines.append(f"del {', '.join(sorted(dead))}")
    if kept.isdisjoint(contexts):
        lines.append(give_back)
    # The lines consist of names, numbers and quoted names of attributes. The user's text is in comments only.
    tracer.sources.insert(0, "\n    ".join([*lines, *after]))
    names = dict(tracer.names)  # a copy, so that the globals of a function do not refer to the function
    exec(compile(tracer.sources[0], "<mg.compile>", "exec"), names)
    return names.pop(signature.partition("(")[0])


def find_variables(*lines: str) -> set[str]:
    """Return the variables that lines read or set."""
    return {v for line in lines for v in re.findall(r"\b[pv]\d+\b(?!=)", line.partition("#")[0])}


def take_contexts(pool: deque[list[Context]], needs: tuple[tuple[bool, ...], ...]) -> list[Context]:
    """Return contexts that no other call uses: those that an earlier call has returned, or new ones.

    A new context takes 70 ns, a tenth of the time of a small operation; a context from the pool takes 8 ns.
    """
    try:
        return pool.pop()  # one call in C: threads share the pool
    except IndexError:
        op: Any = None  # operations read `needs` and `saved`
        return [Context(op, (), {}, n) for n in needs]
