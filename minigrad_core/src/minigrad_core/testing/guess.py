"""Cases for an operation that has none: from `broadcasts` or from its signature, kept if they run."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from ..contracts.cases import (
    Case,
    Floats,
    between,
    boolean,
    index_into,
    integers,
    nonzero,
    positive,
    real,
    unit,
)
from .call import forward
from .finding import Broken
from .sample import Recipe, draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..contracts import OperationLike
    from .signature import Signature

_DOMAINS = (
    real,
    nonzero,
    positive,
    unit,
    lambda shape: between(0, 1, shape),
    lambda shape: between(1, 4, shape),
)
# Shapes that operations of one, two and three arrays usually have, the strictest first: a gradient rule
# that is right for a matrix product is tried as one before it is tried elementwise.
_SHAPES: dict[int, tuple[tuple[str, ...], ...]] = {
    1: (("n k",), ("n n",), ("n",), ("",), ("n k m",), ("n c 6 6",)),
    2: (
        ("n k", "k m"),
        ("n k", "n k"),
        ("n k", "k"),
        ("n", "n"),
        ("n n", "n k"),
        ("n k", "n"),
        ("n c 6 6", "o c 3 3"),
        ("n k", ""),
    ),
    3: (
        ("n k", "k m", "m"),
        ("n k", "k", "k"),
        ("n k", "n k", "n k"),
        ("n", "n", "n"),
        ("b n k", "b m k", "b m o"),
    ),
    4: (("n k", "k", "k", "k"), ("n k", "n k", "n k", "n k")),
}
_LABELS = ("label", "labels", "index", "indices", "target", "targets", "idx", "ids")
_MASKS = ("mask", "condition", "cond", "where")


def guess_cases(op: OperationLike, signature: Signature) -> tuple[Case, ...]:
    """Return cases under which `forward` runs and is finite.

    Broken if none is found: then the author has to say what arguments make sense.
    """
    candidates = _elementwise(signature) if getattr(op, "broadcasts", False) else _structural(signature)
    fallback: Case | None = None
    refused = ""
    for case in candidates:
        try:
            finite = _runs(op, signature, case)
        except Broken as broken:
            refused = refused or broken.fact
            continue
        if finite:
            return (case, *_silent_broadcasting(op, signature, case))
        fallback = fallback or case
    if fallback is not None:
        return (fallback,)
    if not signature.inputs:
        raise Broken("needs-cases", "forward takes no inputs after the context: def forward(self, ctx, x)")
    example = ", ".join(f"{name}=real('n k')" for name in signature.inputs)
    raise Broken(
        "needs-cases",
        "no arguments were found under which forward runs: say which ones make sense, for example "
        f"cases = (Case({example}),)" + (f"; {refused}" if refused else ""),
    )


def _silent_broadcasting(op: OperationLike, signature: Signature, case: Case) -> Iterator[Case]:
    """Yield a broadcasting case for an elementwise operation that does not say that it broadcasts."""
    described = list(case.arguments.values())
    if (
        getattr(op, "broadcasts", False)
        or len(described) != 2
        or not all(isinstance(d, Floats) for d in described)
    ):
        return
    if described[0] != described[1]:
        return
    names = list(case.arguments)
    wider = Case(**{names[0]: described[0], names[1]: replace(described[1], shape="k")})
    with contextlib.suppress(Broken):
        outputs = [forward(op, draw(Recipe(c), signature)).outputs for c in (case, wider)]
        if all(len(ys) == 1 and ys[0].shape == (3, 4) and np.isfinite(ys[0]).all() for ys in outputs):
            yield wider


def _runs(op: OperationLike, signature: Signature, case: Case) -> bool:
    """Return whether the output is finite; Broken if forward raises."""
    try:
        return forward(op, draw(Recipe(case), signature)).finite
    except Broken as broken:
        if broken.code != "forward-raises":
            return False
        raise


def _elementwise(signature: Signature) -> Iterator[Case]:
    names = _names(signature)
    free = [name for name in names if name not in _MASKS]
    for domains in product(_DOMAINS, repeat=min(len(free), 2)):
        chosen = {name: domains[min(i, 1)]("...") for i, name in enumerate(free)}
        yield Case(**{name: chosen.get(name, boolean("...")) for name in names})


def _structural(signature: Signature) -> Iterator[Case]:
    names = _names(signature)
    if signature.variadic and not names:
        yield Case(**{signature.variadic: (real("n k"), real("n k"))})
        return
    discrete = [name for name in names if name in _LABELS or name in _MASKS]
    arrays = [name for name in names if name not in discrete]
    for domain in _DOMAINS:
        for shapes in _SHAPES.get(len(arrays), ()):
            described: dict[str, Any] = {n: domain(s) for n, s in zip(arrays, shapes, strict=True)}
            for others in _discrete(discrete, arrays):
                yield Case(**{name: (described | others)[name] for name in names})


def _discrete(names: list[str], arrays: list[str]) -> Iterator[dict[str, Any]]:
    if not names:
        yield {}
    elif names[0] in _MASKS:
        yield from ({names[0]: boolean(shape)} for shape in ("n k", "n"))
    elif arrays:
        yield {names[0]: index_into(arrays[0], axis=1, shape="n")}
        yield {names[0]: index_into(arrays[0], axis=0, shape="q")}
    else:
        yield {names[0]: integers(0, 3, "n")}


def _names(signature: Signature) -> list[str]:
    return [name for name in signature.inputs if name not in signature.optional]
