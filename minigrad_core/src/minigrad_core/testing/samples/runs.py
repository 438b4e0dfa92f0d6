"""The runs of one optimizer: the pool that every law sees, and where each of them goes."""

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...parameter import Parameter
from ..closeness import close
from ..finding import Broken
from ..guarded import guarded, on_purpose
from ..references.optimizers import Rule
from ..surroundings import process
from .modes import others, settings_of
from .run import FEW, LARGE, MANY, PLAIN, STEPS, TWINS, Run, changed

Places: TypeAlias = list[list[NDArray[Any]]]


@dataclass(frozen=True)
class Trace:
    """Where a run went, and what it left behind."""

    places: Places  # copies of the parameters after each step
    saved: Any  # what `state_dict` returned in the middle, as it is at the end
    exported: bytes  # the same, pickled in the middle
    state: Any  # what `state_dict` returned at the end
    replaced: Sequence[int]  # the parameters whose array is another one at the end


def parted(places: Places, others: Places, dtype: Any = np.float64) -> tuple[int, int] | None:
    """Return the first step and parameter at which two runs of the same arithmetic part, None if nowhere.

    Sums may be taken in another order, no more; float32 may come near zero on a long way with no digit left.
    """
    relative, absolute = (1e-10, 1e-13) if dtype == np.float64 else (1e-4, 1e-4)
    for step, (now, then) in enumerate(zip(places, others, strict=False)):
        for k, (x, y) in enumerate(zip(now, then, strict=True)):
            if not close(x, y, relative, absolute):
                return step, k
    return None


class OptimizerRuns:
    """An optimizer class and its pool: what every law sees."""

    def __init__(self, cls: type[Any], reference: Rule | None = None, seed: int = 0) -> None:
        if not callable(cls) or not hasattr(cls, "__name__"):
            raise Broken("not-a-class", f"expected a class of optimizers, got {cls!r}")
        self.process = process()
        self.cls = cls
        self.name = str(guarded("name", lambda: getattr(cls, "name", cls.__name__)))
        self.reference = reference or getattr(cls, "reference", None)
        self.initial = frozenset(getattr(cls, "initial", ()))
        self.plain = Run(seed=seed)
        self.short = replace(self.plain, shapes=PLAIN, steps=FEW)
        self.long = replace(self.plain, shapes=TWINS, steps=MANY, told=" in the long run")
        self._traces: dict[str, Trace] = {}

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """All settings but the rate, with their defaults."""
        return {name: p.default for name, p in settings_of(self.cls, "lr").items()}

    @cached_property
    def others(self) -> list[tuple[str, list[Any]]]:
        """Other values of each setting, and of each number of a tuple: (name, values)."""
        settings = settings_of(self.cls, "lr").items()
        return [(name, values) for name, p in settings for values in others(p.default, p) if values]

    @cached_property
    def alone(self) -> tuple[Run, ...]:
        """A run for each setting, and each number of a tuple, that is changed alone."""
        accepted = [next(filter(self._accepts, [{n: v} for v in values]), {}) for n, values in self.others]
        return tuple(changed(self.short, change) for change in accepted if change)

    @cached_property
    def together(self) -> Run:
        """The run in which all settings are changed that can be; one may be refused without another."""
        chosen: dict[str, Any] = {}
        for name, values in self.others * 2:
            now, default = chosen.get(name), self.defaults[name]
            changes = [{**chosen, name: _merged(now, v, default)} for v in values]
            chosen = next(filter(self._accepts, changes), chosen)
        return changed(self.plain, chosen)

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The pool: defaults, each setting changed alone, all and again in mid-run, sizes, float32."""
        return (
            self.plain,
            *self.alone,
            self.reassigned,
            replace(self.plain, shapes=LARGE, steps=2, told=" with large parameters"),
            self.long,
            replace(self.reassigned, dtype=np.float32, told=f"{self.reassigned.told} in float32"),
        )

    @cached_property
    def reassigned(self) -> Run:
        """The run with all changes, in which half of each number but counts is assigned on the way."""
        start = self.together.settings
        now = {k: _half(v) for k, v in start.items() if k not in self.initial and _half(v) != v}
        return replace(
            self.together,
            assigned={STEPS // 2 - 1: now},  # so that it is in the state that is saved in the middle
            told=f"{self.together.told} and half of each in mid-run",
        )

    def _accepts(self, settings: Mapping[str, Any]) -> bool:
        """Return whether settings are refused neither at once nor aloud by a step, and give numbers."""
        run = replace(changed(self.short, settings), steps=1)
        params = run.params()
        try:
            self.go(self.make(params, **run.settings), params, run)
        except Broken as broken:
            aloud = broken.cause is not None and on_purpose(broken.cause)
            made_up = any(type(v) is not type(self.defaults[k]) for k, v in settings.items())
            return not (aloud or made_up or broken.code.startswith("constructor"))
        return all(np.isfinite(p.data).all() for p in params)

    def make(self, params: Any, **settings: Any) -> Any:
        """Return an optimizer; parameters come from any iterable, as `model.parameters()` gives them."""
        return guarded("the constructor", lambda: self.cls(iter(params), **settings))

    def trace(self, run: Run) -> Trace:
        """Return where a run goes, computed once."""
        key = repr((run.settings, run.assigned, run.shapes, run.steps, run.dtype))
        if key not in self._traces:
            self._traces[key] = self._traced(run)
        return self._traces[key]

    def _traced(self, run: Run) -> Trace:
        params = run.params()
        arrays = [p.data for p in params]
        made = self.make(params, **run.settings)
        places = self.go(made, params, run, last=run.middle)
        saved = guarded("state_dict", lambda: made.state_dict())
        exported = guarded("pickling its state", lambda: pickle.dumps(saved))
        places += self.go(made, params, run, run.middle)
        return Trace(
            places,
            saved,
            exported,
            state=guarded("state_dict", lambda: made.state_dict()),
            replaced=[k for k, (p, a) in enumerate(zip(params, arrays, strict=True)) if p.data is not a],
        )

    def go(
        self, optimizer: Any, params: Sequence[Parameter], run: Run, first: int = 0, last: int | None = None
    ) -> Places:
        """Take the steps of a run from `first` up to `last`; return where the parameters are after each."""
        places = []
        for step in range(first, run.steps if last is None else last):
            self.assign(optimizer, run.assigned.get(step, {}))
            self.step(optimizer, params, run.grads(step))
            places.append([p.data.copy() for p in params])
        return places

    def step(self, optimizer: Any, params: Sequence[Parameter], grads: Sequence[Any]) -> None:
        """Hand in gradients, and take a step, which may be refused where there is no gradient at all."""
        for p, g in zip(params, grads, strict=True):
            p.grad = g
        try:
            guarded("step", lambda: optimizer.step())
        except Broken as broken:
            if any(g is not None for g in grads) or broken.cause is None or not on_purpose(broken.cause):
                raise

    def assign(self, optimizer: Any, settings: Mapping[str, Any]) -> None:
        """Assign settings to attributes."""
        for name, value in settings.items():
            guarded(f"assigning {name}", partial(setattr, optimizer, name, value))


def _merged(one: Any, other: Any, default: Any) -> Any:
    """Return a tuple with what is changed in either of two; of what is no tuple, the other."""
    if not isinstance(one, tuple):
        return other
    return tuple(b if b != d else a for a, b, d in zip(one, other, default, strict=True))


def _half(value: Any) -> Any:
    """Return half of a number, and a tuple of halves; anything else, a count or a flag, as it is."""
    if isinstance(value, tuple):
        return tuple(map(_half, value))
    return value / 2 if isinstance(value, float) else value
