"""The runs of one optimizer: the pool that every law sees, and where each of them goes."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...contracts import Optimizer
from ...engine.version_counter import next_version
from ...parameter import Parameter
from ..closeness import is_close
from ..finding import SubjectFailed
from ..global_state import snapshot_process
from ..guard import guard, is_deliberate
from ..references.optimizers import Rule
from .alternatives import propose_values, read_settings

RATE = 0.0371  # nobody's default, and no number that float32 holds
STEPS, LONG, MIDDLE = 12, 40, 6  # before which a run is interrupted

Shapes: TypeAlias = tuple[tuple[int, ...], ...]
Gradients: TypeAlias = list[NDArray[Any] | None]
Positions: TypeAlias = list[list[NDArray[Any]]]  # copies of the parameters after each step

# Tall, wide, 1-d, 0-d, and the kernels of a convolution.
SHAPES: Shapes = ((5, 3), (3, 5), (4,), (), (2, 3, 1, 2))
# Larger than a block of 16, longer than 1,024, square, empty; and two whose states may be confused unseen.
LARGE: Shapes = ((17, 65), (1025,), (4, 4), (0,), (2, 0))
TWINS: Shapes = ((2, 3), (2, 3))
# Which parameters have no gradient at a step: the first, the last, one in the middle, all.
MISSING = {0: {1}, 2: {0, 3}, 4: {0, 1, 2, 3, 4}, 5: {2, 4}}
# Gradients grow and fall from step to step, as they do where a maximum or a clipped norm matters.
SIZES = (1.0, 20.0, 0.05, 3.0, 0.7, 1.0, 0.2, 8.0)


@cache
def _draw_signed(shape: tuple[int, ...], *seed: int) -> NDArray[Any]:
    """Return values between 0.3 and 1.7, of both signs."""
    rng = np.random.default_rng(seed)
    return np.asarray(rng.uniform(0.3, 1.7, shape) * rng.choice([-1.0, 1.0], shape))


@cache
def _draw_gradients(step: int, seed: int, shapes: Shapes, dtype: Any, nudge: float) -> Gradients:
    """Return those of a vector over eight orders of magnitude, at each place its own: so an epsilon shows.

    A value of a kernel has a gradient of zero for ever, and all of the first parameter one once. Those of
    twins lead one way at the usual rate: so distances grow, which some estimate.
    """
    found: Gradients = []
    for k, shape in enumerate(shapes):
        grad = SIZES[step % len(SIZES)] * _draw_signed(shape, seed, 100 * step + k + 10)
        grad *= 1 + nudge * _draw_signed(shape, seed, 100 * step + k + 50)
        if shapes == TWINS:
            grad = np.abs(grad)
        if shape == (4,):
            grad *= np.array([1e-8, 1e-4, 1.0, 1e-2])
        if len(shape) > 2:
            grad[0, 0] = 0.0
        grad = np.array(grad * ((step, k) != (3, 0)), dtype)
        found.append(None if k in MISSING.get(step, ()) else grad)
    return found


@dataclass(frozen=True, eq=False)
class OptimizerRun:
    """One run: how the optimizer is made, what is assigned on the way, and values that let no fault hide."""

    seed: int = 0
    description: str = ""  # what is special about it, for a message: " with eps=0.01"
    settings: dict[str, Any] = field(default_factory=lambda: {"lr": RATE})
    assigned: dict[int, dict[str, Any]] = field(default_factory=dict)  # before a step, by the step
    shapes: Shapes = SHAPES
    dtype: Any = np.float64
    steps: int = STEPS
    nudge: float = 0.0  # about the share of itself by which each gradient is moved

    def with_settings(self, settings: Mapping[str, Any]) -> "OptimizerRun":
        """Return a run with other settings."""
        description = ", ".join(f"{name}={value!r}" for name, value in settings.items())
        return replace(
            self,
            settings={**self.settings, **settings},
            description=f" with {description}" if description else "",
        )

    def params(self) -> list[Parameter]:
        """Return new parameters, the same at each call; vectors begin at zero, as biases do."""
        values = [_draw_signed(shape, self.seed, k) * (shape != (4,)) for k, shape in enumerate(self.shapes)]
        return [Parameter(np.array(value, self.dtype)) for value in values]

    def gradients(self, step: int) -> Gradients:
        """Return new gradients of a step, the same at each call; None for a parameter without one."""
        found = _draw_gradients(step, self.seed, self.shapes, self.dtype, self.nudge)
        return [None if grad is None else grad.copy() for grad in found]

    def find_divergence(self, positions: Positions, propose_values: Positions) -> str:
        """Return where two runs of the same arithmetic part, for a message; nothing if nowhere."""
        # Sums may be taken in another order; float32 may come near zero on a long way, with no digit left.
        relative, absolute = (1e-10, 1e-13) if self.dtype == np.float64 else (1e-4, 1e-4)
        for step, (now, then) in enumerate(zip(positions, propose_values, strict=False)):
            for x, y, shape in zip(now, then, self.shapes, strict=True):
                if not is_close(x, y, relative, absolute):
                    return f" (shape {shape}, from step {step + 1} on{self.description})"
        return ""


@dataclass(frozen=True)
class Trajectory:
    """Where a run went, and what it left behind."""

    positions: Positions
    saved: Any  # what `state_dict` returned in the middle, as it is at the end
    exported: bytes  # the same, pickled in the middle
    state: Any  # what `state_dict` returned at the end


class OptimizerRuns:
    """An optimizer class and its pool: what every law sees."""

    def __init__(self, cls: type[Any], reference: Rule | None = None, seed: int = 0) -> None:
        if not callable(cls) or not hasattr(cls, "__name__"):
            raise SubjectFailed("not-a-class", f"expected a class of optimizers, got {cls!r}")
        self.process_state = snapshot_process()
        self.cls = cls
        self.name = str(guard("name", lambda: getattr(cls, "name", cls.__name__)))
        self.reference = reference or getattr(cls, "reference", None)
        self.initial = frozenset(getattr(cls, "initial", ()))
        self.inherits_base = isinstance(cls, type) and issubclass(cls, Optimizer)  # and owes what that does
        settings = read_settings(cls, "lr").items()
        self.defaults = {name: p.default for name, p in settings}  # without the rate
        self.rate = {name: p.default for name, p in read_settings(cls).items() if name == "lr"}
        # Other values of each setting, and of each number of a tuple.
        self.alternatives = [
            (name, some) for name, p in settings for some in propose_values(p.default, p) if some
        ]
        self.default_run = OptimizerRun(seed)
        self._trajectories: dict[str, Trajectory] = {}

    @cached_property
    def single_changes(self) -> tuple[OptimizerRun, ...]:
        """A run for each setting, and each number of a tuple, that is changed alone; the rate later on."""
        accepted = [
            next(filter(self._is_accepted, [{n: v} for v in values]), {}) for n, values in self.alternatives
        ]
        slower = replace(self.default_run, assigned={MIDDLE + 1: {"lr": RATE / 2}})
        return tuple(slower.with_settings(change) for change in accepted if change)

    @cached_property
    def all_changed(self) -> OptimizerRun:
        """The run in which all settings are changed that can be; one may be refused without another."""
        chosen: dict[str, Any] = {}
        for name, values in self.alternatives * 2:
            chosen = next(filter(self._is_accepted, [{**chosen, name: v} for v in values]), chosen)
        return self.default_run.with_settings(chosen)

    @cached_property
    def runs(self) -> tuple[OptimizerRun, ...]:
        """The pool: defaults, each setting changed alone, all until the middle, sizes, float32."""
        back = {k: v for k, v in self.defaults.items() if type(v) in (float, tuple) and k not in self.initial}
        reassigned = replace(
            self.all_changed,
            # Where all have a gradient, and later. As np.float64 it would widen `lr * grad` of right ones.
            assigned={MIDDLE // 2: {"lr": RATE / 2, **back}, MIDDLE + 1: {"lr": 20 * RATE}},
            description=f"{self.all_changed.description} until step {MIDDLE // 2}",
        )
        return (
            self.default_run,
            *self.single_changes,
            reassigned,
            replace(self.default_run, shapes=LARGE, description=" with large parameters"),
            replace(
                self.default_run.with_settings(self.rate),
                shapes=TWINS,
                steps=LONG,
                description=" with two of one shape",
            ),
            replace(reassigned, dtype=np.float32, description=f"{reassigned.description} in float32"),
        )

    def _is_accepted(self, settings: Mapping[str, Any]) -> bool:
        """Return whether settings are not refused, and give numbers; a crash at usual values is a fault."""
        run = self.default_run.with_settings(settings)
        params = run.params()
        try:
            self.take_steps(self.make(params, **run.settings), params, run, last=1)
        except SubjectFailed as failure:
            usual = all(type(v) is type(self.defaults[k]) for k, v in settings.items())
            return usual and failure.code == "step-raises" and not is_deliberate(failure.cause or failure)
        return all(np.isfinite(p.data).all() for p in params)

    def make(self, params: Any, **settings: Any) -> Any:
        """Return an optimizer; parameters come from any iterable, as `model.parameters()` gives them."""
        return guard("the constructor", lambda: self.cls(iter(params), **settings))

    def trajectory(self, run: OptimizerRun) -> Trajectory:
        """Return where a run goes, computed once."""
        key = repr(run)
        if key not in self._trajectories:
            params = run.params()
            made = self.make(params, **run.settings)
            positions = self.take_steps(made, params, run, last=MIDDLE)
            saved = guard("state_dict", lambda: made.state_dict())
            exported = guard("pickling its state", lambda: pickle.dumps(saved))
            positions += self.take_steps(made, params, run, MIDDLE)
            state = guard("state_dict", lambda: made.state_dict())
            self._trajectories[key] = Trajectory(positions, saved, exported, state)
        return self._trajectories[key]

    def take_steps(
        self, made: Any, params: Any, run: OptimizerRun, first: int = 0, last: int | None = None
    ) -> Positions:
        """Take the steps of a run from `first` up to `last`; return where the parameters are after each."""
        positions = []
        for step in range(first, last or run.steps):
            self.step(made, params, run.gradients(step), run.assigned.get(step, {}))
            positions.append([p.data.copy() for p in params])
        return positions

    def step(self, made: Any, params: Any, grads: Any, assigned: Any = ()) -> None:
        """Assign settings, hand in gradients, and take a step, which may be refused without any gradient."""
        for name, value in dict(assigned).items():
            guard(f"assigning {name}", partial(setattr, made, name, value))
        for p, g in zip(params, grads, strict=True):
            p.grad = g
        arrays, begun = [p.data for p in params], next_version()
        some = any(g is not None for g in grads)
        try:
            guard("step", lambda: made.step())
        except SubjectFailed as failure:
            if some or not is_deliberate(failure.cause or failure):
                raise
        else:
            if self.inherits_base and not some:
                raise SubjectFailed(
                    "silent-step", "a step without any gradient is no error, as it is of the base"
                )
        for p, g, array in zip(params, grads, arrays, strict=True):
            if self.inherits_base and g is not None and p.version <= begun:
                raise SubjectFailed(
                    "version-kept", "a step leaves param.version as it is: set it to next_version()"
                )
            if p.data is not array:
                raise SubjectFailed(
                    "replaces-data", f"a step replaces an array of shape {array.shape}: change that"
                )
