"""`where`, `select` and `choose`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, boolean, real
from minigrad_core.errors import ArgumentError

from .. import references
from ..dtypes import detach
from ..function import NumpyFunction
from ..nan_safe import apply_mask


class Select(NumpyFunction):
    """The value, at each position, of the first choice whose condition holds, else of the default.

    The default is the last input. The gradient goes to the choice of each value.
    """

    reference = staticmethod(references.select)
    broadcasts = True
    takes_complex = True
    cases = (
        Case(
            choices=(real("2 3"), real("2 3"), real("")),
            conditions=(np.array([True, False, False]), np.array([[True], [False]])),
        ),
    )

    @staticmethod
    def from_numpy(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
        """Take the choices and the default as inputs, the conditions as a setting."""
        return (*choicelist, default), {"conditions": tuple(condlist)}

    def forward(self, ctx: Context, *choices: Array, conditions: tuple[Any, ...]) -> Array:
        if len(choices) != len(conditions) + 1:
            raise ValueError(f"expected one choice for each of {len(conditions)} conditions, and a default")
        ctx.save(conditions)
        return np.select(conditions, choices[:-1], choices[-1])

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        is_free: Any = True  # where no earlier condition holds
        grads: list[Array | None] = []
        for condition, needed in zip((*ctx.saved[0], True), ctx.needs, strict=True):
            grads.append(apply_mask(grad, np.logical_and(is_free, condition)) if needed else None)
            is_free = np.logical_and(is_free, np.logical_not(condition))
        return tuple(grads)


class Choose(NumpyFunction):
    """The value, at each position, of the choice with the number `index`.

    mode: "raise", "wrap" or "clip" for a number out of range. The gradient goes to the choice of each value.
    """

    reference = staticmethod(references.choose)
    broadcasts = True
    takes_complex = True
    cases = (
        Case(choices=(real("2 3"), real("3"), real("")), index=np.array([[0, 1, 2], [2, 1, 0]])),
        Case(choices=(real("3"), real("3")), index=np.array([0, 3, -1]), mode="wrap"),
    )

    @staticmethod
    def from_numpy(a: Any, choices: Any, out: None = None, mode: str = "raise") -> Any:
        """Take the choices as inputs, the numbers as a setting."""
        return tuple(choices), {"index": detach(a), "mode": mode, **({} if out is None else {"out": out})}

    def forward(self, ctx: Context, *choices: Array, index: Any, mode: Any = "raise") -> Array:
        number = np.choose(index, list(range(len(choices))), mode=mode)
        ctx.save(number)
        zero = np.zeros((), np.result_type(*choices))
        return np.select([number == i for i in range(len(choices))], choices, zero)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        (number,) = ctx.saved
        return tuple(apply_mask(grad, number == i) if needed else None for i, needed in enumerate(ctx.needs))


class Where(Operation):
    """`x` where the condition holds, else `y`.

    The gradient of each value goes to the input that has the value. The condition has no gradient.
    """

    name = "where"
    reference = staticmethod(np.where)
    broadcasts = True
    implements = (np.where,)
    takes_complex = True
    cases = (Case(condition=boolean("..."), x=real("..."), y=real("...")),)

    @staticmethod
    def from_numpy(condition: Any, *branches: Any) -> Any:
        """Leave a condition alone to NumPy, which returns positions."""
        if not branches:
            if condition.requires_grad:
                raise ArgumentError(
                    "np.where of a condition alone, which requires a gradient: use np.nonzero(condition)"
                )
            return NotImplemented
        return (condition, *branches), {}

    def forward(self, ctx: Context, condition: Array, x: Array, y: Array) -> Array:
        ctx.save(condition)
        return np.where(condition, x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        (condition,) = ctx.saved
        _, needs_x, needs_y = ctx.needs
        return (
            None,
            apply_mask(grad, condition) if needs_x else None,
            apply_mask(grad, np.logical_not(condition)) if needs_y else None,
        )


select = Select(np.select)
choose = Choose(np.choose)
where = Where()
