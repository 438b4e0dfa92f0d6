"""What is orthogonal is so at every shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from ..finding import Broken, Check, DoesNotApply, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .study import InitializerStudy

MATRICES = ((32, 16), (16, 32), (24, 24))
KERNELS = (8, 16, 3, 3)  # fewer outputs than inputs: its rows can be orthogonal in each layout of the weights
SAYS = re.compile("orthogonal|orthonormal", re.IGNORECASE)
# Without another word, such as `scaled`, it says that they have length 1, or `gain`.
NO_MORE = re.compile("((semi|random|delta|conv)_?)?ortho(gonal|normal)(_?init(ializer)?)?", re.IGNORECASE)


def orthogonality(study: InitializerStudy) -> Iterator[Finding]:
    """Columns, or rows of a wide matrix, are orthogonal and of one length; so are random convolution kernels.

    Asked of what says so by its name, or does so at one shape. What is called `orthogonal` and no more has
    vectors of length 1, or of its `gain`.
    Faults: a wide matrix that is a reshaped tall one, rows that are only made unit vectors, kernels that are
    flattened over the wrong axes, a factor that depends on the shape.
    Fix: the Q of a QR decomposition of the tall matrix, transposed for a wide one; (out, in * kernel).
    """
    kept: dict[tuple[int, int], float] = {}
    for shape in MATRICES:
        try:
            kept[shape] = _length(study.draw(shape, study.rng("orthogonal"), np.float64))
        except Broken:
            continue
    if not kept or not (SAYS.search(study.name) or any(kept.values())):
        raise DoesNotApply("it is not orthogonal, and does not say so")
    for shape, length in kept.items():
        if not length:
            yield Finding(
                "not-orthogonal",
                f"at shape {shape} neither rows nor columns are orthogonal and of one length",
            )
            return
    if study.random:  # an identity may put its ones anywhere
        yield from _of_kernels(study)
    gain = study.parameters["gain"].default if "gain" in study.parameters else 1.0
    if NO_MORE.fullmatch(study.name) and isinstance(gain, int | float):
        for shape, length in kept.items():
            if abs(length - gain) > 1e-4 * gain:
                yield Finding(
                    "wrong-length",
                    f"at shape {shape} orthogonal vectors have length {length:.4g}, not {gain:g}",
                )
                return


def _of_kernels(study: InitializerStudy) -> Iterator[Finding]:
    try:
        kernels = study.draw(KERNELS, study.rng("orthogonal"), np.float64)
    except Broken:
        return
    if not any(_length(kernels.swapaxes(0, axis).reshape(KERNELS[axis], -1)) for axis in (0, 1)):
        yield Finding(
            "not-orthogonal",
            f"matrices are orthogonal, the {KERNELS[0]} kernels of a convolution {KERNELS} are not: flatten "
            "to (out, in * kernel)",
        )


def _length(w: NDArray[np.float64]) -> float:
    """Return the length of orthogonal columns, or rows of a wide matrix; 0 if they are not, or of several."""
    gram = w.T @ w if w.shape[0] >= w.shape[1] else w @ w.T
    square = float(np.trace(gram)) / len(gram)
    return square**0.5 if square > 0 and np.abs(gram / square - np.eye(len(gram))).max() < 1e-5 else 0.0


ORTHOGONALITY = (Check("orthogonality", orthogonality, after=("shape",)),)
