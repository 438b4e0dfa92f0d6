"""Compare random programs of NumPy's functions with differences in extended precision, and JAX or autograd.

    python -m benchmarks.random_programs 10000 [SEED] [jax] [autograd]

The programs are those of the tests, numbered from SEED (0) on. A program depends on its number alone, so that
several processes can share the work. The inputs have values that float16 can represent, as float16, float32
or float64. Differences check the gradient in float64, and the gradient in the inputs' dtypes is compared with
it; the peers compute the value and the gradient in float64. For every eighth program, second derivatives
are checked too. The command prints each program whose results differ by more than rounding, and counts the
outcomes.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
import warnings
from collections import Counter
from typing import Any, NamedTuple

import numpy as np

from minigrad_core import hvp, value_and_grad
from tests.ops_basic.random_programs.drawing import TYPES, draw_program
from tests.ops_basic.random_programs.judge import check_derivatives, check_value_and_types, draw_directions
from tests.ops_basic.random_programs.program import Program

TOLERANCE = 1e-11


class Comparison(NamedTuple):
    """The outcome of comparing one program."""

    outcome: str  # for people, and for counting
    disagrees: bool


class Jax:
    """`jax.numpy` in double precision."""

    def __init__(self) -> None:
        # Compilation takes most of the time: with these flags it takes a quarter of the time.
        flags = "--xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1"
        os.environ.setdefault("XLA_FLAGS", flags)
        self.jax: Any = importlib.import_module("jax")
        self.jax.config.update("jax_enable_x64", True)
        self.jax.config.update("jax_disable_most_optimizations", True)
        self.xp: Any = importlib.import_module("jax.numpy")
        self.calls = 0
        self.errors = (
            self.jax.errors.ConcretizationTypeError,
            self.jax.errors.NonConcreteBooleanIndexError,
        )

    def results(self, program: Program, xs: list[Any], v: list[Any] | None) -> list[Any]:
        """Return the value, the gradient and, if `v` is given, the gradient's derivative along it."""
        f = self.jax.value_and_grad(lambda *xs: program.total(self.xp, *xs), tuple(range(len(xs))))

        def evaluate(*xs: Any) -> list[Any]:
            if v is None:
                value, gradient = f(*xs)
                return [value, *gradient]
            (value, gradient), (_, product) = self.jax.jvp(f, xs, tuple(map(self.xp.asarray, v)))
            return [value, *gradient, *product]

        self.calls += 1
        if self.calls % 32 == 0:
            self.jax.clear_caches()  # each program is compiled once: the cache would fill the memory
        try:
            return list(self.jax.jit(evaluate)(*xs))  # compiled as one function: a third of the time
        except self.errors:  # shapes that depend on values
            return evaluate(*map(self.xp.asarray, xs))


class Autograd:
    """`autograd.numpy`."""

    def __init__(self) -> None:
        self.autograd: Any = importlib.import_module("autograd")
        self.xp: Any = importlib.import_module("autograd.numpy")

    def results(self, program: Program, xs: list[Any], v: list[Any] | None) -> list[Any]:
        """Return the value, the gradient and, if `v` is given, the gradient's derivative along it."""
        numbers = list(range(len(xs)))
        f = self.autograd.grad(lambda *xs: program.total(self.xp, *xs), numbers)
        results = [program.total(self.xp, *xs), *f(*xs)]
        if v is None:
            return results

        def along(*xs: Any) -> Any:
            return sum(self.xp.sum(g * d) for g, d in zip(f(*xs), v, strict=True))

        return results + list(self.autograd.grad(along, numbers)(*xs))


def make_program(number: int) -> Program:
    """Return the program of a number."""
    rng = np.random.default_rng(number)
    inputs, steps = (
        rng.integers(2**32, size=rng.integers(low, high + 1)).tolist() for low, high in ((1, 3), (2, 8))
    )
    return draw_program(TYPES[rng.integers(len(TYPES))], inputs, steps)


def list_rare_features(program: Program) -> list[str]:
    """Return the rare features of a program, by name."""
    features = {
        "narrow integers": "int8" in program.source or "int16" in program.source,
        "float16": any(x.dtype == np.float16 for x in program.inputs),
        "empty arrays": any(x.size == 0 for x in [*program.inputs, program.value(np, *program.inputs)]),
    }
    return [name for name, present in features.items() if present]


def compare_with_differences(program: Program, order: int) -> Comparison:
    """Compare derivatives up to `order` with differences in extended precision."""
    try:
        check_value_and_types(program)
        return Comparison("the same" if check_derivatives(program, order) else "at a kink", False)
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
        return Comparison("different", True)


def compare_with_peer(program: Program, peer: Any, v: list[Any] | None) -> Comparison:
    """Compare the value and the derivatives with those of a peer, which may refuse the program."""
    xs = program.in_type(np.float64)
    value, ours = value_and_grad(lambda *xs: program.total(np, *xs), tuple(range(len(xs))))(*xs)
    if v is not None:
        ours = [*ours, *hvp(lambda *xs: program.total(np, *xs), tuple(xs), tuple(v))]
    try:
        with warnings.catch_warnings(action="ignore"):
            peer_value, *derivatives = (np.asarray(g, dtype=float) for g in peer.results(program, xs, v))
    except Exception as error:
        reason = re.split(r"[;:\n\[]", str(error))[0][:60]  # without shapes, for counting
        return Comparison(f"refused: {type(error).__name__}: {reason}", False)
    if not _near(peer_value, value, 1 + program.value(np, *xs).size):
        return Comparison(f"other value: {_find_first_difference(program, peer, xs)}", True)
    if not all(np.isfinite(g).all() for g in derivatives):
        return Comparison("other gradient: not finite", True)
    size = max(float(np.abs(g).max(initial=0)) for g in ours)
    same = all(_near(g, o, 1 + size) for g, o in zip(derivatives, ours, strict=True))
    return Comparison("the same" if same else "other gradient", not same)


def _near(a: Any, b: Any, size: float) -> bool:
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=TOLERANCE, atol=TOLERANCE * size)


def _find_first_difference(program: Program, peer: Any, xs: list[Any]) -> str:
    """Return the name of the first step whose value differs from NumPy's."""
    for k, step in enumerate(program.steps, 1):
        part = Program(program.inputs, program.lines[:k], program.steps[:k])
        if not _near(part.value(peer.xp, *map(peer.xp.asarray, xs)), part.value(np, *xs), 1):
            return step
    return "the total"


def main(numbers: range, names: list[str]) -> None:
    """Compare the programs of these numbers."""
    peers = {name: {"jax": Jax, "autograd": Autograd}[name]() for name in names}
    outcomes: dict[str, Counter[str]] = {name: Counter() for name in ["drawn", "differences", *names]}
    for number in numbers:
        program = make_program(number)
        second = number % 8 == 0
        differences = compare_with_differences(program, 3 if second else 1)
        outcomes["drawn"].update(["programs", *list_rare_features(program)])
        outcomes["differences"][differences.outcome] += 1
        v = draw_directions(program, 2) if second else None
        for name, peer in peers.items():
            comparison = compare_with_peer(program, peer, v)
            outcomes[name][comparison.outcome] += 1
            if comparison.disagrees or differences.disagrees:
                outcome = f"{comparison.outcome} - differences: {differences.outcome}"
                print(number, name, outcome, program, flush=True)
    for name, counts in outcomes.items():
        print(name, *counts.most_common(), sep="\n    ")


if __name__ == "__main__":
    count, *rest = sys.argv[1:]
    first = int(rest.pop(0)) if rest and rest[0].isdigit() else 0
    main(range(first, first + int(count)), rest or ["jax"])
