"""Hypotheses on what became of grad, and on which part of the Jacobian was used."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from .facts import Facts, as_number, fits, ratio_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


def cotangent(facts: Facts) -> Iterator[str]:
    """What became of grad: J^T h(g) for some h that is not g."""
    if facts.jacobian is None or facts.grad.size != facts.jacobian.shape[0]:
        return
    g, rule = facts.grad.ravel(), facts.rule()
    if rule is not None and rule.shape == facts.jacobian.shape and fits(facts.mine.ravel(), g @ rule):
        yield from _rearranged(facts)
        return  # linear in grad
    for told, other in (
        ("grad is ignored: the gradient is that of a sum (grad = 1)", np.ones_like(g)),
        ("|grad| is used for grad: its sign is lost", np.abs(g)),
        ("grad is squared", g * g),
        ("grad is clipped to [-1, 1]", np.clip(g, -1, 1)),
        ("the sign of grad is used for grad: its size is lost", np.sign(g)),
        ("negative values of grad are dropped", np.maximum(g, 0)),
        ("grad is averaged over its values", np.full_like(g, g.mean())),
        ("grad is summed over its values", np.full_like(g, g.sum())),
        ("grad is normalized to length 1", g / (np.linalg.norm(g) or 1.0)),
    ):
        if not fits(other, g) and fits(facts.mine.ravel(), other @ facts.jacobian):
            yield told
    for limit in (0.5, 1.0, 2.0, 5.0, 10.0):
        if fits(facts.mine.ravel(), np.clip(g, -limit, limit) @ facts.jacobian) and not fits(
            np.clip(g, -limit, limit), g
        ):
            yield f"grad is clipped to [-{limit:g}, {limit:g}]"
    yield from _rearranged(facts)


def _rearranged(facts: Facts) -> Iterator[str]:
    """The values of grad in the wrong places, or not all of them."""
    if facts.jacobian is None or facts.grad.size != facts.jacobian.shape[0]:
        return
    for told, other in _arrangements(facts.grad):
        if not fits(other, facts.grad) and fits(facts.mine.ravel(), other.ravel() @ facts.jacobian):
            yield told


def _arrangements(g: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    for axes in permutations(range(g.ndim)):
        if g.transpose(axes).shape == g.shape and axes != tuple(range(g.ndim)):
            yield "grad is transposed", g.transpose(axes)
    if g.ndim > 1:
        yield "grad is read in column-major order", g.ravel("F").reshape(g.shape)
        yield "grad is reshaped where it must be transposed", g.T.reshape(g.shape)
    if g.size > 1:
        yield "the first value of grad is used for all", np.full_like(g, g.flat[0])
    for axis, n in enumerate(g.shape):
        yield (
            f"the first of grad along axis {axis} is used for all",
            np.broadcast_to(np.take(g, [0], axis), g.shape),
        )
        yield f"grad is reversed along axis {axis}", np.flip(g, axis)
        for shift in range(1, n):
            yield f"grad is shifted by {shift} along axis {axis}", np.roll(g, shift, axis)
        for part in (k for k in range(2, n) if n % k == 0):
            split = g.reshape(*g.shape[:axis], part, n // part, *g.shape[axis + 1 :])
            yield (
                f"grad is interleaved along axis {axis}: the order of a repeat for that of a tile",
                np.swapaxes(split, axis, axis + 1).reshape(g.shape),
            )
        for k in range(n) if n > 1 else ():
            at = (np.arange(n) == k).reshape([-1 if a == axis else 1 for a in range(g.ndim)])
            yield (
                f"only index {k} along axis {axis} of grad is used: a sum over axis {axis} is missing",
                g * at,
            )
            yield f"index {k} along axis {axis} of grad is left out", g * ~at


def outputs(facts: Facts) -> Iterator[str]:
    """With several outputs, what became of the gradient of one of them."""
    for name, part in facts.parts.items():
        if not part.any():
            continue
        rest = facts.mine - facts.true
        if fits(rest, -part):
            yield f"what comes back through {name} is missing: its grad is ignored"
        ratio = ratio_of(rest, part)
        if ratio is not None and not fits(rest, -part):
            yield f"what comes back through {name} is {as_number(1 + ratio)} times what it must be"


def diagonal(facts: Facts) -> Iterator[str]:
    """Part of the Jacobian is missing."""
    j = facts.jacobian
    if j is None or facts.grad.size != j.shape[0]:
        return
    g = facts.grad.ravel()
    if j.shape[0] == j.shape[1] and not fits(j, np.diag(np.diag(j))):
        if fits(facts.mine.ravel(), g * np.diag(j)):
            yield "only the diagonal of the Jacobian is used: what one output owes to other inputs is missing"
        if fits(facts.mine.ravel(), g @ (j - np.diag(np.diag(j)))):
            yield "the diagonal of the Jacobian is missing"
        if fits(facts.mine.ravel(), j @ g):
            yield "the Jacobian is transposed: J g for J^T g"
        for told, part in (("upper", np.triu(j)), ("lower", np.tril(j))):
            if not fits(part, j) and fits(facts.mine.ravel(), g @ part):
                yield f"only the {told} triangle of the Jacobian is used"
