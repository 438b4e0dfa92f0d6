"""A rule that works value by value does so at every size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...parameter import Parameter
from ..finding import Check, DoesNotApply, Finding
from .study import close

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from .study import OptimizerStudy

TINY, SMALL, LARGE = 4, 12, 4900
STEPS = 3


def sizes(study: OptimizerStudy) -> Iterator[Finding]:
    """Where a small vector moves as its pieces do, so do a large one, a matrix's rows, and single values.

    Faults: a blocked path that loses a tail, a branch that begins at a size, a 0-d state that is rebound.
    Fix: one path for all sizes, elementwise.
    """
    value_by_value = False
    for settings in study.modes:
        values, grads = _drawn(study, LARGE)
        few, their = values[:SMALL], grads[:, :SMALL]
        # Large values too, or a rule that clips a norm would be taken for one until it clips.
        if not any(_differs(study, settings, s * few, s * their, (SMALL,), 4) for s in (1.0, 100.0)):
            value_by_value = True
            yield from _at(study, settings, values, grads)
        elif not _differs(study, settings, few[:TINY], their[:, :TINY], (TINY,), 1):
            value_by_value = True
            yield Finding(
                "depends-on-size",
                f"values of a vector of {SMALL} move otherwise than in smaller ones, right for {TINY} values",
            )
    if not value_by_value:
        raise DoesNotApply("a step depends on all of a parameter, not on each value alone")


def _at(
    study: OptimizerStudy, settings: dict[str, Any], values: NDArray[Any], grads: NDArray[Any]
) -> Iterator[Finding]:
    few, their = values[:SMALL], grads[:, :SMALL]
    kinds: list[tuple[NDArray[Any], NDArray[Any], tuple[int, ...], int]] = [
        (few[:3], their[:, :3], (3,), 1),
        (values, grads, (LARGE,), 350),
    ]
    if not _differs(study, settings, few, their, (3, 4), 4):  # matrices too: not so if they are for a rule
        kinds.append((values, grads, (70, 70), 350))
    for data, g, shape, piece in kinds:
        wrong = _differs(study, settings, data, g, shape, piece)
        if wrong:
            yield Finding("depends-on-size", f"{wrong}, right for vectors of {SMALL} values")
            return


def _drawn(study: OptimizerStudy, size: int) -> tuple[NDArray[Any], NDArray[Any]]:
    (param,) = params = study.params(((size,),))
    return param.data, np.array([study.grads(params, step)[0] for step in range(STEPS)])


def _differs(
    study: OptimizerStudy,
    settings: dict[str, Any],
    values: NDArray[Any],
    grads: NDArray[Any],
    shape: tuple[int, ...],
    piece: int,
) -> str:
    """Return how a parameter moves otherwise than its pieces of `piece` values, "" if it does not."""
    places = range(0, len(values), piece)
    parts = () if piece == 1 else (piece,)
    whole = _moved(study, settings, [values.reshape(shape)], [[g.reshape(shape)] for g in grads])
    apart = _moved(
        study,
        settings,
        [values[k : k + piece].reshape(parts) for k in places],
        [[g[k : k + piece].reshape(parts) for k in places] for g in grads],
    )
    if close(whole, apart):
        return ""
    if piece == 1:
        return "a 0-d parameter moves otherwise than the same value in a vector"
    first = int(np.flatnonzero(~np.isclose(whole, apart, rtol=1e-10, atol=1e-13))[0])
    still = "do not move" if whole[first] == values[first] else "move otherwise than in a smaller parameter"
    return f"values of a parameter of shape {shape} {still}, from index {first} on"


def _moved(
    study: OptimizerStudy,
    settings: dict[str, Any],
    values: Sequence[NDArray[Any]],
    grads: Sequence[Sequence[NDArray[Any]]],
) -> NDArray[Any]:
    params = [Parameter(np.array(v)) for v in values]
    optimizer = study.make(params, **settings)
    for of_step in grads:
        study.step(optimizer, params, of_step)
    return np.concatenate([p.data.ravel() for p in params])


def square(study: OptimizerStudy) -> Iterator[Finding]:
    """Where a transposed matrix moves as the transpose of it does, a square one does too.

    Faults: an axis that is taken for the other one where both are as long.
    Fix: name the axis; try shapes that are not square.
    """
    for settings in study.modes:
        if all(_turns(study, settings, shape) for shape in ((3, 5), (5, 3))):
            if not _turns(study, settings, (4, 4)):
                yield Finding(
                    "depends-on-size", "a square matrix moves otherwise when it is transposed: an axis?"
                )
                return
        else:
            raise DoesNotApply("a transposed matrix moves otherwise, as for a rule with rows of its own")


def _turns(study: OptimizerStudy, settings: dict[str, Any], shape: tuple[int, int]) -> bool:
    (param,) = study.params((shape,))
    grads = [study.grads([param], step) for step in range(STEPS)]
    there = _moved(study, settings, [param.data], grads).reshape(shape)
    back = _moved(study, settings, [param.data.T], [[g.T.copy()] for (g,) in grads]).reshape(shape[::-1])
    return close(there, back.T)


SIZES = (
    Check("sizes", sizes, after=("in_place", "separate")),
    Check("square", square, after=("in_place", "sizes")),
)
