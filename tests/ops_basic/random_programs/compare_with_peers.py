"""Judge random programs by differences, and compare them with JAX and autograd, where these are installed.

`python -m tests.ops_basic.random_programs.compare_with_peers 0 10000` prints how many of programs 0 to 9999
differences in extended precision agree with, how many each peer could run, how many derivatives differ by
more than rounding, and these programs. A program depends on its number alone, so that several processes can
share the work. JAX compiles each of them, which takes a quarter of a second.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import hvp

from .drawing import TYPES, drawn
from .judge import check_derivatives, directions, gradient

if TYPE_CHECKING:
    from .program import Program

TOLERANCE = 1e-11


class Jax:
    """`jax.numpy` in double precision."""

    def __init__(self) -> None:
        self.jax: Any = importlib.import_module("jax")
        self.jax.config.update("jax_enable_x64", True)
        self.jax.config.update("jax_disable_most_optimizations", True)  # compiling takes most of the time
        self.xp: Any = importlib.import_module("jax.numpy")

    def derivatives(self, program: Program, xs: list[Any], v: list[Any] | None) -> tuple[Any, Any]:
        """Return the gradient, and its derivative along `v` if that is given."""
        f = self.jax.grad(lambda *xs: program.total(self.xp, *xs), tuple(range(len(xs))))

        def both(*xs: Any) -> tuple[Any, Any]:
            return (f(*xs), None) if v is None else self.jax.jvp(f, xs, tuple(map(self.xp.asarray, v)))

        inputs = tuple(map(self.xp.asarray, xs))
        self.jax.clear_caches()  # each program is compiled once: they would fill the memory
        try:
            return self.jax.jit(both)(*inputs)  # compiled as a whole: a third of the time
        except (
            self.jax.errors.ConcretizationTypeError,
            self.jax.errors.NonConcreteBooleanIndexError,
        ):  # its shapes depend on values
            return both(*inputs)


class Autograd:
    """`autograd.numpy`."""

    def __init__(self) -> None:
        self.autograd: Any = importlib.import_module("autograd")
        self.xp: Any = importlib.import_module("autograd.numpy")

    def derivatives(self, program: Program, xs: list[Any], v: list[Any] | None) -> tuple[Any, Any]:
        """Return the gradient, and its derivative along `v` if that is given."""
        numbers = list(range(len(xs)))
        f = self.autograd.grad(lambda *xs: program.total(self.xp, *xs), numbers)
        if v is None:
            return f(*xs), None

        def along(*xs: Any) -> Any:
            return sum(self.xp.sum(g * d) for g, d in zip(f(*xs), v, strict=True))

        return f(*xs), self.autograd.grad(along, numbers)(*xs)


def compared(program: Program, peer: Any, ours: list[Any], v: Any) -> str:
    """Return what came of it: the same, different, or the reason why the peer has no answer."""
    try:
        with warnings.catch_warnings(action="ignore"):
            first, second = peer.derivatives(program, program.in_type(np.float64), v)
        answers = [np.asarray(g, dtype=float) for g in [*first, *(second or [])]]
    except Exception as error:
        return f"refused: {type(error).__name__}: {str(error).strip()[:50]!r}"
    if not all(np.isfinite(g).all() for g in answers):
        return "not finite"
    same = all(
        g.shape == o.shape and np.allclose(g, o, rtol=TOLERANCE, atol=TOLERANCE * (1 + _size(ours)))
        for g, o in zip(answers, ours, strict=True)
    )
    return "the same" if same else "different"


def _size(arrays: Any) -> float:
    return max(float(np.abs(a).max(initial=0)) for a in arrays)


def main(numbers: range, names: list[str]) -> None:
    """Compare gradients of the programs of these numbers, and a Hessian product of every eighth."""
    peers = {name: {"jax": Jax, "autograd": Autograd}[name]() for name in names}
    outcomes: dict[str, Counter[str]] = {name: Counter() for name in ["differences", *names]}
    for number in numbers:
        program = numbered(number)
        judgement = judged(program)
        outcomes["differences"][judgement] += 1
        v = directions(program, 2) if number % 8 == 0 else None
        ours = _ours(program, v)
        for name, peer in peers.items():
            outcome = compared(program, peer, ours, v)
            outcomes[name][outcome] += 1
            if outcome == "different" or judgement == "different":
                print(number, name, outcome, "differences:", judgement, program, flush=True)
        if (number + 1) % 200 == 0:
            print(number + 1, *(f"{name}: {_summary(o)}" for name, o in outcomes.items()), flush=True)
    for name, counts in outcomes.items():
        print(name, *counts.most_common(), sep="\n    ")


def numbered(number: int) -> Program:
    """Return the program of that number."""
    rng = np.random.default_rng(number)
    inputs, steps = (
        rng.integers(2**32, size=rng.integers(low, high + 1)).tolist() for low, high in ((1, 3), (2, 8))
    )
    return drawn(TYPES[0], inputs, steps)


def judged(program: Program) -> str:
    """Return what differences in extended precision say of three orders of derivatives."""
    try:
        return "the same" if check_derivatives(program, order=3) else "at a kink"
    except AssertionError as error:
        print(error)
        return "different"


def _ours(program: Program, v: list[Any] | None) -> list[Any]:
    xs = program.in_type(np.float64)
    first = gradient(program, xs)
    second = () if v is None else hvp(lambda *xs: program.total(np, *xs), tuple(xs), tuple(v))
    return [*first, *second]


def _summary(outcomes: Counter[str]) -> dict[str, int]:
    """Return the counts without the reasons."""
    summary: Counter[str] = Counter()
    for outcome, n in outcomes.items():
        summary[outcome.partition(":")[0]] += n
    return dict(summary)


if __name__ == "__main__":
    main(range(int(sys.argv[1]), int(sys.argv[2])), sys.argv[3:] or ["jax", "autograd"])
