"""What is wrong with a gradient, in a line: hypotheses fitted to the analytic and the numeric one.

Each hypothesis predicts the wrong gradient from the right one (or from its Jacobian) and is kept if it fits.
The first that fits is told: they are ordered from the special to the general, and one that is only a
coincidence on few values is not told at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

FIT = 1e-6  # relative; oracles are known to 1e-8 or better


@dataclass(frozen=True)
class Facts:
    """What the hypotheses look at, for one input.

    Attributes
    ----------
    x : array
        The input.
    mine, true : arrays of its shape
        The analytic and the numeric gradient.
    grad : array
        The cotangent of the first float output.
    output : array
        That output.
    jacobian : (outputs, values) array or None
        The numeric Jacobian.
    others : dict of str to array
        Gradients of the other inputs, numeric.
    discrete : tuple of arrays
        Inputs that are indices or masks.
    """

    x: NDArray[Any]
    mine: NDArray[Any]
    true: NDArray[Any]
    grad: NDArray[Any]
    output: NDArray[Any]
    jacobian: NDArray[Any] | None
    others: dict[str, NDArray[Any]]
    discrete: tuple[NDArray[Any], ...] = ()


def diagnose(facts: Facts) -> str | None:
    """Return the first hypothesis that fits, None if none does."""
    if not np.isfinite(facts.mine).all():
        return _non_finite(facts)
    if fits(facts.mine, 0 * facts.true):
        return "the gradient is zero"
    for hypothesis in HYPOTHESES:
        told = next(hypothesis(facts), None)
        if told:
            return told
    return None


def fits(x: Any, y: Any, tolerance: float = FIT) -> bool:
    """Whether two arrays are equal as far as an oracle can tell."""
    if np.shape(x) != np.shape(y):
        return False
    scale = float(np.abs(y).max(initial=0.0))
    return bool((np.abs(x - y) <= tolerance * scale + 1e-12).all())


def _non_finite(facts: Facts) -> str:
    bad = ~np.isfinite(facts.mine)
    where = _region(facts.x, bad)
    return f"the gradient is {'NaN' if np.isnan(facts.mine).any() else 'infinite'}" + (
        f" where {where}" if where else ""
    )


def _factor(facts: Facts) -> Iterator[str]:
    ratio = _ratio(facts.mine, facts.true)
    if ratio is None or abs(ratio - 1) < 1e-5:
        return
    if np.isclose(ratio, -1, rtol=FIT):
        yield "the sign is wrong: the gradient is minus the numeric one"
    elif np.isclose(ratio, 2, rtol=FIT):
        yield "the gradient is twice the numeric one (a factor of 2)"
    else:
        hint = _size_hint(ratio, facts)
        yield f"the gradient is {_number(ratio)} times the numeric one (a constant factor{hint})"


def _ratio(mine: Any, true: Any) -> float | None:
    """Return the factor between two arrays of at least two values, None if there is none."""
    big = np.abs(true) > 1e-3 * np.abs(true).max(initial=0.0)
    if not big.any():
        return None
    ratio = float(np.median((mine / np.where(big, true, 1.0))[big]))
    return ratio if ratio and (true.size > 1 or _plain(ratio)) and fits(mine, ratio * true) else None


def _plain(ratio: float) -> bool:
    return any(
        np.isclose(abs(ratio) * k, round(abs(ratio) * k), rtol=FIT) for k in (1, 2, 3, 4, 5, 6, 8, 10, 12)
    )


def _number(ratio: float) -> str:
    for k in range(1, 13):
        if round(ratio * k) and np.isclose(ratio * k, round(ratio * k), rtol=1e-7):
            return f"{round(ratio * k)}" if k == 1 else f"{round(ratio * k)}/{k}"
    return f"{ratio:.6g}"


def _size_hint(ratio: float, facts: Facts) -> str:
    if facts.output.size == facts.x.size:
        return ""  # no sum and no mean is at work
    sizes = {f"axis {k} of the input": n for k, n in enumerate(facts.x.shape)} | {"the input": facts.x.size}
    for name, n in sizes.items():
        if n > 1 and (np.isclose(ratio, n, rtol=FIT) or np.isclose(ratio, 1 / n, rtol=FIT)):
            kind = "a mean for a sum" if ratio < 1 else "a sum for a mean"
            return f": {kind}? {name} has {n} values"
    return ""


def _cotangent(facts: Facts) -> Iterator[str]:
    """What became of grad: J^T h(g) for some h that is not g."""
    if facts.jacobian is None or facts.grad.size != facts.jacobian.shape[0]:
        return
    g = facts.grad.ravel()
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
    for axis, n in enumerate(g.shape):
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


def _indexed(facts: Facts) -> Iterator[str]:
    """Wrong where an index repeats, or the other way round from a mask."""
    bad = ~_close_entries(facts.mine, facts.true)
    for array in facts.discrete:
        if array.dtype.kind == "b" and array.shape == bad.shape:
            lost, found = facts.true * ~array, facts.mine * array
            if not array.all() and fits(lost, 0 * lost) and fits(found, 0 * found):
                yield "the mask is inverted: the gradient goes to what the mask leaves out"
        for axis, size in enumerate(bad.shape if array.dtype.kind in "iu" and bad.any() else ()):
            counts = np.bincount(array.ravel() % max(size, 1), minlength=size)
            wrong = bad.any(axis=tuple(k for k in range(bad.ndim) if k != axis))
            if len(counts) == size and (counts > 1).any() and not (wrong & (counts < 2)).any():
                yield f"wrong only where the index repeats (axis {axis}): overwritten, not added up"


def _arrangement(facts: Facts) -> Iterator[str]:
    """The right values in the wrong places."""
    true, mine = facts.true, facts.mine
    for axes in permutations(range(true.ndim)):
        if (
            axes != tuple(range(true.ndim))
            and true.transpose(axes).shape == mine.shape
            and fits(mine, true.transpose(axes))
        ):
            yield (
                "the gradient is transposed"
                if true.ndim == 2
                else f"the axes of the gradient are permuted: {axes}"
            )
    for axis in range(true.ndim):
        if true.shape[axis] > 1 and fits(mine, np.flip(true, axis)):
            yield f"the gradient is reversed along axis {axis}"
        for shift in range(1, true.shape[axis]):
            if fits(mine, np.roll(true, shift, axis)):
                halves = "the two halves are swapped: " if 2 * shift == true.shape[axis] else ""
                yield f"{halves}the gradient is shifted by {shift} along axis {axis}"
    for name, other in facts.others.items():
        if other.shape == mine.shape and fits(mine, other):
            yield f"it is the gradient of {name}: the inputs are swapped"
        elif other.shape == mine.shape and fits(mine, -other):
            yield f"it is minus the gradient of {name}: the inputs are swapped"
    if true.size > 2 and fits(np.sort(mine.ravel()), np.sort(true.ravel())):
        yield "the right values are in the wrong places: they are permuted"


def _reduced(facts: Facts) -> Iterator[str]:
    """A sum or mean over an axis too many or too few."""
    true, mine = facts.true, facts.mine
    for axis in (*range(true.ndim), None):
        n = true.size if axis is None else true.shape[axis]
        if n < 2:
            continue
        along = "all axes" if axis is None else f"axis {axis}"
        for what, made in (("sum", np.sum), ("mean", np.mean)):
            if fits(mine, np.broadcast_to(made(true, axis=axis, keepdims=True), true.shape)):
                yield f"the gradient is the {what} over {along} of the right one, repeated"
    for axis in range(true.ndim):
        if true.shape[axis] < 2:
            continue
        missing = (
            np.abs(mine - true).max(axis=tuple(k for k in range(true.ndim) if k != axis))
            > FIT * np.abs(true).max()
        )
        if missing.any() and not missing.all():
            places = ", ".join(map(str, np.flatnonzero(missing)))
            inner = not missing[0] and not missing[-1] and missing[1:-1].all() and true.shape[axis] > 3
            hint = ", all but the edges: do contributions overlap?" if inner else ""
            told = f"wrong only at {places} along axis {axis} (of {true.shape[axis]}){hint}"
            yield told + _amount(facts, missing, axis)


def _amount(facts: Facts, missing: Any, axis: int) -> str:
    mine = np.compress(missing, facts.mine, axis)
    true = np.compress(missing, facts.true, axis)
    if fits(mine, 0 * true):
        return ": zero there"
    ratio = _ratio(mine, true)
    return f": {_number(ratio)} times there" if ratio is not None else ""


def _diagonal(facts: Facts) -> Iterator[str]:
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


def _region_only(facts: Facts) -> Iterator[str]:
    """Right on one side of a threshold, wrong on the other."""
    bad = ~_close_entries(facts.mine, facts.true)
    if not bad.any() or bad.all() or facts.x.shape != bad.shape:
        return
    where = _region(facts.x, bad)
    if where is None and facts.output.shape == bad.shape:
        where = _region(facts.output, bad, "y")
    if where is None and facts.grad.shape == bad.shape:
        where = _region(facts.grad, bad, "grad")
    if where is None:
        return
    mine, true = facts.mine[bad], facts.true[bad]
    ratio = _ratio(mine, true)
    how = (
        ": zero there"
        if fits(mine, 0 * true)
        else f": {_number(ratio)} times there"
        if ratio is not None
        else ""
    )
    yield f"wrong only where {where}{how}; right elsewhere"


def _close_entries(mine: Any, true: Any) -> NDArray[Any]:
    return np.abs(mine - true) <= FIT * np.maximum(np.abs(true), 1e-3 * np.abs(true).max(initial=0.0)) + 1e-13


def _region(x: NDArray[Any], bad: NDArray[Any], name: str = "x") -> str | None:
    """Return the condition on the values that separates `bad` from the rest: a sign, or a threshold."""
    if x.shape != bad.shape or bad.all() or not bad.any() or x.size < 2:
        return None
    good = ~bad
    for told, values in ((name, x), (f"|{name}|", np.abs(x))):
        inside, outside = values[bad], values[good]
        low, high = float(outside.max()), float(inside.min())
        if low < high:
            return f"{told} > {_between(low, high)}"
        low, high = float(inside.max()), float(outside.min())
        if low < high:
            return f"{told} < {_between(low, high)}"
    return None


def _between(low: float, high: float) -> str:
    """Return the roundest number between two others."""
    if low < 0 < high:
        return "0"
    for digits in range(-3, 8):
        for number in (round(low, digits), round(high, digits), round((low + high) / 2, digits)):
            if low < number < high:
                return f"{number:g}"
    return f"{(low + high) / 2:.3g}"


def _missing_factor(facts: Facts) -> Iterator[str]:
    """The gradient is off by a factor that is a known function of x, y or g: an inner derivative, say."""
    with np.errstate(all="ignore"):
        ratio = facts.mine / facts.true
    if facts.true.size < 3 or not np.isfinite(ratio).all() or np.ptp(ratio) < FIT * np.abs(ratio).max():
        return
    for told, values in _quantities(facts):
        if values.shape != ratio.shape:
            continue
        if fits(ratio, values):
            yield f"a factor too many: the gradient is {told} times the numeric one"
        elif fits(ratio * values, np.ones_like(ratio)):
            yield f"a factor is missing: the gradient times {told} is the numeric one"
        elif fits(ratio * values, -np.ones_like(ratio)):
            yield f"sign and a factor are wrong: minus the gradient times {told} is the numeric one"


def _spread(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield x, y and grad in the gradient's shape; one that lacks an axis is repeated along it."""
    shape = facts.true.shape
    for name, v in (("x", facts.x), ("y", facts.output), ("grad", facts.grad)):
        if v.shape == shape:
            yield name, v
        elif v.ndim == len(shape) - 1:
            for axis in range(len(shape)):
                if v.shape == shape[:axis] + shape[axis + 1 :]:
                    yield name, np.broadcast_to(np.expand_dims(v, axis), shape)


