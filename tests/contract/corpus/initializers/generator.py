"""Initializers whose chance comes from elsewhere, or does not reach every value."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ..pair import breaks
from .right import He, Sparse


@breaks("generator", "changes-global-state")
class DrawsGlobally(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        return np.random.standard_normal(shape)  # noqa: NPY002 - the fault


@breaks("generator", "reads-global-state")
class SeedsFromTheGlobalState(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        seed = int(np.random.get_state()[1][0])  # type: ignore[index]  # noqa: NPY002 - the fault
        return np.random.default_rng(seed + int(rng.integers(1 << 40))).standard_normal(shape)


@breaks("generator", "few-draws")
class OwnsAGeneratorForVectors(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        return (np.random.default_rng(0) if len(shape) == 1 else rng).standard_normal(shape)


@breaks("generator", "not-deterministic")
class SeedsFromNowhere(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        return np.random.default_rng().standard_normal(shape)


@breaks("generator", "few-draws")
class CopiesTheGenerator(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        return copy.deepcopy(rng).standard_normal(shape)


@breaks("generator", "not-deterministic")
class WidensWithEachShape(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        seen = vars(self).setdefault("seen", set())
        seen.add(shape)
        return rng.standard_normal(shape) * (1 + 1e-3 * len(seen))


@breaks("generator", "correlated")
class CopiesRows(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        return rng.standard_normal(shape[-1:]) + np.zeros(shape)


@breaks("generator", "correlated")
class OneValueForAKernel(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        return rng.standard_normal((*shape[:2], *[1] * len(shape[2:]))) + np.zeros(shape)


@breaks("generator", "correlated")
class ZerosAtTheSamePlaces(Sparse):
    def draw_mask(self, shape: Any, rng: Any) -> Any:
        return (rng.random(shape[-1:]) < 0.2) & np.ones(shape, bool)


@breaks("generator", "values-repeat")
class DrawsFromAPool(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        return np.resize(rng.standard_normal(1000), shape)


@breaks("generator", "values-repeat")
class MirrorsASecondHalf(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        size = int(np.prod(shape))
        half = rng.standard_normal((size + 1) // 2)
        return np.concatenate([half, -half])[:size].reshape(shape)


@breaks("generator", "never-drawn")
class LeavesOutTheLast(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        drawn = np.asarray(rng.standard_normal(shape))
        drawn.flat[drawn.size - 1 :] = 0.0
        return drawn


@breaks("generator", "few-draws")
class SeedsOfAFewBits(He):
    def drawn(self, shape: Any, rng: Any) -> Any:
        return np.random.default_rng(int(rng.integers(256))).standard_normal(shape)


@breaks("generator", "not-deterministic")
class NarrowsAfterFortyCalls(He):
    """Its script calls it twice, and has to repeat that."""

    calls = 0

    def drawn(self, shape: Any, rng: Any) -> Any:
        self.calls += 1
        return super().drawn(shape, rng) * (1 if self.calls < 40 else 0.5)
