"""Compare random programs with JAX and autograd, where these are installed.

`python -m tests.ops_basic.random_programs.compare_with_peers 10000` prints how many programs each of them
could run, how many derivatives differ by more than rounding, and these programs, with what differences in
extended precision say of them.
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
        except self.jax.errors.ConcretizationTypeError:  # its shapes depend on values
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


def main(count: int, names: list[str]) -> None:
    """Draw `count` programs; compare gradients with each peer's, and a Hessian product of every eighth."""
    peers = {name: {"jax": Jax, "autograd": Autograd}[name]() for name in names}
    outcomes: dict[str, Counter[str]] = {name: Counter() for name in names}
    rng = np.random.default_rng(0)
    sources: set[str] = set()
    while len(sources) < count:
        seeds = [
            rng.integers(2**32, size=rng.integers(low, high + 1)).tolist() for low, high in ((1, 3), (2, 8))
        ]
        program = drawn(TYPES[0], *seeds)
        sources.add(program.source)
        v = directions(program, 2) if len(sources) % 8 == 0 else None
        ours = _ours(program, v)
        for name, peer in peers.items():
            outcome = compared(program, peer, ours, v)
            if outcome == "different":
                outcome = f"different: {_arbitrated(program)}"
                print(name, outcome, program, flush=True)
            outcomes[name][outcome] += 1
        if len(sources) % 200 == 0:
            print(len(sources), *(f"{name}: {_summary(o)}" for name, o in outcomes.items()), flush=True)
    for name, counts in outcomes.items():
        print(name, *counts.most_common(), sep="\n    ")


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


def _arbitrated(program: Program) -> str:
    try:
        return "the differences agree with minigrad" if check_derivatives(program, order=2) else "at a kink"
    except AssertionError as error:
        return f"the differences do not agree with minigrad: {error}"


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:] or ["jax", "autograd"])
