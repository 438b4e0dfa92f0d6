"""A program of NumPy calls, as text: readable in a failure, and runnable with any library for `xp`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
NAMES = "abc"


@dataclass(frozen=True)
class Program:
    """Lines `v1 = ...` over the inputs a, b, c and each other; the last one is the value.

    `xp` is the library that differentiates; `np` makes constants. `steps` names the steps that
    drew the lines.
    """

    inputs: tuple[Floats, ...]
    lines: tuple[str, ...]
    steps: tuple[str, ...]

    @property
    def source(self) -> str:
        """The program as a function of the library and the inputs."""
        names = ", ".join(NAMES[: len(self.inputs)])
        body = [f"v{i} = {line}" for i, line in enumerate(self.lines, 1)]
        return "\n    ".join([f"def program(xp, {names}):", *body, f"return v{len(body)}"])

    @cached_property
    def _function(self) -> Any:
        namespace: dict[str, Any] = {"np": np}
        exec(self.source, namespace)
        return namespace["program"]

    def value(self, xp: Any, *inputs: Any) -> Any:
        """Return the value, with `xp`'s functions on these inputs."""
        return self._function(xp, *inputs)

    def total(self, xp: Any, *inputs: Any) -> Any:
        """Return a scalar with different cotangents for all values: a plain sum hides faults."""
        return xp.sum(xp.sin(self.value(xp, *inputs)))

    def in_type(self, dtype: Any) -> list[Floats]:
        """Return the inputs in one type, which holds their values exactly."""
        return [x.astype(dtype) for x in self.inputs]

    def __repr__(self) -> str:
        inputs = "\n".join(f"{n} = np.{x!r}  # {x.shape}" for n, x in zip(NAMES, self.inputs, strict=False))
        return f"\n{inputs}\n{self.source}\n"
