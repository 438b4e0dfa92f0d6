"""The runs of one optimizer, which all laws share, and the trajectories of the runs."""

import pickle
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...contracts import Optimizer
from ...engine.version_counter import next_version
from ...parameter import Parameter
from ..closeness import is_close
from ..finding import Finding, Findings, SubjectFailed, guard, is_deliberate
from ..global_state import snapshot_process
from ..references import Rule
from .settings import propose_values, read_settings

RATE = 0.0371  # not the default of an optimizer, and not exact in float32
STEPS, LONG_STEPS = 12, 104  # a correction or a warm-up may end after 100 steps
MIDDLE = 6  # the step before which a state is saved

Shapes: TypeAlias = tuple[tuple[int, ...], ...]
Gradients: TypeAlias = list[NDArray[Any] | None]
Positions: TypeAlias = list[list[NDArray[Any]]]  # copies of the parameters after each step

# Tall, wide, 1-d, 0-d, and the kernels of a convolution.
SHAPES: Shapes = ((5, 3), (3, 5), (4,), (), (2, 3, 1, 2))
# More than a block of 16, more than 1,024 values, square, empty (the two empty states are easily confused),
# and sizes of 1.
OTHER_SHAPES: Shapes = ((17, 65), (1025,), (4, 4), (0,), (2, 0), (6, 1), (1, 5), (1,))
# Two parameters of one shape: their states are easily confused.
TWIN_SHAPES: Shapes = ((2, 3), (2, 3))
# The parameters without a gradient, by the step: the first, the last, one in the middle, all.
MISSING = {0: {1}, 2: {0, 3}, 4: {0, 1, 2, 3, 4}, 5: {2, 4}}
# Gradients grow and shrink from step to step: a maximum or a clipped norm matters then.
GRADIENT_SIZES = (1.0, 20.0, 0.05, 3.0, 0.7, 1.0, 0.2, 8.0)


@cache
def _draw_signed(shape: tuple[int, ...], *seed: int) -> NDArray[Any]:
    """Return values of both signs and of magnitude 0.3 to 1.7."""
    rng = np.random.default_rng(seed)
    return np.asarray(rng.uniform(0.3, 1.7, shape) * rng.choice([-1.0, 1.0], shape))


@cache
def _draw_gradients(step: int, seed: int, shapes: Shapes, dtype: Any, nudge: float) -> Gradients:
    """Return the gradients of a step, None for a parameter without one.

    The gradients of the vector spread over eight orders of magnitude, so that an epsilon matters. Some values
    of a kernel have a gradient of zero at each step; the first parameter has one at step 3, and the fourth
    one at the first step. The gradients of the first twin have one sign, so that distances grow, which some
    optimizers estimate; those of the second twin have both, so that steps of Rprop shrink to their limit.
    """
    gradients: Gradients = []
    for k, shape in enumerate(shapes):
        size = GRADIENT_SIZES[step % len(GRADIENT_SIZES)]
        grad = size * _draw_signed(shape, seed, 100 * step + k + 10)
        grad *= 1 + nudge * _draw_signed(shape, seed, 100 * step + k + 50)
        if shapes == TWIN_SHAPES and k == 0:
            grad = np.abs(grad)
        if shape == (4,):
            grad *= np.array([1e-8, 1e-4, 1.0, 1e-2])
        if len(shape) > 2:
            grad[0, 0] = 0.0
        grad = np.array(grad * ((step, k) not in ((3, 0), (0, 3))), dtype)
        gradients.append(None if k in MISSING.get(step, ()) else grad)
    return gradients


