"""Measure the value and gradient of a call in turns with SciPy's value and the gradients of peers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import scipy

import minigrad_core as mg
import minigrad_scipy

from ..harness import import_if_installed

if TYPE_CHECKING:
    from .call import Call

TURN_SECONDS = 0.02
MODULES = """
    fft integrate interpolate linalg ndimage optimize signal sparse sparse.linalg spatial.distance special
    stats
"""


class Cost(NamedTuple):
    """The seconds of SciPy's value, and the time of our value and gradient relative to each contender."""

    call: Call
    seconds: float
    ratios: dict[str, float]


def measure(call: Call, rounds: int) -> Cost:
    """Return the cost of a call: of each contender the fastest turn counts."""
    for module in MODULES.split():
        import_module(f"scipy.{module}")
    outputs = call.evaluate(scipy, *call.arguments)
    rng = np.random.default_rng(1)
    cotangents = tuple(
        (rng.normal(size=np.shape(x)) * np.ones((), np.result_type(x))).astype(np.result_type(x))
        for x in (outputs if isinstance(outputs, tuple) else (outputs,))
    )
    seed = cotangents if isinstance(outputs, tuple) else cotangents[0]
    contenders = {
        "minigrad": lambda: _run_minigrad(call, seed),
        "SciPy": lambda: call.evaluate(scipy, *call.arguments),
    }
    if "jax" in call.peers and (run := _prepare_jax(call, seed)):
        contenders["JAX"] = run
    if "autograd" in call.peers and (run := _prepare_autograd(call, seed)):
        contenders["autograd"] = run
    seconds = time_in_turns(contenders, rounds)
    ours = seconds.pop("minigrad")
    return Cost(call, seconds["SciPy"], {name: ours / theirs for name, theirs in seconds.items()})


def time_in_turns(contenders: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Return the seconds of a call of each contender, in its fastest turn."""
    repeats = {}
    for name, run in contenders.items():
        run()  # imports and compilations
        repeats[name] = max(1, int(TURN_SECONDS / _time(run, 1)))
    best = dict.fromkeys(contenders, np.inf)
    for _ in range(rounds):
        for name, run in contenders.items():
            best[name] = min(best[name], _time(run, repeats[name]))
    return best


def _time(run: Callable[[], Any], repeats: int) -> float:
    """Return the processor time of one of `repeats` calls, after one that fills the caches again."""
    run()
    start = time.process_time()
    for _ in range(repeats):
        run()
    return (time.process_time() - start) / repeats


def _run_minigrad(call: Call, seed: Any) -> Any:
    _, pullback = mg.vjp(lambda *xs: call.evaluate(minigrad_scipy, *xs), *call.arguments)
    return pullback(seed)


def _prepare_jax(call: Call, seed: Any) -> Callable[[], Any] | None:
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    if not (jax := import_if_installed("jax")):
        return None
    jax.config.update("jax_enable_x64", True)
    for module in ("fft", "interpolate", "linalg", "ndimage", "signal", "special", "stats"):
        import_module(f"jax.scipy.{module}")

    def differentiate(arguments: Sequence[Any], seed: Any) -> Any:
        value, pullback = jax.vjp(lambda *xs: call.evaluate(jax.scipy, *xs), *arguments)
        return value, pullback(seed)

    run = jax.jit(differentiate)
    given = [jax.numpy.asarray(x) for x in call.arguments]
    ours = jax.tree_util.tree_map(jax.numpy.asarray, seed)
    return lambda: jax.block_until_ready(run(given, ours))


def _prepare_autograd(call: Call, seed: Any) -> Callable[[], Any] | None:
    if not import_if_installed("autograd"):
        return None
    peer = import_module("autograd.scipy")
    for module in ("linalg", "signal", "special", "stats"):
        import_module(f"autograd.scipy.{module}")
    make_vjp = import_module("autograd").make_vjp
    differentiate = make_vjp(lambda xs: call.evaluate(peer, *xs))
    return lambda: differentiate(call.arguments)[0](seed)
