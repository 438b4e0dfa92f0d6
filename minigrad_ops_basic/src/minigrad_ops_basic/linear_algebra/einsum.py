"""`einsum`."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from string import ascii_letters
from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, real

from .. import references
from ..dtypes import promote, widen_half
from ..function import NumpyFunction


class Einsum(NumpyFunction):
    """The sum of products that `subscripts` describes: "ij,jk->ik".

    d/doperand = the product of grad and the other operands, summed to the subscripts of the operand. The
    gradient is constant along a letter that only the operand has, and zero off the diagonal of a letter that
    the operand has twice.

    optimize: the order of contraction, as in NumPy; a bool or the name of a strategy holds for the gradients,
    too. Large products are ordered even if `optimize` is False.
    """

    reference = staticmethod(references.einsum)
    returns_view = True  # for one operand without a sum, as in NumPy
    takes_complex = True
    cases = (
        Case(operands=(real("n k"), real("k m")), subscripts="ij,jk->ik"),
        Case(operands=(real("n k"), real("k m")), subscripts="ij,jk", optimize=True),
        Case(operands=(real("2 3"), real("3"), real("2")), subscripts="ij,j,i->"),
        Case(operands=(real("3 3 2"),), subscripts="iij->ij"),
        Case(operands=(real("3 3"),), subscripts="ii"),
        Case(operands=(real("2 3 3"), real("2")), subscripts="ijj,i->j"),
        Case(operands=(real("n k"),), subscripts="ij->j"),
        Case(operands=(real("n k"),), subscripts="ij->ji"),
        Case(operands=(real("2 3"), real("2")), subscripts="i...,i"),
        Case(operands=(real("1 1 3"), real("4 3 2")), subscripts="...ij,...jk->...ik"),
        Case(operands=(real("2 2 3"), real("3 2")), subscripts="...ij,...jk->...ik"),
        Case(operands=(real("2 3 2"),), subscripts="i...->..."),
        Case(operands=(real("2 5 6"), real("6 2 7")), subscripts="bik,kbj->jbi"),
        Case(operands=(real("3 2"), real("1 2"), real("1")), subscripts="ia,ia,i->a"),
    )

    @staticmethod
    def from_numpy(*operands: Any, **settings: Any) -> Any:
        """Take both of NumPy's forms: a string and operands, or operands each followed by a list of axes."""
        if isinstance(operands[0], str):
            return operands[1:], {"subscripts": operands[0], **settings}
        inputs, lists = operands[0 : 2 * (len(operands) // 2) : 2], operands[1::2]
        subscripts = ",".join(_spell(axes) for axes in lists)
        if len(operands) % 2:
            subscripts += "->" + _spell(operands[-1])
        return inputs, {"subscripts": subscripts, **settings}

    def forward(self, ctx: Context, *operands: Array, subscripts: str, optimize: Any = False) -> Array:
        # All in one type, as in NumPy without `optimize`: a product of two int8 operands would wrap around.
        arrays = promote(*(np.asarray(x) if isinstance(x, (int, float)) else x for x in operands))
        inputs, output = _make_explicit(subscripts, [x.ndim for x in arrays])
        ctx.save(arrays, inputs, output, optimize)
        order = optimize or _is_worth_ordering(_collect_sizes(inputs, arrays), [*inputs, output])
        return np.einsum(subscripts, *arrays, optimize=order)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        operands, inputs, output, optimize = ctx.saved
        order = optimize if isinstance(optimize, (bool, str)) else True
        sizes = _collect_sizes(inputs, operands)
        grads: list[Array | None] = []
        for i, needed in enumerate(ctx.needs):
            others = [
                (output, widen_half(grad)),
                *((s, x) for j, (s, x) in enumerate(zip(inputs, operands, strict=True)) if j != i),
            ]
            grads.append(
                _contract_to_operand(inputs[i], operands[i].shape, others, sizes, optimize=order)
                if needed
                else None
            )
        return tuple(grads)


def _contract_to_operand(
    own: str, shape: tuple[int, ...], others: list[tuple[str, Array]], sizes: dict[str, int], *, optimize: Any
) -> Array:
    """Return the product of `others`, summed to the subscripts `own` of an operand of this shape."""
    terms, dtype, target = list(others), others[0][1].dtype, "".join(dict.fromkeys(own))
    # An axis of size one in the others does not show how often to repeat.
    known = {
        letter for s, x in terms for letter, n in zip(s, x.shape, strict=True) if n == sizes.get(letter, n)
    }
    terms += [(letter, np.ones(sizes[letter], dtype)) for letter in target if letter not in known]
    spelled = ",".join(subscripts for subscripts, _ in terms)
    order = optimize or _is_worth_ordering(sizes, [subscripts for subscripts, _ in others] + [own])
    out = np.einsum(f"{spelled}->{target}", *(x for _, x in terms), optimize=order)
    for k, letter in enumerate(own):
        if letter in own[:k]:  # zeros off the diagonal of two axes
            n, places = sizes[letter], (own.index(letter), k)
            aligned = [n if a in places else 1 for a in range(out.ndim + 1)]
            out = np.expand_dims(out, k) * np.eye(n, dtype=dtype).reshape(aligned)
    return unbroadcast(out, shape)


def _is_worth_ordering(sizes: dict[str, int], subscripts: Sequence[str]) -> bool:
    """Return whether the product is large and uses each value often, as a product of matrices does.

    With an order, einsum calls BLAS, which takes a tenth of the time for stacks of 64 x 32. The loops of
    einsum are faster for small products (10 us less), and for products that use each value once or twice.
    """
    work = prod(sizes.values())
    values = sum(prod(sizes[letter] for letter in set(own)) for own in subscripts)
    return work >= 2**17 and work > 8 * values


def _spell(axes: Sequence[Any]) -> str:
    return "".join("..." if axis is Ellipsis else ascii_letters[axis] for axis in axes)


def _collect_sizes(inputs: Sequence[str], operands: Sequence[Array]) -> dict[str, int]:
    """Return the size of each letter; size one broadcasts."""
    sizes: dict[str, int] = {}
    for subscripts, x in zip(inputs, operands, strict=True):
        for letter, size in zip(subscripts, x.shape, strict=True):
            sizes[letter] = size if sizes.get(letter, 1) == 1 else sizes[letter]
    return sizes


def _make_explicit(subscripts: str, ndims: Sequence[int]) -> tuple[list[str], str]:
    """Return the subscripts of each input and of the output, with letters instead of `...`."""
    left, arrow, output = subscripts.replace(" ", "").partition("->")
    inputs = left.split(",")
    if len(inputs) != len(ndims):
        raise ValueError(
            f"einsum: {subscripts!r} has subscripts for {len(inputs)} operands, got {len(ndims)}"
        )
    spare = [letter for letter in ascii_letters if letter not in subscripts]
    widths = [ndim - len(s.replace("...", "")) for s, ndim in zip(inputs, ndims, strict=True) if "..." in s]
    for_dots = "".join(spare[: max(widths, default=0)])
    if not arrow:
        once = sorted(c for c in left if c in ascii_letters and left.count(c) == 1)
        output = "..." * ("..." in left) + "".join(once)
    explicit = []
    for s, ndim in zip(inputs, ndims, strict=True):
        width = ndim - len(s.replace("...", ""))
        explicit.append(s.replace("...", for_dots[len(for_dots) - width :]))
    return explicit, output.replace("...", for_dots)


einsum = Einsum(np.einsum)