def _quantities(facts: Facts) -> Iterator[tuple[str, NDArray[Any]]]:
    with np.errstate(all="ignore"):
        for name, v in _spread(facts):
            yield from (
                (name, v),
                (f"{name}**2", v * v),
                (f"(1 - {name}**2)", 1 - v * v),
                (f"(1 - {name})", 1 - v),
            )
            yield from (
                (f"(1 + {name})", 1 + v),
                (f"|{name}|", np.abs(v)),
                (f"2 {name}", 2 * v),
                (f"{name} / 2", v / 2),
            )
            yield from (
                (f"exp({name})", np.exp(v)),
                (f"log({name})", np.log(v)),
                (f"sqrt({name})", np.sqrt(v)),
            )
            yield from (
                (f"cos({name})", np.cos(v)),
                (f"sin({name})", np.sin(v)),
                (f"{name} (1 - {name})", v * (1 - v)),
            )
            yield from ((f"(1 + {name}**2)", 1 + v * v), (f"{name}**3", v**3), (f"tanh({name})", np.tanh(v)))


def _residual(facts: Facts) -> Iterator[str]:
    """What is left over is proportional to something known."""
    rest = facts.mine - facts.true
    if rest.size < 3:
        return
    if np.ptp(rest) <= FIT * np.abs(rest).max():
        yield f"a constant is added to the gradient: {float(rest.flat[0]):.4g} everywhere"
    for told, values in _spread(facts):
        ratio = _ratio(rest, values)
        if ratio is not None:
            kind = "a term is missing" if ratio < 0 else "a term too many"
            yield f"{kind}: the difference is {_number(ratio)} times {told}"
        yield from _row_by_row(rest, told, values)
    for axis in range(rest.ndim):
        if rest.shape[axis] > 1 and fits(rest, np.broadcast_to(rest.mean(axis, keepdims=True), rest.shape)):
            yield f"a term summed over axis {axis} is missing or too many: the difference is constant there"


