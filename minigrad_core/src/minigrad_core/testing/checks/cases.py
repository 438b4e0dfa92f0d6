"""The cases fit the signature, and `forward` runs on them."""

from __future__ import annotations

from collections.abc import Iterable
from keyword import iskeyword
from typing import TYPE_CHECKING

from ..finding import Check, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


def cases(study: Study) -> Iterator[Finding]:
    """Every case names arguments that `forward` takes, and `forward` runs on what it describes.

    Nothing else can be checked before. Fix: give `cases`, or the domain where the function is defined
    (`positive`, `unit`, `between`), until every output is finite.
    """
    if not hasattr(study.op, "name"):
        yield Finding("no-name", "it has no name: nobody could call it; name = 'tanh', say")
    elif not study.name.isidentifier() or iskeyword(study.name):
        yield Finding(
            "bad-name", f"the name {study.name!r} is no identifier: nobody could write ops.{study.name}"
        )
    implements = getattr(study.op, "implements", ())
    if not isinstance(implements, Iterable) or not all(map(callable, implements)):
        yield Finding(
            "bad-implements",
            f"implements is {implements!r}: expected NumPy functions, as in (np.tanh,)",
        )
    for call in study.calls:
        if not call.finite:
            yield Finding(
                "not-finite",
                f"forward gives NaN or infinity on {call.sample.recipe.case!r}: name the domain where it is "
                "defined (positive, nonzero, unit, between), or mend forward",
                call.sample,
            )


CHECK = Check("cases", cases)
