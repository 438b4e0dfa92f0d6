"""Hypotheses on matrices: a product on the wrong side, or one of two terms missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .facts import Facts, as_number, ratio_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def product(facts: Facts) -> Iterator[str]:
    """The gradient, or what it lacks, is a product of grad and something known."""
    known = list(_products(facts))
    rest = facts.mine - facts.true
    for told, values in known:
        ratio = ratio_of(facts.mine, values)
        if ratio is None:
            continue
        for right, others in known:
            true = ratio_of(facts.true, others)
            if true is not None and told != right:
                swapped = sorted(told.split(" @ ")) == sorted(right.split(" @ "))
                kind = "a product on the wrong side" if swapped else "a wrong product"
                yield f"{kind}: the gradient is {_times(ratio, told)}, expected {_times(true, right)}"
    for told, values in known:
        ratio = ratio_of(rest, values)
        if ratio is not None:
            kind = (
                "a term is missing"
                if ratio_of(facts.mine, values) is None or ratio < 0
                else "a term too many"
            )
            yield f"{kind}: the difference is {_times(ratio, told)}"


def _products(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield what has the gradient's shape: grad transposed, and grad times each input, from either side."""
    shape, g = facts.true.shape, facts.grad
    if len(shape) != 2 or g.ndim not in (1, 2):
        return
    grads = {"grad": g, "grad.T": g.T} if g.ndim == 2 else {"diag(grad)": np.diag(g)}
    for told, v in grads.items():
        if v.shape == shape:
            yield told, v
    matrices = {facts.name: facts.x, facts.output_name: facts.output, **facts.inputs}
    for name, m in matrices.items():
        for other, k in ((name, m), (f"{name}.T", m.T)) if m.ndim == 2 else ():
            for told, v in grads.items():
                if v.shape[1] == k.shape[0] and (v.shape[0], k.shape[1]) == shape:
                    yield f"{told} @ {other}", v @ k
                if k.shape[1] == v.shape[0] and (k.shape[0], v.shape[1]) == shape:
                    yield f"{other} @ {told}", k @ v


def _times(c: float, told: str) -> str:
    number = as_number(c)
    return told if number == "1" else f"-{told}" if number == "-1" else f"{number} {told}"
