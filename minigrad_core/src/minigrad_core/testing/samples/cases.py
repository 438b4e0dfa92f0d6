"""The cases of a subject: those that its author gives, the shapes in its docstring, or any shape.

Nothing is guessed. What broadcasts is elementwise and takes any shape; only its domain is tried. Everything
else says which arguments make sense.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import product
from typing import Any

from ...contracts.cases import Case, Values, between, boolean, nonzero, positive, real, unit
from ..finding import Broken
from ..guarded import guarded
from ..subjects.signature import Signature

_DOMAINS: tuple[Callable[[str], Values], ...] = (
    *(real, nonzero, positive, unit, partial(between, 0, 1), partial(between, 1, 4)),
)
_SHAPE = re.compile(r"(?<![\w.])(\w+) ?: ?\(([\w ,.]*)\)(?! *(?:ints?|integers?|bools?|booleans?)\b)")


def sequence_of(cases: Any) -> tuple[Any, ...]:
    """Return the cases as a tuple; Broken if they are no sequence."""
    if cases is None:
        return ()
    if not isinstance(cases, Iterable):
        raise Broken("bad-cases", f"cases is {cases!r}, expected a sequence of Case: cases = (Case(...),)")
    return guarded("cases", lambda: tuple(cases))


def check_fits(case: Any, signature: Signature) -> None:
    """Broken unless `case` is a Case that names arguments which the subject takes, and all that it needs."""
    if not isinstance(case, Case):
        raise Broken("bad-case", f"expected a Case, got {type(case).__name__}: {case!r}")
    known = {*signature.inputs, *signature.settings, signature.variadic} - {None}
    free = signature.swallows or (signature.variadic and signature.variadic not in case.arguments)
    if not free and (unknown := [name for name in case.arguments if name not in known]):
        takes = ", ".join(sorted(map(str, known)))
        raise Broken("bad-case", f"{case!r}: forward has no argument {unknown[0]!r}; it takes {takes}")
    missing = [n for n in signature.inputs if n not in case.arguments and n not in signature.optional]
    missing += [n for n, p in signature.settings.items() if p.default is p.empty and n not in case.arguments]
    if missing:
        raise Broken("bad-case", f"{case!r}: {missing[0]!r} is missing")


def elementwise_cases(signature: Signature) -> Iterator[Case]:
    """Yield cases of any shape for what broadcasts, one for each domain that is usual; truth values last."""
    names = [name for name in signature.inputs if name not in signature.optional]
    for domains in product(_DOMAINS, repeat=min(len(names), 2)):
        yield Case(**{name: domains[min(i, 1)]("...") for i, name in enumerate(names)})
    for truth in names:
        yield Case(**{name: boolean("...") if name == truth else real("...") for name in names})


def documented_case(docstring: str | None, signature: Signature) -> Case | None:
    """Return the case that a docstring's shapes describe; None without shapes."""
    shapes = dict(_SHAPE.findall(docstring or ""))
    needed = [name for name in signature.inputs if name not in signature.optional or name in shapes]
    required = any(p.default is p.empty for p in signature.settings.values())
    if required or signature.variadic or not needed or not all(name in shapes for name in needed):
        return None
    return Case(**{name: real(" ".join(shapes[name].replace(",", " ").split())) for name in needed})


def needs_cases(signature: Signature) -> Broken:
    """Return the request for cases, with a line that can be pasted."""
    if not signature.inputs and not signature.variadic:
        fact = "it takes no inputs; an operation's forward has them after ctx: (self, ctx, x)"
        return Broken("needs-cases", fact)
    given = [f'{name}=real("n k")' for name in signature.inputs if name not in signature.optional]
    if signature.variadic:
        given.append(f'{signature.variadic}=(real("n k"), real("n k"))')
    given += [f"{name}=..." for name, p in signature.settings.items() if p.default is p.empty]
    return Broken(
        "needs-cases",
        "it does not say which arguments make sense. Give it cases, with shapes that fit: "
        f"cases = (Case({', '.join(given)}),)   # from minigrad_core.cases import Case, real",
    )