@dataclass(frozen=True, eq=False)
class OptimizerRun:
    """One run of an optimizer: its settings, parameters and gradients."""

    seed: int = 0  # the seed of parameters and gradients
    description: str = ""  # the difference from the default run, for messages: " with eps=0.01"
    settings: dict[str, Any] = field(default_factory=lambda: {"lr": RATE})  # the arguments of the constructor
    # Settings that are assigned before a step, by the step.
    assigned: dict[int, dict[str, Any]] = field(default_factory=dict)
    shapes: Shapes = SHAPES  # the shapes of the parameters
    dtype: Any = np.float64  # the type of parameters and gradients
    steps: int = STEPS  # the number of steps
    size: float = 1.0  # a factor of all gradients
    nudge: float = 0.0  # the approximate relative change of the gradients

    def with_settings(self, settings: Mapping[str, Any]) -> "OptimizerRun":
        """Return the run with some settings replaced."""
        text = ", ".join(f"{name}={value!r}" for name, value in settings.items())
        description = f" with {text}" if text else ""
        return replace(self, settings={**self.settings, **settings}, description=description)

    def make_params(self) -> list[Parameter]:
        """Return new parameters, the same at each call; vectors start at zero, as biases do."""
        values = [_draw_signed(shape, self.seed, k) * (shape != (4,)) for k, shape in enumerate(self.shapes)]
        return [Parameter(np.array(value, self.dtype)) for value in values]

    def make_gradients(self, step: int) -> Gradients:
        """Return new gradients of a step, the same at each call; None for a parameter without one."""
        gradients = _draw_gradients(step, self.seed, self.shapes, self.dtype, self.nudge)
        # A product with a Python float is a copy of the same dtype.
        return [None if grad is None else np.asarray(grad * self.size) for grad in gradients]

    def compare(
        self, positions: Positions, expected: Positions, code: str, fact: str, **values: Any
    ) -> Findings:
        """Yield a finding for the first step at which two trajectories differ.

        A value near zero may have lost the digits of its largest value so far. The order of sums may differ:
        they have a thousandth of the tolerance, at the scale of the largest value of the array. `values` are
        for the script.
        """
        rtol = 1e-10 if self.dtype == np.float64 else 1e-4
        largest = [np.zeros(shape) for shape in self.shapes]
        for step, (arrays, expected_arrays) in enumerate(zip(positions, expected, strict=False)):
            for k, (x, y, shape) in enumerate(zip(arrays, expected_arrays, self.shapes, strict=True)):
                largest[k] = np.maximum(largest[k], np.abs(y))
                if not is_close(x, y, 0.0, rtol * (largest[k] + 1e-3 * largest[k].max(initial=0.0))):
                    place = f"(shape {shape}, from step {step + 1} on{self.description})"
                    error = float(np.nan_to_num(np.abs(x - y), nan=1.0).max())
                    tolerance = min(error / 2, rtol * float(largest[k].max()))
                    values = {"kept": [k], "tolerance": tolerance, **values}
                    yield Finding(code, f"{fact} {place}", run=replace(self, steps=step + 1), values=values)
                    return


@dataclass(frozen=True)
class Trajectory:
    """The result of a run."""

    positions: Positions  # the parameters after each step
    saved: Any  # the object that `state_dict` returned in the middle of the run, as it is at the end
    exported: bytes  # the same object, pickled in the middle of the run
    state: Any  # the object that `state_dict` returned at the end


