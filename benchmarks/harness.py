"""Measure contenders in turns, A B A B ..., so that the load of the machine affects all of them equally."""

from __future__ import annotations

import gc
import importlib
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

Contender = Callable[[], object]
ROUND_SECONDS = 0.03


@dataclass(frozen=True)
class Result:
    """The seconds of one call (median over the rounds), and the ratio to each contender."""

    seconds: float
    ratios: dict[str, float]


def in_turns(contenders: dict[str, Contender], rounds: int = 30) -> dict[str, Result]:
    """Return the result of each contender. A ratio is the median of the ratios within each round."""
    calls = {name: _calls_per_round(call) for name, call in contenders.items()}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, call in contenders.items():
            times[name].append(_per_call(call, calls[name]))
    return {
        name: Result(
            statistics.median(own),
            {
                other: statistics.median(a / b for a, b in zip(own, theirs, strict=True))
                for other, theirs in times.items()
            },
        )
        for name, own in times.items()
    }


def import_if_installed(name: str) -> ModuleType | None:
    """Return the module of a peer library, or None if it is not installed."""
    try:
        module = importlib.import_module(name)
    except ImportError:
        return None
    if name == "torch":
        module.set_num_threads(1)
    return module


def _calls_per_round(call: Contender) -> int:
    call()  # lazily loaded plugins
    once = _per_call(call, 3)
    return max(1, int(ROUND_SECONDS / once))


def _per_call(call: Contender, calls: int) -> float:
    gc.collect()
    gc.disable()
    try:
        # The garbage collector and the previous contender have evicted this contender from the caches: in a
        # round of 75 steps of the MLP the first step takes 2.5 times as long, the sixth a tenth longer.
        for _ in range(max(1, calls // 8)):
            call()
        start = time.perf_counter()
        for _ in range(calls):
            call()
        return (time.perf_counter() - start) / calls
    finally:
        gc.enable()
