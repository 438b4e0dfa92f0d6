"""A program: the calls of one run of a function on stand-ins, ready to replay."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..contracts.location import describe_definition
from ..dispatch.tables import WITHDRAWALS
from ..engine.modes import recording
from ..engine.node import node_numbers
from ..errors import ArgumentError, TracingError
from ..tensor import Tensor, freeze
from ..transforms import trees
from ..transforms.preserved_state import run_from_states
from .arguments import Arguments, list_objects
from .backward import CompiledCall
from .captures import Captures
from .interception import use_tracer
from .same_bits import has_same_bits
from .source import write_function
from .traced import get_value, is_traced, refusals, refuse
from .tracer import Tracer

_MOST_CONDITIONS = 100  # in one line: Python compiles 200 in 1 ms, and 500 in 15 ms
_IMMUTABLE = (int, float, complex, str, bytes, np.generic, np.dtype, type, type(None), type(...))


def record(
    f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], static: frozenset[Any]
) -> tuple[Any, Program]:
    """Return what `f` returns, and the program of the call.

    `f` runs three times. The first run is eager, and gives the result. The second run is a trace from the
    same states of random generators, and has to give the same bits. The third run is a trace from other
    states, and has to make the same calls: the generators have the states after the first run, and the arrays
    to which effects write have other values.

    static: the positions and names of static arguments.

    Raises
    ------
    ArgumentError
        A static argument is not hashable.
    TracingError
        A replay would not compute what `f` computes.
    """
    try:
        hash(tuple([x for key, x in (*enumerate(args), *kwargs.items()) if key in static]))
    except TypeError as error:
        advice = "a static argument is hashable, such as a number, a text or a tuple of them"
        raise ArgumentError(f"{advice}: {error}") from None
    captures = Captures((f, *list_objects((args, kwargs))))
    copies: dict[int, Any] = {}  # `f` may write to its arguments
    arguments = trees.map_leaves(
        (args, kwargs), lambda x: copies.setdefault(id(x), x.copy("K")) if type(x) is np.ndarray else x
    )
    before = captures.read_states()
    value = f(*args, **kwargs)
    if change := captures.find_change():
        refuse(f"it changes {change}", "return the new value", f)
    captures.take_written([x for x in captures.find_written() if x.flags.writeable])
    trace = partial(Program, f, arguments, static, captures)
    before += [values for _, values in captures.written]
    program = run_from_states(captures.list_accessors(), before, trace)
    others = [*captures.read_states(), *[_make_other_values(x) for x, _ in captures.written]]
    other = run_from_states(captures.list_accessors(), others, trace)
    if captures.find_written() or not all(has_same_bits(*pair) for pair in program.copies):
        refuse("it writes to a captured array", "return the new values, or write in an @mg.effect", f)
    if difference := program.find_difference(other):
        advice = "a draw or the time is passed as an argument, or read in a function with @mg.effect"
        refuse(f"two traces differ: {difference}", advice, f)
    results = [list(map(get_value, trees.leaves(x))) for x in (value, program.output)]
    program.output = program.copies = None  # free the values of the trace
    if not has_same_bits(*results):
        advice = (
            "the code must not ask for the type of an array, must not depend on the time, and must not write "
            "to arguments that overlap in memory"
        )
        refuse("it returns another value when it is traced", advice, f)
    return value, program


def _make_other_values(x: NDArray[Any]) -> NDArray[Any]:
    """Return other values for an array to which an effect writes: a use outside of effects then differs."""
    with np.errstate(all="ignore"):
        others = np.arange(1, x.size + 1).reshape(x.shape) - 3 * x if x.dtype.kind in "biufc" else x
        return others.astype(x.dtype)


def _find_results(output: Any, until: int) -> dict[int, Tensor]:
    """Return snapshots of the tensors in `output` that `f` computed and that require a gradient, by id."""
    return {
        id(x): freeze(x)
        for x in trees.leaves(output)
        if isinstance(x, Tensor) and x.tracked and x.node is not None and x.node.number > until
    }


def _write_checks(tracer: Tracer, conditions: list[str]) -> list[str]:
    """Return the lines that return `STALE` unless the conditions hold, and then take contexts."""
    checks = [
        f" if not ({' and '.join(conditions[i : i + _MOST_CONDITIONS])}): return stale"
        for i in range(0, len(conditions), _MOST_CONDITIONS)
    ]
    needs = tracer.name(tuple(tracer.contexts.values()))
    taken = f"[{', '.join(tracer.contexts)}] = contexts = take_contexts(pool, {needs})  # contexts"
    return ["try:", *checks, "except UNSET: return stale", taken]


class Program:
    """The calls of one signature: `run(args, kwargs)` replays them, or returns `STALE` for others."""

    def __init__(self, f: Callable[..., Any], given: Any, static: frozenset[Any], captures: Captures) -> None:
        self.f, self.captures, tracer = f, captures, Tracer(f, captures)
        arguments = Arguments(tracer, given, static)
        inputs = arguments.inputs.values()
        tensors = [*captures.tensors, *[x for _, x in inputs if isinstance(x, Tensor)]]
        until = next(node_numbers)
        with use_tracer(tracer, tensors):
            self.output = self._call_function(tracer, arguments)
            results = _find_results(self.output, until)
            backward = CompiledCall(tracer, [*results.values()], until) if results else None
        self.copies: Any = tracer.copies.values()
        writes = not all(has_same_bits(x, get_value(y)) for x, y in inputs if is_traced(y))
        self.has_effects = tracer.has_effects or writes or bool(self.copies)
        self._refuse_writes(tracer)
        # These are texts: a tensor would keep the arguments of the first call in memory.
        self.tensors = [
            f"{getattr(t, 'name', '') or type(t).__name__.lower()} {x.dtype}{x.shape}, read"
            for t, x in tracer.tensors.values()
        ]
        after = self._write_outputs(tracer, results, backward)
        before = _write_checks(tracer, self._list_conditions(tracer, arguments.conditions, tensors))
        passed = backward.contexts if backward else ()
        self.run = write_function(tracer, "forward(args, kwargs)", before, tracer.steps, after, passed)
        self.sources = tracer.sources
        # Stand-ins refer to the tracer. Without these cycles, a program that is dropped frees its arrays.
        tracer.tensors.clear()
        tracer.results.clear()

    def _call_function(self, tracer: Tracer, arguments: Arguments) -> Any:
        """Return what `f` returns on stand-ins."""
        output = None
        refusals.clear()
        try:
            output = self.f(*arguments.args, **arguments.kwargs)
        except Exception as error:
            if not refusals:
                refusals.append(f"{describe_definition(self.f)} raises when it is traced: {error}")
        if refusals:  # also if `f` caught the exception
            raise TracingError(refusals[0])
        for guard in arguments.guards:
            if guard.has_changed():
                refuse(f"it changes {guard.what} that is its argument", "return the new value", self.f)
        tracer.refuse_draws()
        return output

    def _refuse_writes(self, tracer: Tracer) -> None:
        """Raise if the function has written to a tensor, or to an array that a recorded call reads."""
        read = tracer.tensors.values()
        if not self.has_effects and not all(has_same_bits(x.value, t.data) for t, x in read):
            refuse("a write to the array of a tensor or parameter", "return the new value", self.f)
        if not all(has_same_bits(*pair) for pair in tracer.constants):
            advice = "make a new array, y = 2 * y for y *= 2"
            refuse("it writes to an array that a call has used", advice, self.f)

    def _write_outputs(
        self, tracer: Tracer, results: dict[int, Tensor], backward: CompiledCall | None
    ) -> list[str]:
        """Return the lines that make the output and return it."""
        lines = backward.write_outputs(tracer, [*results.values()]) if backward else []
        tracer.texts.update({key: f"m{k}" for k, key in enumerate(results)})
        output = trees.map_leaves(self.output, lambda x: self._lower_output(tracer, x))
        return [*lines, f"return {tracer.express(output, anew=True)}"]

    def _lower_output(self, tracer: Tracer, x: Any) -> Any:
        """Return the constant or the stand-in that a replay returns for a leaf of the output."""
        if type(x) is np.ndarray and not self.captures.includes(x):
            text = f"copy({tracer.name(x)})"  # the caller may write to the result
        elif is_traced(x) or id(x) in tracer.texts or self.captures.includes(x) or isinstance(x, _IMMUTABLE):
            return x
        elif not isinstance(x, Tensor):
            refuse(f"it returns a {type(x).__name__}", "return arrays, numbers and trees of them", self.f)
        elif x.tracked:
            refuse("it returns a new leaf that requires a gradient", "make the leaf outside", self.f)
        else:
            data = tracer.express(self._lower_output(tracer, x.data))
            text = f"{tracer.name(Tensor)}({data})"
        if id(x) not in tracer.results:
            tracer.results[id(x)] = result = tracer.stand_in(x)
            tracer.add_step(f"{result.text} = {text}", "result")
        return tracer.results[id(x)]

    def _list_conditions(self, tracer: Tracer, given: list[str], tensors: list[Tensor]) -> list[str]:
        """Return the conditions of a replay: `given`, and those on the mode, captured values and tensors."""
        name = tracer.name
        is_recording = f"(not {name(recording.blocks)}.get() or {name(recording)}.get())"
        conditions = [is_recording if recording.get() else f"not {is_recording}", *given]
        conditions.append(f"{name(WITHDRAWALS)}[0] == {WITHDRAWALS[0]}")
        conditions += [guard.write(name) for guard in self.captures.guards]
        kinds: list[tuple[str, Any]] = [(f"{name(t)}.__class__", type(t)) for t in self.captures.tensors]
        kinds += [(f"{name(t)}.tracked", t.tracked) for t in tensors]
        for t, x in tracer.tensors.values():
            kinds += [(f"({x.text} := {name(t)}.data).shape", x.shape), (f"{x.text}.dtype", x.dtype)]
        if kinds:  # one comparison of two tuples: of six parameters, it takes 0.4 us instead of 0.5
            texts, values = zip(*kinds, strict=True)
            conditions.append(f"({', '.join(texts)},) == {name(values)}")
        if self.captures.arrays:
            conditions.append(f"not {name(self.captures)}.find_written()")
        return conditions

    def find_difference(self, other: Program) -> str:
        """Return the difference from another program; empty for the same calls with the same constants."""
        programs = [[x.strip() for source in p.sources for x in source.splitlines() if "#" in x]
                    for p in (self, other)]  # fmt: skip
        for a, b in zip_longest(*programs, fillvalue="# nothing more"):
            call, other_call = (x.partition("# ")[2].partition(" -> ")[0] for x in (a, b))
            if a != b:
                return f"one calls {call}, the other {other_call}"
            constants = self.run.__globals__
            names = [node.id for node in ast.walk(ast.parse(a)) if isinstance(node, ast.Name)]
            for name in filter(constants.__contains__, names):
                x, y = constants[name], other.run.__globals__[name]
                if not has_same_bits(x, y):
                    return f"{call} gets {x!r:.60} and {y!r:.60}"
        return ""

    def describe(self) -> str:
        """Return the text of the program: calls, shapes, and what was captured."""
        captured = [f"  {x} at each call" for x in dict.fromkeys([*self.tensors, *self.captures.describe()])]
        return "\n".join([describe_definition(self.f), *self.sources, "captured:", *captured])