class OptimizerRuns:
    """An optimizer class and its runs.

    cls: the class: `cls(params, lr=..., **settings)`.
    reference: the rule of the author, instead of `cls.reference`.
    seed: the seed of parameters and gradients.

    Raise SubjectFailed if the object is not a class.
    """

    def __init__(self, cls: type[Any], reference: Rule | None = None, seed: int = 0) -> None:
        if not callable(cls) or not hasattr(cls, "__name__"):
            raise SubjectFailed("not-a-class", f"expected a class of optimizers, got {cls!r}")
        self.process_state = snapshot_process()
        self.cls = cls
        self.name = str(guard("name", lambda: getattr(cls, "name", cls.__name__)))
        self.reference = reference or getattr(cls, "reference", None)
        self.initial = frozenset(getattr(cls, "initial", ()))  # settings that are read at construction only
        self.coupled = str(getattr(cls, "coupled", ""))  # why parameters do not move as they would alone
        # Whether the class keeps the promises of the base class.
        self.inherits_base = isinstance(cls, type) and issubclass(cls, Optimizer)
        settings = read_settings(cls)
        rate = settings.pop("lr", None)
        self.default_rate = {"lr": rate.default} if rate else {}
        self.defaults = {name: p.default for name, p in settings.items()}
        # Other values of each setting, and of each number in a tuple.
        proposals = [(name, vs) for name, p in settings.items() for vs in propose_values(p.default, p)]
        self.alternatives = [(name, values) for name, values in proposals if values]
        self.default_run = OptimizerRun(seed)
        self._trajectories: dict[str, Trajectory] = {}

    @cached_property
    def single_changes(self) -> tuple[OptimizerRun, ...]:
        """For each setting, and each number in a tuple, a run in which it differs; later the rate halves."""
        slower = replace(self.default_run, assigned={MIDDLE + 1: {"lr": RATE / 2}})
        changes = [self._choose_values([alternative]) for alternative in self.alternatives]
        return tuple(slower.with_settings(change) for change in changes if change)

    @cached_property
    def combined_changes(self) -> OptimizerRun:
        """The run in which as many settings as possible differ from their defaults.

        An optimizer may refuse a setting without another one, so this tries each setting twice.
        """
        return self.default_run.with_settings(self._choose_values(self.alternatives * 2))

    @cached_property
    def runs(self) -> tuple[OptimizerRun, ...]:
        """The runs: defaults, single changes, all changed until the middle, other sizes, float32."""
        defaults = {name: v for name, v in self.defaults.items() if name not in self.initial}
        reset = {name: v for name, v in defaults.items() if type(v) in (int, float, tuple)}
        # Powers and averages degenerate at 1.
        numbers = {name: v for name, v in self.defaults.items() if type(v) in (int, float) and v != 1}
        ones = self._choose_values([(name, [type(v)(1)]) for name, v in numbers.items()])
        changed = self.combined_changes
        reassigned = replace(
            changed,
            # At a step where all have a gradient, and at a later one. The rates are Python floats:
            # np.float64 would widen `lr * grad` of float32.
            assigned={
                MIDDLE // 2: {"lr": RATE / 2, **reset},
                MIDDLE - 1: {"lr": 0.0},
                MIDDLE + 1: {"lr": 20 * RATE},
            },
            description=f"{changed.description} until step {MIDDLE // 2}",
        )
        usual_rate = self.default_run.with_settings(self.default_rate)
        return (
            self.default_run,
            *self.single_changes,
            reassigned,
            self.default_run.with_settings(ones),
            replace(self.default_run, shapes=OTHER_SHAPES, description=" with other shapes"),
            replace(self.default_run, shapes=((4,),), size=1e-25, description=" with gradients around 1e-25"),
            replace(usual_rate, shapes=TWIN_SHAPES, steps=LONG_STEPS, description=" with two of one shape"),
            replace(reassigned, dtype=np.float32, description=f"{reassigned.description} in float32"),
        )

    def _choose_values(self, alternatives: Iterable[tuple[str, list[Any]]]) -> dict[str, Any]:
        """Return each setting at the first of its values that the optimizer accepts beside the others."""
        chosen: dict[str, Any] = {}
        for name, values in alternatives:
            changes = ({**chosen, name: value} for value in values)
            chosen = next(filter(self._is_accepted, changes), chosen)
        return chosen

    def _is_accepted(self, settings: Mapping[str, Any]) -> bool:
        """Return whether a step under some settings is possible and gives finite numbers.

        A crash at values of the usual type is a fault, not a refusal: these settings count as accepted, so
        that laws report the fault.
        """
        try:
            positions = self.replay(self.default_run.with_settings(settings), last=1)
        except SubjectFailed as failure:
            has_usual_types = all(type(v) is type(self.defaults[name]) for name, v in settings.items())
            is_refusal = is_deliberate(failure.cause or failure)
            return has_usual_types and failure.code == "step-raises" and not is_refusal
        return all(np.isfinite(x).all() for x in positions[0])

    def make(self, params: Any, **settings: Any) -> Any:
        """Return an optimizer; it gets an iterator of parameters, such as `model.parameters()` gives."""
        return guard("the constructor", lambda: self.cls(iter(params), **settings))

    def replay(self, run: OptimizerRun, last: int, **settings: Any) -> Positions:
        """Return the positions of the first steps of a run; other settings may be given at construction."""
        params = run.make_params()
        return self.take_steps(self.make(params, **(settings or run.settings)), params, run, last=last)

    def trajectory(self, run: OptimizerRun) -> Trajectory:
        """Return the trajectory of a run, computed once."""
        key = repr(run)
        if key not in self._trajectories:
            params = run.make_params()
            optimizer = self.make(params, **run.settings)
            positions = self.take_steps(optimizer, params, run, last=MIDDLE)
            saved = guard("state_dict", lambda: optimizer.state_dict())
            exported = guard("pickling its state", lambda: pickle.dumps(saved))
            positions += self.take_steps(optimizer, params, run, MIDDLE)
            state = guard("state_dict", lambda: optimizer.state_dict())
            self._trajectories[key] = Trajectory(positions, saved, exported, state)
        return self._trajectories[key]

    def take_steps(
        self, optimizer: Any, params: Any, run: OptimizerRun, first: int = 0, last: int | None = None
    ) -> Positions:
        """Take the steps of a run from `first` up to `last`; return the parameters after each step."""
        positions = []
        for step in range(first, last or run.steps):
            self.take_step(optimizer, params, run.make_gradients(step), run.assigned.get(step, {}))
            positions.append([p.data.copy() for p in params])
        return positions

    def assign(self, optimizer: Any, settings: Any) -> None:
        """Assign settings by name."""
        for name, value in dict(settings).items():
            guard(f"assigning {name}", partial(setattr, optimizer, name, value))

    def take_step(self, optimizer: Any, params: Any, gradients: Any, assigned: Any = ()) -> None:
        """Assign settings and gradients, and take a step.

        Raise SubjectFailed if the step raises, replaces the array of a parameter, or breaks a promise of the
        base class: a new `param.version` where a gradient was, and an exception if no parameter has a
        gradient.
        """
        self.assign(optimizer, assigned)
        for p, g in zip(params, gradients, strict=True):
            p.grad = g
        arrays, version = [p.data for p in params], next_version()
        has_gradient = any(g is not None for g in gradients)
        try:
            guard("step", lambda: optimizer.step())
        except SubjectFailed as failure:
            if has_gradient or not is_deliberate(failure.cause or failure):
                raise
        else:
            if self.inherits_base and not has_gradient:
                fact = "a step without any gradient is no error, as it is of the base"
                raise SubjectFailed("silent-step", fact)
        for p, g, array in zip(params, gradients, arrays, strict=True):
            if self.inherits_base and g is not None and p.version <= version:
                fact = "a step leaves param.version as it is: set it to next_version()"
                raise SubjectFailed("version-kept", fact)
            if p.data is not array:
                fact = f"a step replaces an array of shape {array.shape}: change that"
                raise SubjectFailed("replaces-data", fact)


def restore_settings(optimizer: Any, assigned: Any, step: int) -> None:
    """Assign the settings before a step, unless a state had some: classes need not save their settings."""
    settings = {name: v for earlier in range(step) for name, v in assigned.get(earlier, {}).items()}
    if not any(getattr(optimizer, name, None) == v for name, v in settings.items() if name != "lr"):
        for name, value in settings.items():
            setattr(optimizer, name, value)
