"""Writes the steps of a program as a Python function with a line for each call, and compiles this function.

Python prepares each place of a call for the function that is called there. A loop over prepared calls has one
place for all functions: a chain of tiny operations takes 0.72 of the eager time with a loop, and 0.49 with
lines (docs/adr/0030-replay.md).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import numpy as np

from ..engine.node import Context
from ..tensor.ownership import copy_if_shared
from .steps import Deviation, Kind, Slot, Step

_SYMBOLS = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**",
    "matmul": "@",
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=",
}  # fmt: skip
_OPERATORS: dict[Any, str] = {getattr(operator, name): f"{{}} {x} {{}}" for name, x in _SYMBOLS.items()}
_IN_PLACE: dict[Any, str] = {
    getattr(operator, f"i{name}"): f"{{}} {_SYMBOLS[name]}= {{}}" for name in ("add", "sub", "mul", "truediv")
}

# The shape of their results does not depend on values.
_ELEMENTWISE = frozenset(
    [*_OPERATORS, *_IN_PLACE, np.asarray, np.copy, np.zeros_like, np.ones_like, np.empty_like, np.stack]
)

# How to write the call of a function.
_FORMS = _OPERATORS | {operator.getitem: "{}[{}]", operator.setitem: "{}[{}] = {}"}


class Writer:
    """The lines of one function, and the objects that they name.

    constants: the values that are the same in each replay. A variable has the name v and its number.
    errors: NumPy's treatment of floating point errors around the function when it was traced.
    """

    def __init__(self, constants: dict[Slot, Any], errors: Any) -> None:
        self.constants, self.errors, self.indent = constants, errors, "    "
        self.lines: list[str] = []
        self.needs: dict[Slot, tuple[bool, ...]] = {}  # of each context, at this line
        self.names: dict[str, Any] = {
            "new": object.__new__, "Context": Context, "asarray": np.asarray,
            "copy_if_shared": copy_if_shared, "deviate": _deviate, "errstate": np.errstate,
        }  # fmt: skip
        self._by_id: dict[int, str] = {}

    def name(self, value: Any) -> str:
        """Return the name, in the lines, of an object that is the same in each replay."""
        if value is None or value is True or value is False or type(value) is int:
            return f"({value})"
        if id(value) not in self._by_id:
            name = self._by_id[id(value)] = f"k{len(self._by_id)}"
            self.names[name] = value  # which keeps the id in use
        return self._by_id[id(value)]

    def express(self, tree: Any) -> str:
        """Return the expression for a tree of slots; text stands for itself."""
        if type(tree) is Slot:
            return self.name(self.constants[tree]) if tree in self.constants else f"v{int(tree)}"
        if isinstance(tree, (tuple, list)):
            items = f"({', '.join(map(self.express, tree))}{',' if tree else ''})"
            star = "*" if hasattr(tree, "_fields") else ""
            return items if type(tree) is tuple else f"{self.name(type(tree))}({star}{items})"
        if isinstance(tree, dict):
            return "{" + ", ".join(f"{self.name(k)}: {self.express(x)}" for k, x in tree.items()) + "}"
        if isinstance(tree, slice):
            return f"slice({', '.join(map(self.express, (tree.start, tree.stop, tree.step)))})"
        return tree if type(tree) is str else self.name(tree)

    def write(self, line: str) -> None:
        """Add a line to the body of the function."""
        self.lines.append(f"{self.indent}{line}")

    def write_steps(self, steps: list[Step], kept: Iterable[Slot], owned: Iterable[Slot] = ()) -> None:
        """Write the calls of a pass, and drop each value after its last use.

        kept: the values that later lines read. owned: further values that this function may drop.
        """
        last = {slot: i for i, step in enumerate(steps) for slot in (*step.inputs(), *step.outputs())}
        droppable = ({slot for step in steps for slot in step.outputs()} | set(owned)) - set(kept)
        for i, step in enumerate(steps):
            dead = {x for x in (*step.inputs(), *step.outputs()) if last[x] == i and x in droppable}
            self.indent = "    "
            if step.errors != self.errors:
                self.write(f"with errstate(**{self.name(step.errors)}):")
                self.indent = "        "
            self._write_step(step, dead)
            self.indent = "    "
            if gone := sorted(
                dead - set(step.outputs()) | (dead & {step.context} if step.context else set())
            ):
                self.write(f"del {', '.join(f'v{int(x)}' for x in gone)}")

    def _write_step(self, step: Step, dead: set[Slot]) -> None:
        context, call = f"v{step.context}", self._express_call(step, dead)
        if step.kind is Kind.FORWARD:
            self.write(f"{context} = new(Context)")
            self.write(f"{context}.saved = ()")
        if step.context is not None and step.needs and self.needs.get(step.context) != step.needs:
            self.needs[step.context] = step.needs
            self.write(f"{context}.needs = {self.name(step.needs)}")
        checks = _depends_on_values(step)
        outs, values = (step.out, step.value) if type(step.out) is tuple else ((step.out,), (step.value,))
        names = ["_" if x is None or (x in dead and not checks) else f"v{int(x)}" for x in outs]
        if type(step.out) is tuple:
            self.write(f"{', '.join(names)}{',' if len(names) == 1 else ''} = {call}")
        else:
            self.write(call if names == ["_"] else f"{names[0]} = {call}")
        if "_" in names and type(step.out) is tuple:
            self.write("_ = None")
        for name, value in zip(names, values, strict=True):
            if checks and name != "_" and isinstance(value, np.ndarray):
                self.write(f"if {name}.shape != {np.shape(value)}: deviate({self.name(step)}, {name})")

    def _express_call(self, step: Step, dead: set[Slot]) -> str:
        args = [self.express(x) for x in step.args]
        if step.kind is Kind.SAVED:
            return f"v{step.context}.saved{step.name}"
        if step.kind is Kind.ATTRIBUTE:
            return f"{args[0]}.{step.name}"
        if step.function in _FORMS:
            return _FORMS[step.function].format(*args)
        if step.function in _IN_PLACE and step.out in dead and args[0].startswith("v"):
            return _IN_PLACE[step.function].format(*args)
        if step.function is np.copy and step.args[0] in dead and not step.kwargs:
            return f"copy_if_shared({args[0]})"  # nothing reads the value later
        args += [f"{key}={self.express(x)}" for key, x in step.kwargs.items()]
        if step.kind is Kind.METHOD:
            return f"{args[0]}.{step.name}({', '.join(args[1:])})"
        if step.kind is not Kind.CALL:
            args = [f"v{step.context}", *args]
        call = f"{self.name(step.function)}({', '.join(args)})"
        return f"asarray({call})" if step.converts else call

    def compile(self, parameters: Iterable[str]) -> Callable[..., Any]:
        """Return the function with these parameters."""
        source = "\n".join([f"def replay({', '.join(parameters)}):", *self.lines])
        exec(compile(source, "<mg.compile>", "exec"), self.names)  # these lines, and no text of the user
        function: Callable[..., Any] = self.names["replay"]
        return function


def drop_unused(steps: list[Step], kept: Iterable[Slot]) -> list[Step]:
    """Return the steps without those that read a saved value which no step uses."""
    used, result = set(kept), []
    for step in reversed(steps):
        if step.kind is not Kind.SAVED or step.out in used:
            used.update(step.inputs())
            result.append(step)
    return result[::-1]


def _depends_on_values(step: Step) -> bool:
    """Return whether the shape of the result may depend on values."""
    if step.kind is Kind.FORWARD:
        return not step.op.broadcasts and not step.converts
    if step.kind is Kind.CALL and (isinstance(step.function, np.ufunc) or step.function in _ELEMENTWISE):
        return False
    is_array = isinstance(step.value, np.ndarray) or type(step.out) is tuple
    return step.kind in (Kind.CALL, Kind.METHOD) and is_array


def _deviate(step: Step, result: Any) -> NoReturn:
    raise Deviation(
        f"{step.place}: {step.name} returned an array of shape {result.shape}, and of shape "
        f"{np.shape(step.value)} when the function was traced"
    )
