"""How many wrong operations of the corpus do the gradient checkers of other libraries catch?

    uv run --group bench --with jax python benchmarks/peers_on_corpus.py [--verbose]

Each operation becomes a custom function of the library, whose forward and backward call the operation's own
NumPy code: `torch.autograd.Function`, `jax.custom_vjp` around a `pure_callback`, autograd's `primitive`. The
library's checker is then called as its documentation says, with its own tolerances, in float64, on two draws
of standard normal values (moved into the domain) for each case of the operation: sizes 3, 4, 2, indices with
repetitions. The contract kit is given the operation and nothing else.

A fault is caught if the checker fails or the operation raises, and the twin passes. Not caught is also what no
checker of gradients could see: a second derivative (NumPy code is opaque to all three), what is wrong in
float32 only (they ask for float64), what is no matter of gradients at all (a global state, a name), and what the
library mends by itself (torch sums a gradient that is too large). So read the table by family.
"""

from __future__ import annotations

import argparse
import contextlib
import inspect
import io
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "contract"))

import corpus  # type: ignore[import-not-found,unused-ignore]

from minigrad_core import Context
from minigrad_core.cases import Case, real
from minigrad_core.contracts.cases import AxisOf, Booleans, Floats, IndexInto, Integers, Values

Check = Callable[[Any], bool]
SIZES = (3, 4, 2, 5)


# What is handed to the checkers.


