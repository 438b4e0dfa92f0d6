"""A program: what one signature of a compiled function replays."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from ..errors import TracingError
from ..tensor import Tensor
from ..tensor.kinds import AssignedTensor
from .source import Writer, drop_unused
from .steps import Deviation, Kind, Slot, Step, find_slots, iterate_leaves, map_tree
from .traced import is_traced

if TYPE_CHECKING:
    from ..transforms.captures import Captures
    from .trace import Trace

_describe_tensor = attrgetter("data.shape", "data.dtype", "tracked", "__class__")
_IMMUTABLE = (int, float, complex, str, bytes, np.generic, np.dtype, type, type(None), type(...))


class Program:
    """The recorded calls of one signature, ready to replay: `run(*leaves)`."""

    def __init__(self, f: Callable[..., Any], trace: Trace, captures: Captures) -> None:
        tracer = trace.tracer
        self.f, self.captures, self.backward = f, captures, trace.backward
        self.has_effects = tracer.has_effects or trace.writes_to_arguments
        self.tensors = [t for t, _ in tracer.tensors.values()]
        self._expected = list(map(_describe_tensor, self.tensors))
        self._assigned = [(t, t.data) for t in captures.tensors if type(t) is AssignedTensor]
        output = map_tree(trace.output, lambda x: self._lower_output(x, trace))
        tracked = [Slot(x.data.slot) for x in trace.tracked.values()]  # type: ignore[attr-defined]
        kept = {*find_slots(output), *tracked}
        if self.backward is not None:
            read = [*map(Slot, range(len(trace.inputs))), *[Slot(x.slot) for _, x in tracer.tensors.values()]]
            variables = {x for step in tracer.steps for x in step.outputs()}.union(read)
            self.backward.write(tracer.constants, variables)
            kept.update(self.backward.saved)
        self.steps = drop_unused(tracer.steps, kept)
        writer = Writer(tracer.constants, tracer.errors)
        names: dict[int, str] = {}
        parameters = []
        for i, x in enumerate(trace.inputs):
            is_new_tensor = isinstance(x, Tensor) and id(x) not in names
            parameters.append(f"a{i}" if is_new_tensor else f"v{i}")
            if is_new_tensor:
                names[id(x)] = f"a{i}"
                data: Any = x.data
                writer.write(f"v{data.slot} = a{i}.data")
        for t, x in tracer.tensors.values():
            writer.write(f"v{x.slot} = {writer.name(t)}.data")
        writer.write_steps(self.steps, kept)
        if self.backward is not None:
            leaves = writer.express(tuple([names.get(id(x)) or writer.name(x) for x in self.backward.uses]))
            saved = ", ".join(map(writer.express, self.backward.saved))
            made = ", ".join(f"m{k}" for k in range(len(tracked)))
            make = writer.name(self.backward.make_outputs)
            writer.write(f"[{made}] = {make}({leaves}, [{saved}], {writer.express(tuple(tracked))})")
        writer.write(f"return {writer.express(output)}")
        self.run = writer.compile(parameters)

    def _lower_output(self, x: Any, trace: Trace) -> Any:
        """Return the slot, or the name in the written function, of a part of the output."""
        tracer = trace.tracer
        if is_traced(x):
            return Slot(x.slot)
        if id(x) in trace.tracked:
            return f"m{list(trace.tracked).index(id(x))}"
        if self.captures.includes(x) or isinstance(x, _IMMUTABLE):
            return tracer.add_constant(x)
        for i, y in enumerate(trace.inputs):
            if x is y:
                return f"a{i}"
        if isinstance(x, Tensor):
            return tracer.record_output(Tensor, x.data)
        if type(x) is np.ndarray:
            return tracer.record_output(np.copy, x)  # the caller may write to the result
        return refuse_program(
            self.f, f"it returns a {type(x).__name__}", "return arrays, numbers and trees of them"
        )

    def is_current(self) -> bool:
        """Return whether nothing outside of the arguments has changed, except for values of tensors."""
        if list(map(_describe_tensor, self.tensors)) != self._expected:
            return False
        return not self.captures.has_changed() and all(t.data is data for t, data in self._assigned)

    def explain(self, error: Exception) -> Exception:
        """Return the error to raise for one of a replay that may have written or drawn before."""
        if not isinstance(error, Deviation):
            return error
        return TracingError(
            f"{error}. {describe_function(self.f)} also draws or writes to an array, so the call cannot run "
            "again without the program: choose with np.where(mask, a, b) in the place of x[mask]"
        )

    def describe(self) -> str:
        """Return the text of the program: calls, shapes, and what was captured."""
        lines = [f"{describe_function(self.f)}: {len(self.steps)} calls", *map(_describe_step, self.steps)]
        if self.backward is not None:
            steps, _ = self.backward.direct[0]
            lines += [f"backward: {len(steps)} calls", *map(_describe_step, steps)]
        lines.append("captured:")
        for t in self.tensors:
            name = getattr(t, "name", "") or type(t).__name__.lower()
            lines.append(f"  {name} {t.data.dtype}{t.data.shape}, read at each call")
        for x, _ in self.captures.arrays.values():
            lines.append(f"  array {x.dtype}{x.shape}, compared at each call")
        return "\n".join(
            [*lines, *[f"  {guard[2]}, compared at each call" for guard in self.captures.guards]]
        )


def _describe_step(step: Step) -> str:
    """Return '  %7 = basic::multiply(%0, %3) -> float64(3,)   model.py:12'."""
    prefix = {Kind.BACKWARD: "backward of ", Kind.SAVED: "saved "}.get(step.kind, "")
    args = ", ".join(f"%{int(x)}" for x in find_slots((step.args, step.kwargs)))
    shapes = [f"{getattr(x, 'dtype', type(x).__name__)}{np.shape(x)}" for x in iterate_leaves(step.value)]
    out = ", ".join(f"%{int(x)}" for x in find_slots(step.out)) or "_"
    return f"  {out} = {prefix}{step.name}({args}) -> {', '.join(shapes)}   {step.place}"


def refuse_program(f: Callable[..., Any], what: str, advice: str) -> NoReturn:
    """Raise a `TracingError` for a function as a whole.

    Raises
    ------
    TracingError
        Always.
    """
    raise TracingError(
        f"{describe_function(f)} cannot be compiled: {what}, which a replay would not do: {advice}"
    )


def describe_function(f: Callable[..., Any]) -> str:
    """Return 'loss (model.py:12)'."""
    code = getattr(getattr(f, "__wrapped__", f), "__code__", None)
    name = getattr(f, "__name__", repr(f))
    return name if code is None else f"{name} ({code.co_filename}:{code.co_firstlineno})"
