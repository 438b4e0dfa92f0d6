"""Random programs: a compiled function agrees with the eager one in every bit, or tracing refuses."""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from random import Random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import minigrad_core as mg
from minigrad_core.compilation.same_bits import has_same_bits
from minigrad_core.errors import TracingError
from minigrad_core.transforms import trees

from .random_programs import draw_arguments, make_environment, write_program

CALLS = 3


def run(f: Any, arguments: list[Any], seed: int) -> Any:
    """Return the output of `f`, with the gradients of some of its tensors accumulated in the leaves."""
    output, random = f(*arguments), Random(seed)
    tensors = [
        t for t in trees.leaves(output) if isinstance(t, mg.Tensor) and t.tracked and t.dtype.kind == "f"
    ]
    if tensors:
        chosen = random.sample(tensors, random.randint(1, len(tensors)))
        chosen[0].backward(np.full(chosen[0].shape, 0.5), retain_graph=True)
        loss: Any = sum(np.sum(t * 1.5) for t in chosen)
        loss.backward()
    return trees.map_leaves(
        output, lambda x: ("tensor", x.tracked, x.data) if isinstance(x, mg.Tensor) else x
    )


def read_state(environment: dict[str, Any], arguments: list[Any]) -> list[Any]:
    """Return everything that a call can change."""
    parameters = [environment["weight"], *environment["net"].parameters()]
    return [
        environment["net"].state_dict(),
        [p.grad for p in parameters],
        [x.grad if isinstance(x, mg.Tensor) else x for x in arguments],
        environment["drop"].rng.bit_generator.state,
    ]


def compare(seed: int) -> str:
    """Return "same", "raises" or "refused" for the program of a seed; raise if the two runs differ."""
    source, kinds = write_program(seed)
    environments = [make_environment(seed) for _ in range(2)]
    for environment in environments:
        exec(source, environment)
    functions = [environments[0]["f"], mg.compile(environments[1]["f"])]
    for k in range(CALLS):
        results: list[Any] = []
        for f, environment in zip(functions, environments, strict=True):
            arguments = draw_arguments(kinds, 10 * seed + k, shared=seed % 3 == 0, tensors=seed % 4 == 0)
            for p in [environment["weight"], *environment["net"].parameters()]:
                p.data[...] -= 0.125 * (k > 0)
                p.grad = None
            try:
                results.append([run(f, arguments, seed + k), read_state(environment, arguments)])
            except TracingError:
                return "refused"
            except Exception as error:
                results.append(type(error))
        assert has_same_bits(*results), source
        if isinstance(results[0], type):
            return "raises"
    return "same"


@given(st.integers(0, 10**9))
@settings(max_examples=60)
def test_a_compiled_function_agrees_in_every_bit(seed: int) -> None:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        compare(seed)


if __name__ == "__main__":  # python -m tests.core.compilation.test_random_programs 0 10000
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    print(Counter(map(compare, range(int(sys.argv[1]), int(sys.argv[2])))))
