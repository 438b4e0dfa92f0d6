"""One optimizer under study, and short runs of it."""

from __future__ import annotations

import inspect
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from ...parameter import Parameter
from ..finding import Broken
from ..guarded import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LR = 0.05
SHAPES = ((3, 4), (5,))


class OptimizerStudy:
    """An optimizer class, and what its checks share: parameters, gradients and runs."""

    def __init__(self, cls: type[Any], seed: int = 0) -> None:
        if not callable(cls) or not hasattr(cls, "__name__"):
            raise Broken("not-a-class", f"expected a class of optimizers, got {cls!r}")
        self.cls = cls
        self.name = str(guarded("name", lambda: getattr(cls, "name", cls.__name__)))
        self.seed = seed

    @property
    def settings(self) -> dict[str, Any]:
        """Settings with a default, `lr` left out."""
        parameters = inspect.signature(self.cls.__init__).parameters
        return {
            name: p.default
            for name, p in parameters.items()
            if p.default is not p.empty
            and name != "lr"
            and p.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD)
        }

    def rng(self, purpose: str) -> np.random.Generator:
        """Return a private generator."""
        return np.random.default_rng(zlib.crc32(f"{self.name}|{purpose}|{self.seed}".encode()))

    def params(self, shapes: Sequence[tuple[int, ...]] = SHAPES, dtype: Any = np.float64) -> list[Parameter]:
        """Return new parameters, the same at each call."""
        rng = self.rng("params")
        return [Parameter(np.asarray(_spread(rng, shape), dtype)) for shape in shapes]

    def grads(self, params: Sequence[Parameter], step: int) -> list[NDArray[Any]]:
        """Return the gradients of a step, the same at each call and for each parameter by its place."""
        return [
            np.asarray(_spread(self.rng(f"grad {step} {k}"), p.data.shape), p.data.dtype)
            for k, p in enumerate(params)
        ]

    def make(self, params: Any, lr: float = LR, **settings: Any) -> Any:
        """Return an optimizer."""
        return guarded("the constructor", lambda: self.cls(params, lr=lr, **settings))

    def step(self, optimizer: Any, params: Sequence[Parameter], grads: Sequence[Any]) -> None:
        """Hand in read-only gradients, and take a step."""
        for p, g in zip(params, grads, strict=True):
            p.grad = None if g is None else read_only(g)
        guarded("step", lambda: optimizer.step())

    def run(
        self, optimizer: Any, params: Sequence[Parameter], steps: int, first: int = 0
    ) -> list[NDArray[Any]]:
        """Take some steps, and return copies of the parameters."""
        for step in range(first, first + steps):
            self.step(optimizer, params, self.grads(params, step))
        return [p.data.copy() for p in params]


def read_only(g: Any) -> NDArray[Any]:
    """Return a copy that cannot be written to."""
    frozen = np.array(g)
    frozen.flags.writeable = False
    return frozen


def _spread(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return rng.uniform(0.3, 1.7, shape) * rng.choice([-1.0, 1.0], shape)
