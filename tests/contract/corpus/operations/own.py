"""Operations with a bad name, that cannot be pickled, or mistake a tensor that is used twice."""

from __future__ import annotations

from typing import Any

from minigrad_core import Context

from ..pair import breaks
from .right.indexing import MaskedMean
from .right.shipped import Divide, Sin


@breaks("pickling", "not-picklable")
class NotPicklable(MaskedMean):
    def __init__(self) -> None:
        self.scaled = lambda x, keep: x / keep


@breaks("naming", "bad-name")
class BadName(Sin):
    name = "sin (radians)"


@breaks("tensors", "does-not-accumulate")
class DivideBySelf(Divide):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        if x is y:
            return grad * 1, grad * 1  # x / x: the two should cancel
        return super().backward(ctx, grad)
