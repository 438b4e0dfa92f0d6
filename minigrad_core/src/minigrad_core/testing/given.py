"""The cases that somebody gives, if they are any, and fit what `forward` takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..contracts.cases import Case
from .finding import Broken
from .guarded import guarded

if TYPE_CHECKING:
    from .signature import Signature


def sequence_of(cases: Any) -> tuple[Any, ...]:
    """Return the cases as a tuple; Broken if they are no sequence."""
    if isinstance(cases, Case):
        raise Broken("bad-cases", f"cases is one Case, expected several: cases = ({cases!r},)")
    if cases is None:
        return ()
    if not isinstance(cases, Iterable):
        raise Broken("bad-cases", f"cases is {cases!r}, expected a sequence of Case: cases = (Case(...),)")
    return guarded("cases", lambda: tuple(cases))


def check_fits(case: Any, signature: Signature) -> None:
    """Broken unless `case` is a Case that names arguments which `forward` takes, and all that it needs."""
    if not isinstance(case, Case):
        raise Broken("bad-case", f"expected a Case, got {type(case).__name__}: {case!r}")
    known = {*signature.inputs, *signature.settings, signature.variadic}
    if signature.variadic and signature.variadic not in case.arguments:
        known |= {name for name in case.arguments if name not in signature.settings}
    if signature.swallows:
        return
    if unknown := [name for name in case.arguments if name not in known]:
        raise Broken(
            "bad-case", f"{case!r}: forward has no argument {unknown[0]!r}; it takes {_listed(known)}"
        )
    missing = [n for n in signature.inputs if n not in case.arguments and n not in signature.optional]
    missing += [n for n, p in signature.settings.items() if p.default is p.empty and n not in case.arguments]
    if missing:
        raise Broken("bad-case", f"{case!r}: {missing[0]!r} is missing")


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(sorted(str(name) for name in names if name))