def draws(op: Any) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Yield (inputs, settings), two for each case of `op`."""
    parameters = list(inspect.signature(op.forward).parameters.values())[1:]
    inputs = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    cases = getattr(op, "cases", ()) or (Case(**{name: real("...") for name in inputs}),)
    for seed, case in enumerate((*cases, *cases)):
        values = drawn(case, np.random.default_rng(seed))
        yield [values[name] for name in inputs], {k: v for k, v in values.items() if k not in inputs}


def drawn(case: Case, rng: np.random.Generator) -> dict[str, Any]:
    """Return values for the arguments of `case`."""
    sizes: dict[str, int] = {}
    values: dict[str, Any] = {}
    # Indices last: they depend on the array that they point into.
    for name, described in sorted(case.arguments.items(), key=lambda item: isinstance(item[1], IndexInto)):
        shape = shape_of(described, sizes) if isinstance(described, Values) else ()
        match described:
            case Floats():
                values[name] = into_domain(rng.standard_normal(shape), described)
            case Integers():
                values[name] = rng.integers(described.low, described.high, shape)
            case Booleans():
                values[name] = rng.random(shape) < 0.5
            case IndexInto():
                values[name] = rng.integers(0, values[described.name].shape[described.axis], shape)
            case AxisOf():
                values[name] = values[described.name].ndim - 1
            case _:
                values[name] = described
    return values


def shape_of(described: Values, sizes: dict[str, int]) -> tuple[int, ...]:
    """Return a shape for a description: a letter gets the next of SIZES, `...` is (3, 4)."""
    shape: list[int] = []
    for axis in described.dimensions:
        if axis == "...":
            shape += SIZES[:2]
        elif isinstance(axis, str):
            shape.append(sizes.setdefault(axis, SIZES[len(sizes) % len(SIZES)]))
        else:
            shape.append(axis)
    return tuple(shape)


def into_domain(x: Any, described: Floats) -> Any:
    """Return normal values `x`, moved into the domain that is described."""
    if np.isfinite(described.low) and np.isfinite(described.high):
        return described.low + (described.high - described.low) / (1 + np.exp(-x))
    return np.abs(x) + described.low if np.isfinite(described.low) else np.asarray(x)


# One custom function for each library. `f` has differentiable inputs only; the others are constants.


def wants(inputs: list[Any]) -> list[int]:
    """Return the positions of the inputs that are differentiable."""
    return [i for i, x in enumerate(inputs) if x.dtype.kind == "f"]


def forward(op: Any, inputs: list[Any], settings: dict[str, Any]) -> tuple[Context, Any]:
    """Run `op` on arrays, as an engine does."""
    ctx = Context(op, tuple(inputs), settings, tuple(x.dtype.kind == "f" for x in inputs))
    return ctx, op.forward(ctx, *inputs, **settings)


def backward(op: Any, ctx: Context, grads: tuple[Any, ...], n: int) -> tuple[Any, ...]:
    """Run the rule of `op`; a bare gradient becomes a tuple of one, nothing else is mended."""
    found = op.backward(ctx, *grads)
    return found if isinstance(found, tuple) else (found,) if n == 1 else tuple(found)


def replaced(inputs: list[Any], at: list[int], by: tuple[Any, ...]) -> list[Any]:
    """Return `inputs` with those at the positions `at` exchanged."""
    new = list(inputs)
    for i, x in zip(at, by, strict=True):
        new[i] = np.array(x)
    return new


def torch_check(op: Any) -> bool:
    """Run `torch.autograd.gradcheck`."""
    import torch

    def run(inputs: list[Any], settings: dict[str, Any]) -> bool:
        at = wants(inputs)

        class Wrapped(torch.autograd.Function):  # type: ignore[misc,unused-ignore]
            @staticmethod
            def forward(ctx: Any, *tensors: Any) -> Any:
                arrays = replaced(inputs, at, tuple(t.detach().numpy() for t in tensors))
                ctx.minigrad, out = forward(op, arrays, settings)
                outs = tuple(torch.as_tensor(np.asarray(o)) for o in (out if isinstance(out, tuple) else (out,)))
                return outs if isinstance(out, tuple) else outs[0]

            @staticmethod
            def backward(ctx: Any, *grads: Any) -> Any:
                found = backward(op, ctx.minigrad, tuple(g.numpy() for g in grads), len(inputs))
                if len(found) != len(inputs):
                    return tuple(None for _ in found)  # the library counts them
                picked = (found[i] for i in at)
                return tuple(None if g is None else torch.as_tensor(np.asarray(g)) for g in picked)

        tensors = tuple(torch.tensor(inputs[i], requires_grad=True) for i in at)
        return bool(torch.autograd.gradcheck(Wrapped.apply, tensors))

    return all(run(*draw) for draw in draws(op))


def jax_check(op: Any) -> bool:
    """Run `jax.test_util.check_grads` in reverse mode."""
    import jax
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)

    def run(inputs: list[Any], settings: dict[str, Any]) -> bool:
        at = wants(inputs)
        like = jax.tree.map(lambda o: jax.ShapeDtypeStruct(np.shape(o), o.dtype), forward(op, inputs, settings)[1])
        likes = tuple(jax.ShapeDtypeStruct(inputs[i].shape, inputs[i].dtype) for i in at)

        def value(*xs: Any) -> Any:
            return forward(op, replaced(inputs, at, xs), settings)[1]

        def gradients(xs: Any, grads: Any) -> Any:
            ctx, _ = forward(op, replaced(inputs, at, xs), settings)
            arrays = tuple(np.array(g) for g in (grads if isinstance(like, tuple) else (grads,)))
            found = backward(op, ctx, arrays, len(inputs))
            if len(found) != len(inputs):
                raise ValueError(f"{len(found)} gradients for {len(inputs)} inputs")
            return tuple(found[i] for i in at)

        @jax.custom_vjp
        def f(*xs: Any) -> Any:
            return jax.pure_callback(value, like, *xs)

        f.defvjp(
            lambda *xs: (jax.pure_callback(value, like, *xs), xs),
            lambda xs, grads: jax.pure_callback(gradients, likes, xs, grads),
        )
        check_grads(f, tuple(inputs[i] for i in at), order=1, modes=("rev",))
        return True

    return all(run(*draw) for draw in draws(op))


def autograd_check(op: Any) -> bool:
    """Run `autograd.test_util.check_grads` in reverse mode."""
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    def run(inputs: list[Any], settings: dict[str, Any]) -> bool:
        at = wants(inputs)

        @primitive  # type: ignore[untyped-decorator,unused-ignore]
        def f(*xs: Any) -> Any:
            return forward(op, replaced(inputs, at, xs), settings)[1]

        @primitive  # type: ignore[untyped-decorator,unused-ignore]
        def gradient(i: int, grads: Any, *xs: Any) -> Any:
            ctx, out = forward(op, replaced(inputs, at, xs), settings)
            found = backward(op, ctx, grads if isinstance(out, tuple) else (grads,), len(inputs))
            if len(found) != len(inputs):
                raise ValueError(f"{len(found)} gradients for {len(inputs)} inputs")
            return found[at[i]]

        defvjp(f, *((lambda ans, *xs, i=i: lambda g: gradient(i, g, *xs)) for i in range(len(at))))
        check_grads(f, tuple(range(len(at))), modes=["rev"], order=1)(*(inputs[i] for i in at))
        return True

    return all(run(*draw) for draw in draws(op))


def kit_check(op: Any) -> bool:
    """Run the contract kit."""
    from minigrad_core.testing import check_operation

    return bool(check_operation(op).ok)


CHECKS: dict[str, Check] = {
    "minigrad": kit_check,
    "torch": torch_check,
    "jax": jax_check,
    "autograd": autograd_check,
}


# Counting.


def passes(check: Check, op: Any) -> bool:
    """Return whether `check` lets `op` pass; whatever it raises is a failure, and its output is dropped."""
    quiet = io.StringIO()
    errors = np.geterr()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            warnings.simplefilter("ignore")
            # The peers have no notion of an operation without a gradient: nothing to check.
            return check(op) if check is kit_check or getattr(op, "differentiable", True) else True
    except (Exception, SystemExit):
        return False
    finally:
        np.seterr(**errors)


def main() -> None:
    """Print how many faults each checker catches, by family."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--verbose", action="store_true", help="list what each checker misses")
    verbose = parser.parse_args().verbose
    faults = corpus.OPERATIONS
    twins = {type(fault.twin): fault.twin for fault in faults}
    accused = {name: {t for t, op in twins.items() if not passes(check, op)} for name, check in CHECKS.items()}
    caught = {
        name: {f.id for f in faults if type(f.twin) not in accused[name] and not passes(check, f.wrong)}
        for name, check in CHECKS.items()
    }
    print(f"{'family':14}{'faults':>8}" + "".join(f"{name:>10}" for name in CHECKS))
    for family, count in Counter(fault.family for fault in faults).items():
        ids = {fault.id for fault in faults if fault.family == family}
        print(f"{family:14}{count:8}" + "".join(f"{len(caught[name] & ids):10}" for name in CHECKS))
    print(f"{'all':14}{len(faults):8}" + "".join(f"{len(caught[name]):10}" for name in CHECKS))
    print(f"{'twins accused':14}{len(twins):8}" + "".join(f"{len(accused[name]):10}" for name in CHECKS))
    for name in CHECKS if verbose else ():
        missed = [fault.id for fault in faults if fault.id not in caught[name]]
        print(f"\n{name} misses {len(missed)}: {', '.join(missed)}")
        print(f"{name} accuses: {', '.join(sorted(t.__name__ for t in accused[name])) or 'no twin'}")


if __name__ == "__main__":
    main()
