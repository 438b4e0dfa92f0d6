"""A program: the calls of one run of a function on stand-ins, ready to replay."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np

from ..engine.node import node_numbers
from ..errors import TracingError
from ..tensor import ComplexTensor, Tensor, freeze
from ..tensor.kinds import AssignedTensor
from ..transforms import trees
from ..transforms.captures import Captures, has_same_bits
from .backward import CompiledCall
from .interception import use_tracer
from .refusals import describe_function, refusals, refuse
from .signature import fill
from .traced import get_data, get_value, is_traced
from .tracer import Tracer

_IMMUTABLE = (int, float, complex, str, bytes, np.generic, np.dtype, type, type(None), type(...))


def record(
    f: Callable[..., Any], arguments: Any, leaves: list[Any], objects: list[Any]
) -> tuple[Any, Program]:
    """Return what `f` returns, and the program of the call.

    The first run is eager, and gives the result. A first trace from the same states of random generators has
    to give the same bits. A second trace, from other states and at a later time, has to make the same calls.
    leaves, objects: the arrays and numbers, and the other objects, among the arguments (args, kwargs).

    Raises
    ------
    TracingError
        A replay would not compute what `f` computes.
    """
    captures = Captures((f, *objects))
    copies = {id(x): x.copy() for x in leaves if type(x) is np.ndarray}  # `f` may write to its arguments
    before = captures.read_states()
    args, kwargs = fill(arguments, iter(leaves))
    value = f(*args, **kwargs)
    if change := captures.find_change():
        refuse(f"it changes {change}", "return the new value, or pass the object as an argument", f)
    leaves = [copies.get(id(x), x) for x in leaves]
    with captures.restore_states(before):
        program = Program(f, arguments, leaves, captures)
    with captures.restore_states(captures.read_states()):
        other = Program(f, arguments, leaves, captures)
    if captures.find_written():
        refuse("it writes to a captured array", "return the new values, or write in an @mg.effect", f)
    if difference := program.find_difference(other):
        advice = "a draw or the time is passed as an argument, or read in a function with @mg.effect"
        refuse(f"two traces differ: {difference}", advice, f)
    results = [list(map(get_value, trees.leaves(x))) for x in (value, program.output)]
    program.output = other.output = None  # frees the values of the traces
    if not has_same_bits(*results):
        advice = "the code must not ask for the type of an array, and must not depend on the time"
        refuse("it returns another value when it is traced", advice, f)
    return value, program


class Program:
    """The calls of one signature: `run(*leaves)` replays them, or returns `STALE` if a tensor has changed."""

    def __init__(self, f: Callable[..., Any], arguments: Any, leaves: list[Any], captures: Captures) -> None:
        self.f, self.captures, tracer = f, captures, Tracer(captures)
        inputs = _make_inputs(tracer, leaves)
        until = next(node_numbers)
        with use_tracer(tracer, captures.tensors):
            self.output = self._call_function(tracer, *fill(arguments, iter(inputs)))
            for x in inputs:
                if type(x) is AssignedTensor:
                    refuse("it assigns to a tensor that is its argument", "assign to y = x.copy()", f)
                if isinstance(x, Tensor) and x._grad is not None:  # noqa: SLF001 - a leaf
                    refuse("it calls backward()", "call it on the result, or use mg.grad", f)
            tracked = {id(x): freeze(x) for x in trees.leaves(self.output) if _is_recorded(x, until)}
            outputs = list(tracked.values())
            backward = CompiledCall(tracer, outputs, until) if outputs else None
        writes = not all(map(has_same_bits, map(get_value, inputs), map(get_value, leaves)))
        self.has_effects = tracer.has_effects or writes
        if not self.has_effects and not all(
            has_same_bits(x.value, t.data) for t, x in tracer.tensors.values()
        ):
            refuse("a write to a captured array or parameter", "return the new value", f)
        captures.ignore_arrays([key for key, pair in tracer.copies.items() if not has_same_bits(*pair)])
        before = _write_reads(tracer, inputs)
        after = [backward.write_outputs(tracer, tuple(map(get_data, outputs)))] if backward else []
        tracer.texts.update({key: f"m{k}" for k, key in enumerate(tracked)})
        output = trees.map_leaves(self.output, lambda x: self._lower_output(tracer, x))
        after.append(f"return {tracer.express(output, anew=True)}")
        self.run = tracer.write_function([f"p{i}" for i in range(len(inputs))], before, tracer.steps, after)
        self.names, self.tensors = tracer.names, [t for t, _ in tracer.tensors.values()]
        self.passes = [tracer.steps, *(backward.steps.values() if backward else ())]

    def _call_function(self, tracer: Tracer, args: Any, kwargs: Any) -> Any:
        """Return what `f` returns on stand-ins."""
        output = None
        refusals.clear()
        try:
            output = self.f(*args, **kwargs)
        except Exception as error:
            if not refusals:
                refusals.append(f"{describe_function(self.f)} raises when it is traced: {error}")
        if refusals:  # also if `f` caught the exception
            raise TracingError(refusals[0])
        if tracer.failure:
            what = f"it catches the exception of {tracer.failure}, a branch on a value"
            refuse(what, "choose with np.where(condition, a, b)", self.f)
        tracer.note_draws()
        if tracer.has_drawn:
            advice = "draw in a function with @mg.effect, as nn's Dropout does, or pass the numbers"
            refuse("it draws outside of an operation", advice, self.f)
        return output

    def _lower_output(self, tracer: Tracer, x: Any) -> Any:
        """Return a constant or a stand-in for a part of the output."""
        if is_traced(x) or id(x) in tracer.texts or self.captures.includes(x) or isinstance(x, _IMMUTABLE):
            return x
        if isinstance(x, Tensor):
            data = tracer.express(self._lower_output(tracer, x.data))
            return tracer.stand_in(x, f"{tracer.name(Tensor)}({data})")
        if type(x) is np.ndarray:
            return tracer.stand_in(x, f"copy({tracer.name(x)})")  # the caller may write to the result
        return refuse(f"it returns a {type(x).__name__}", "return arrays, numbers and trees of them", self.f)

    def find_difference(self, other: Program) -> str:
        """Return in what another program differs; empty if it has the same calls with the same constants."""
        mine, others = (list(chain.from_iterable(program.passes)) for program in (self, other))
        for a, b in zip(mine, others, strict=False):
            if (a.line, a.name) != (b.line, b.name):
                return f"one calls {a.name} at {a.place}, the other {b.name} at {b.place}"
            for name in re.findall(r"\bk\d+", a.line):
                x, y = self.names[name], other.names[name]
                if not has_same_bits(x, y):
                    return f"{a.name} at {a.place} gets {x!r:.60} and {y!r:.60}"
        return "" if len(mine) == len(others) else f"one makes {len(mine)} calls, the other {len(others)}"

    def describe(self) -> str:
        """Return the text of the program: calls, shapes, and what was captured."""
        lines: list[str] = []
        for name, steps in zip((describe_function(self.f), "backward"), self.passes, strict=False):
            lines.append(f"{name}: {len(steps)} lines")
            lines += [f"  {x.line}    # {x.name} -> {x.shapes}   {x.place}" for x in steps]
        lines.append("captured:")
        for t in self.tensors:
            name = getattr(t, "name", "") or type(t).__name__.lower()
            lines.append(f"  {name} {t.data.dtype}{t.data.shape}, read at each call")
        names = [f"array {x.dtype}{x.shape}" for x, _ in self.captures.arrays.values()]
        names += [name for _, _, name in self.captures.guards]
        return "\n".join([*lines, *[f"  {name}, compared at each call" for name in names]])


def _make_inputs(tracer: Tracer, leaves: list[Any]) -> list[Any]:
    """Return for each leaf a stand-in, or a tensor of one: the same object for the same array."""
    made: dict[Any, Any] = {}
    inputs: list[Any] = []
    for i, leaf in enumerate(leaves):
        is_number = not isinstance(leaf, (np.ndarray, Tensor))
        key = (i,) if is_number else id(leaf)
        if key not in made:
            value = leaf if is_number else get_value(leaf).copy()
            made[key] = x = tracer.stand_in(value, "" if isinstance(leaf, Tensor) else f"p{i}")
            if isinstance(leaf, Tensor):
                is_complex = leaf.tracked and value.dtype.kind == "c"
                made[key] = t = object.__new__(ComplexTensor if is_complex else Tensor)
                t.data, t.node, t.tracked, t._grad = x, None, leaf.tracked, None
                tracer.texts[id(t)] = f"p{i}"
        inputs.append(made[key])
    return inputs


def _write_reads(tracer: Tracer, inputs: list[Any]) -> list[str]:
    """Return the lines that read the arrays of tensors, and return `STALE` if a captured one has changed."""
    tensors = [(f"p{i}", get_data(x)) for i, x in enumerate(inputs) if isinstance(x, Tensor)]
    lines = [f"{x.text} = {name}.data" for name, x in tensors]
    for t, x in tracer.tensors.values():
        name, cls, dtype = map(tracer.name, (t, type(t), x.dtype))
        is_stale = f"{x.text}.shape != {x.shape} or {x.text}.dtype != {dtype}"
        is_stale += f" or {name}.tracked is not {t.tracked} or {name}.__class__ is not {cls}"
        lines += [f"{x.text} = {name}.data", f"if {is_stale}: return stale"]
    return lines


def _is_recorded(x: Any, until: int) -> bool:
    return isinstance(x, Tensor) and x.tracked and x.node is not None and x.node.number > until
