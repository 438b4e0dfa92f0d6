"""What is orthogonal is so at every shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..finding import Broken, Check, DoesNotApply, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .study import InitializerStudy

MATRICES = ((32, 16), (16, 32), (24, 24))


def orthogonality(study: InitializerStudy) -> Iterator[Finding]:
    """Columns, or rows of a wide matrix, are orthogonal and of one length.

    Asked of what says so by its name, or does so at one shape.
    Faults: a wide matrix that is a reshaped tall one, rows that are only made unit vectors.
    Fix: the Q of a QR decomposition of the tall matrix, transposed for a wide one.
    """
    kept = {}
    for shape in MATRICES:
        try:
            kept[shape] = _orthogonal(study.draw(shape, study.rng("orthogonal"), np.float64))
        except Broken:
            continue
    says = "orthogonal" in study.name.lower() or "orthonormal" in study.name.lower()
    if not kept or not (says or any(kept.values())):
        raise DoesNotApply("it is not orthogonal, and does not say so")
    for shape, good in kept.items():
        if not good:
            yield Finding(
                "not-orthogonal",
                f"at shape {shape} neither rows nor columns are orthogonal and of one length",
            )
            return


def _orthogonal(w: NDArray[np.float64]) -> bool:
    gram = w.T @ w if w.shape[0] >= w.shape[1] else w @ w.T
    length = float(np.trace(gram)) / len(gram)
    return bool(length > 0 and np.abs(gram / length - np.eye(len(gram))).max() < 1e-5)


ORTHOGONALITY = (Check("orthogonality", orthogonality, after=("shape",)),)