def _row_by_row(rest: NDArray[Any], told: str, values: NDArray[Any]) -> Iterator[str]:
    """The difference is a multiple of something known, another multiple in each row."""
    for axis in range(rest.ndim):
        if rest.shape[axis] < 3 or np.ptp(values, axis=axis).max() == 0:
            continue
        scale = (rest * values).sum(axis, keepdims=True) / np.maximum(
            (values * values).sum(axis, keepdims=True), 1e-300
        )
        if fits(rest, scale * values):
            yield f"a term is missing or too many: along axis {axis} the difference is proportional to {told}"


def _precision(facts: Facts) -> Iterator[str]:
    error = float(np.abs(facts.mine - facts.true).max() / (np.abs(facts.true).max() or 1.0))
    if error < 2e-3:
        kind = "single" if error < 1e-5 else "half"
        if fits(facts.mine, facts.true, 10 * (1e-7 if kind == "single" else 1e-3)):
            cast = "float32" if kind == "single" else "float16"
            yield f"the gradient is right to {error:.1g} only: {kind} precision, is something cast to {cast}?"


def _sparse(facts: Facts) -> Iterator[str]:
    """Some entries are wrong, the others right."""
    bad = ~_close_entries(facts.mine, facts.true)
    if not bad.any() or bad.all():
        return
    mine, true = facts.mine[bad], facts.true[bad]
    if fits(mine, 0 * true):
        yield f"{int(bad.sum())} of {bad.size} entries are zero and must not be: a contribution is lost"
    elif fits(true, 0 * mine):
        yield f"{int(bad.sum())} of {bad.size} entries are not zero where they must be"
    elif (ratio := _ratio(mine, true)) is not None and bad.sum() > 1:
        yield f"{int(bad.sum())} of {bad.size} entries are {_number(ratio)} times the numeric ones"


HYPOTHESES: tuple[Callable[[Facts], Iterator[str]], ...] = (
    _factor,
    _precision,
    _indexed,
    _cotangent,
    _arrangement,
    _diagonal,
    _region_only,
    _missing_factor,
    _reduced,
    _residual,
    _sparse,
)
