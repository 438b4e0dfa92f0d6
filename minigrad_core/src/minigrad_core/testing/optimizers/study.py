"""One optimizer under study, and short runs of it."""

from __future__ import annotations

import inspect
import zlib
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ...parameter import Parameter
from ..finding import Broken
from ..guarded import guarded
from ..surroundings import process

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LR = 0.05
DECAYS = ("weight_decay", "l2")  # what pulls parameters to zero
LASSOS = ("l1", "l1_decay", "l1_penalty")
SHAPES = ((3, 4), (5,))


class OptimizerStudy:
    """An optimizer class, and what its checks share: parameters, gradients and runs."""

    def __init__(self, cls: type[Any], seed: int = 0) -> None:
        if not callable(cls) or not hasattr(cls, "__name__"):
            raise Broken("not-a-class", f"expected a class of optimizers, got {cls!r}")
        self.process = process()
        self.cls = cls
        self.name = str(guarded("name", lambda: getattr(cls, "name", cls.__name__)))
        self.seed = seed
        self._draws: dict[tuple[str, tuple[int, ...]], NDArray[Any]] = {}
        # What several checks compare with: the start, gradients and steps of a run, by its settings.
        self.paths: dict[str, tuple[NDArray[Any], list[Any], NDArray[Any]]] = {}

    @cached_property
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

    @cached_property
    def strong(self) -> dict[str, Any]:
        """Settings under which the rule does all that it can: what is 0 by default is not."""
        chosen: dict[str, Any] = {}
        for name, value in self.settings.items():
            usual = name in ("momentum", *DECAYS) and not isinstance(value, bool)
            if value != 0 or not (isinstance(value, float) or usual):
                continue
            try:
                self.make(self.params(), **{**chosen, name: 0.9 if name == "momentum" else 0.1})
            except Broken:
                continue
            chosen[name] = 0.9 if name == "momentum" else 0.1
        return chosen

    @property
    def modes(self) -> tuple[dict[str, Any], ...]:
        """The settings that a check tries: the defaults, and those that use all of the rule."""
        return ({}, self.strong) if self.strong else ({},)

    def rng(self, purpose: str) -> np.random.Generator:
        """Return a private generator."""
        return np.random.default_rng(zlib.crc32(f"{self.name}|{purpose}|{self.seed}".encode()))

    def params(self, shapes: Sequence[tuple[int, ...]] = SHAPES, dtype: Any = np.float64) -> list[Parameter]:
        """Return new parameters, the same at each call."""
        return [
            Parameter(np.array(self._drawn(f"parameter {k}", tuple(shape)), dtype))
            for k, shape in enumerate(shapes)
        ]

    def grads(self, params: Sequence[Parameter], step: int) -> list[NDArray[Any]]:
        """Return the gradients of a step, the same at each call and for each parameter by its place."""
        return [
            np.array(self._drawn(f"grad {step} {k}", p.data.shape), p.data.dtype)
            for k, p in enumerate(params)
        ]

    def wild(self, params: Sequence[Parameter], step: int) -> list[NDArray[Any]]:
        """Return gradients over six orders of magnitude: a rule of signs shows its averages then alone."""
        wild = [self._drawn(f"wild grad {step} {k}", p.data.shape, decades=3) for k, p in enumerate(params)]
        return [np.array(g, p.data.dtype) for g, p in zip(wild, params, strict=True)]

    def _drawn(self, purpose: str, shape: tuple[int, ...], decades: float = 0.0) -> NDArray[Any]:
        """Return values of both signs, drawn once: a generator costs as much as a step."""
        key = purpose, shape
        if key not in self._draws:
            rng = self.rng(f"{purpose} {shape}")
            sizes = rng.uniform(0.3, 1.7, shape) * 10 ** rng.uniform(-decades, decades, shape)
            self._draws[key] = np.asarray(sizes * rng.choice([-1.0, 1.0], shape))
        return self._draws[key]

    def make(self, params: Any, lr: float = LR, **settings: Any) -> Any:
        """Return an optimizer."""
        return guarded("the constructor", lambda: self.cls(params, lr=lr, **settings))

    def step(self, optimizer: Any, params: Sequence[Parameter], grads: Sequence[Any]) -> None:
        """Hand in read-only gradients, and take a step."""
        for p, g in zip(params, grads, strict=True):
            p.grad = None if g is None else read_only(g)
        try:
            guarded("step", lambda: optimizer.step())
        except Broken as broken:
            if "read-only" not in broken.fact:
                raise
            raise Broken("writes-gradient", f"a step writes to a gradient: {broken.fact}") from broken

    def run(
        self, optimizer: Any, params: Sequence[Parameter], steps: int, first: int = 0, *, wild: bool = False
    ) -> list[NDArray[Any]]:
        """Take some steps, and return copies of the parameters."""
        grads = self.wild if wild else self.grads
        for step in range(first, first + steps):
            self.step(optimizer, params, grads(params, step))
        return [p.data.copy() for p in params]

    def alone(
        self, shapes: Sequence[tuple[int, ...]], k: int, steps: int, wild: bool = False, /, **settings: Any
    ) -> Any:
        """Return where the k-th of parameters of `shapes` is after each step of an optimizer of its own."""
        params = self.params(shapes)
        optimizer = self.make([params[k]], **settings)
        places = []
        for step in range(steps):
            grads = self.wild(params, step) if wild else self.grads(params, step)
            self.step(optimizer, [params[k]], [grads[k]])
            places.append(params[k].data.copy())
        return places


def close(x: Any, y: Any) -> bool:
    """Whether two runs of the same arithmetic came to the same place, in whatever order it was done."""
    return bool(np.allclose(x, y, rtol=1e-10, atol=1e-13))


def read_only(g: Any) -> NDArray[Any]:
    """Return a copy that cannot be written to."""
    frozen = np.array(g)
    frozen.flags.writeable = False
    return frozen
