"""Record a program: run the function eagerly, trace the function twice, and compare the three runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.node import node_numbers
from ..errors import TracingError
from ..tensor import ComplexTensor, Tensor, freeze
from ..tensor.kinds import AssignedTensor
from ..transforms.captures import Captures
from .captured_tensors import use_stand_ins
from .generator_states import GeneratorStates
from .outputs import BackwardProgram
from .program import Program, describe_function, refuse_program
from .signature import StaticArguments, replace_leaves
from .steps import Step, has_same_bits, iterate_leaves, map_tree
from .traced import is_traced, refusals
from .tracer import Tracer


def record(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    objects: list[Any],
    static: StaticArguments | None,
) -> tuple[Any, Program]:
    """Return what `f` returns, and the program of the call.

    The first run is eager, and gives the result. A first trace from the same states of random generators has
    to give the same bits. A second trace, from other states and at a later time, has to make the same calls.
    objects: the arguments that are neither arrays nor numbers.

    Raises
    ------
    TracingError
        A replay would not compute what `f` computes.
    """
    captures = Captures((f, *objects))
    generators = GeneratorStates(captures.objects)
    arguments = _copy_arrays((args, kwargs))  # `f` may write to its arguments
    before = generators.read()
    value = f(*args, **kwargs)
    after = generators.read()
    if changed := captures.find_change():
        refuse_program(f, f"it changes {changed}", "return the new value, or pass the object as an argument")
    traces = []
    for states in (before, after):
        generators.restore(states)
        try:
            traces.append(Trace(f, _copy_arrays(arguments), static, captures, generators))
        finally:
            generators.restore(after)
    first, second = traces
    captures.ignore_arrays(first.tracer.written)
    if captures.find_written():
        refuse_program(f, "it writes to a captured array", "return the new values, or write in an @mg.effect")
    first.compare(second)
    first.compare_output(value)
    return value, Program(f, first, captures)


class Trace:
    """One run of the function on stand-ins.

    Attributes
    ----------
    inputs : list
        The arguments of `f`: for each array, number and tensor a stand-in, or a tensor of one.
    output : tree
        The return value of `f`.
    tracked : dict from id to Tensor
        The tensors in the output that were computed and require a gradient.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        arguments: Any,
        static: StaticArguments | None,
        captures: Captures,
        generators: GeneratorStates,
    ) -> None:
        self.f, self.tracer = f, Tracer(generators)
        self.inputs: list[Any] = []
        self._originals: list[Any] = []
        self._by_id: dict[int, Any] = {}
        names = frozenset() if static is None else static.names
        positions = frozenset() if static is None else static.positions
        args, kwargs = arguments
        args = [x if i in positions else replace_leaves(x, self._stand_in) for i, x in enumerate(args)]
        kwargs = {key: x if key in names else replace_leaves(x, self._stand_in) for key, x in kwargs.items()}
        until = next(node_numbers)
        with use_stand_ins(self.tracer, captures.tensors), self.tracer:
            refusals.clear()
            try:
                self.output = f(*args, **kwargs)
            except Exception as error:
                if not refusals:
                    refusals.append(f"{describe_function(f)} raises when it is traced: {error}")
            if refusals:
                raise TracingError(refusals[0])
            if self.tracer.failure:
                what = f"it catches the exception of {self.tracer.failure}, a branch on a value"
                refuse_program(f, what, "choose with np.where(condition, a, b)")
            if generators.have_drawn():
                advice = "draw in a function with @mg.effect, as nn's Dropout does, or pass the numbers"
                refuse_program(f, "it draws outside of an operation", advice)
            self._check_arguments()
            self.tracked: dict[int, Tensor] = {
                id(x): freeze(x)
                for x in iterate_leaves(self.output)
                if isinstance(x, Tensor) and x.tracked and x.node is not None and x.node.number > until
            }
            outputs = list(self.tracked.values())
            self.backward = BackwardProgram(self.tracer, outputs, until) if outputs else None

    def _stand_in(self, leaf: Any) -> Any:
        """Return what `f` receives in the place of an argument; the same object for the same argument."""
        if id(leaf) in self._by_id and isinstance(leaf, (np.ndarray, Tensor)):
            self.tracer.add_slot()
            self.inputs.append(self._by_id[id(leaf)])
            return self.inputs[-1]
        x: Any
        if isinstance(leaf, Tensor):
            is_complex = leaf.tracked and leaf.data.dtype.kind == "c"
            x = object.__new__(ComplexTensor if is_complex else Tensor)
            x.data, x.node, x.tracked, x._grad = (
                self.tracer.stand_in(leaf.data.copy()),
                None,
                leaf.tracked,
                None,
            )
        else:
            x = self.tracer.stand_in(leaf)
        self._by_id[id(leaf)] = x
        self._originals.append((x, leaf.copy() if type(leaf) is np.ndarray else leaf))
        self.inputs.append(x)
        return x

    def _check_arguments(self) -> None:
        """Raise if `f` has changed a tensor among its arguments, and note whether it has written to any."""
        for x in self.inputs:
            if isinstance(x, Tensor) and type(x) is AssignedTensor:
                refuse_program(
                    self.f, "it assigns to a tensor that is its argument", "assign to a copy, y = x.copy()"
                )
            if isinstance(x, Tensor) and x._grad is not None:  # noqa: SLF001
                refuse_program(self.f, "it calls backward()", "call backward() on the result, or use mg.grad")
        self.writes_to_arguments = any(
            not has_same_bits(_read_value(x), _read_value(leaf)) for x, leaf in self._originals
        )

    def compare(self, other: Trace) -> None:
        """Raise unless another trace made the same calls with the same constants."""
        mine, others = self._list_steps(), other._list_steps()
        for a, b in zip(mine, others, strict=False):
            if a.name != b.name or repr((a.args, a.kwargs, a.out)) != repr((b.args, b.kwargs, b.out)):
                self._refuse(f"one calls {a.name} at {a.place}, the other {b.name} at {b.place}")
            for slot in a.inputs():
                x, y = (t.tracer.constants.get(slot) for t in (self, other))
                if not has_same_bits(x, y):
                    self._refuse(f"{a.name} at {a.place} gets {_shorten(x)} and {_shorten(y)}")
        if len(mine) != len(others):
            self._refuse(f"one makes {len(mine)} calls, the other {len(others)}")

    def _list_steps(self) -> list[Step]:
        passes = [] if self.backward is None else self.backward.list_passes()
        return [*self.tracer.steps, *[step for steps, _ in passes for step in steps]]

    def _refuse(self, difference: str) -> None:
        refuse_program(
            self.f,
            f"two traces differ: {difference}",
            "a draw or the time is passed as an argument, or read in a function with @mg.effect",
        )

    def compare_output(self, value: Any) -> None:
        """Raise unless the trace has computed the value that `f` returned."""
        expected, received = (list(map(_read_value, iterate_leaves(x))) for x in (value, self.output))
        if len(expected) != len(received) or not all(map(has_same_bits, expected, received)):
            refuse_program(
                self.f,
                "it returns another value when it is traced",
                "the code must not ask for the type of an array, and must not depend on the time",
            )


def _read_value(x: Any) -> Any:
    """Return the value of a tensor or of a stand-in; anything else as it is."""
    if isinstance(x, Tensor):
        x = x.data
    return x.value if is_traced(x) else x


def _copy_arrays(tree: Any) -> Any:
    """Return a tree with copies of its arrays, one for each array."""
    copies: dict[int, Any] = {}
    return map_tree(tree, lambda x: copies.setdefault(id(x), x.copy()) if type(x) is np.ndarray else x)


def _shorten(x: Any) -> str:
    text = repr(x)
    return text if len(text) <= 60 else f"{text[:57]}..."
