"""Operations that are recorded when they are called on arrays, and tensors that give stand-ins."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from ..dispatch.tables import describe
from ..engine.node import Context, match_to_inputs
from ..tensor import Tensor
from .refusals import refuse
from .traced import TracedScalar, has_traced, is_traced
from .tracer import ReplayContext, Tracer


class TracedOperation:
    """One call of an operation, whose `forward` and `backward` are recorded when they are called on arrays.

    In a higher derivative, the engine calls them on tensors. Then they run as they are, and the calls of
    operations in them are recorded.
    """

    def __init__(self, tracer: Tracer, op: Any) -> None:
        self.tracer, self.op = tracer, op
        self.numbers: list[Any] = []  # stand-ins for Python numbers that `forward` saved

    def __getattr__(self, name: str) -> Any:
        return getattr(self.op, name)

    def forward(self, ctx: Context, *inputs: Any, **settings: Any) -> Any:
        """Call and record the `forward` of the operation."""
        if any(isinstance(x, Tensor) for x in inputs):
            return self.op.forward(ctx, *inputs, **settings)
        tracer, op, name = self.tracer, self.op, describe(self.op)
        self.needs, self.context = ctx.needs, tracer.call(_make_context_class(ctx.needs), (), {})
        out = tracer.call(op.forward, (self.context, *inputs), settings, name, varies=not op.broadcasts)
        by_id = {id(x.value): x for x in inputs if is_traced(x) and not isinstance(x.value, int)}
        ctx.saved = self._lift(self.context.value.saved, f"{self.context.text}.saved", by_id)
        if type(out) is not TracedScalar:
            return out
        if type(out.value) in (int, bool) and not op.differentiable:
            if has_traced((inputs, settings)):
                refuse(f"the number that {name} returns", "choose with np.where, on arrays")
            return out.value
        return tracer.call(np.asarray, (out,), {})

    def backward(self, ctx: Context, *grads: Any) -> Any:
        """Call and record the `backward` of the operation."""
        tracer, op, name = self.tracer, self.op, describe(self.op)
        if any(isinstance(g, Tensor) for g in grads):
            while self.numbers:
                tracer.check_number(self.numbers.pop(), f"{name} saved another number")
            results = op.backward(ctx, *grads)
        else:
            context = self.context
            if ctx.needs != self.needs:
                context = tracer.call(_change_needs, (context, ctx.needs), {})
            results = tracer.call(op.backward, (context, *grads), {}, f"backward of {name}", varies=False)
        if type(results) is tuple and len(results) != len(ctx.inputs):
            return match_to_inputs(op, ctx.inputs, results) or results
        return results

    def _lift(self, value: Any, text: str, inputs: dict[int, Any]) -> Any:
        """Return what the engine finds in the place of a value that `forward` saved."""
        if id(value) in inputs:
            return inputs[id(value)]
        if isinstance(value, (tuple, list)):
            items = [self._lift(x, f"{text}[{i}]", inputs) for i, x in enumerate(value)]
            return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
        stand_in = self.tracer.stand_in(value, text)
        if isinstance(value, (np.ndarray, np.generic, complex)):
            return stand_in
        if isinstance(value, (int, float, str)):
            self.numbers.append(stand_in)
        return value


@cache
def _make_context_class(needs: tuple[bool, ...]) -> type[ReplayContext]:
    return type("ReplayContext", (ReplayContext,), {"needs": needs})


def _change_needs(context: ReplayContext, needs: tuple[bool, ...]) -> ReplayContext:
    """Return a context with the same saved values."""
    changed = _make_context_class(needs)()
    changed.saved = context.saved
    return changed
