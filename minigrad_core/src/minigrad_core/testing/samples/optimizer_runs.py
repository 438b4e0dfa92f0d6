"""The runs of one optimizer, which all laws share."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...contracts import Optimizer
from ..finding import SubjectFailed, guard, is_refusal
from ..global_state import snapshot_process
from ..references import Rule
from .optimizer_run import Gradients, OptimizerRun, cast
from .settings import propose_values, read_settings

RATE = 0.0371  # not the default of an optimizer, and not exact in float32
STEPS, LONG_STEPS = 12, 104  # a correction or a warm-up may end after 100 steps
MIDDLE = STEPS // 2

Shapes: TypeAlias = tuple[tuple[int, ...], ...]

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


def _draw_signed(shape: tuple[int, ...], *seed: int) -> NDArray[Any]:
    """Return values of both signs and of magnitude 0.3 to 1.7."""
    rng = np.random.default_rng(seed)
    return np.asarray(rng.uniform(0.3, 1.7, shape) * rng.choice([-1.0, 1.0], shape))


@cache
def _draw_starts(seed: int, shapes: Shapes) -> list[NDArray[Any]]:
    """Return the parameters; vectors start at zero, as biases do."""
    return [_draw_signed(shape, seed, k) * (shape != (4,)) for k, shape in enumerate(shapes)]


@cache
def _draw_gradients(step: int, seed: int, shapes: Shapes, scale: float) -> Gradients:
    """Return the gradients of a step, None for a parameter without one.

    The gradients of the vector spread over eight orders of magnitude, so that an epsilon matters. Some values
    of a kernel have a gradient of zero at each step; the first parameter has one at step 3, and the fourth
    one at the first step. The gradients of the first twin have one sign, so that distances grow, which some
    optimizers estimate; those of the second twin have both, so that steps of Rprop shrink to their limit.
    """
    gradients: list[NDArray[Any] | None] = []
    for k, shape in enumerate(shapes):
        size = scale * GRADIENT_SIZES[step % len(GRADIENT_SIZES)]
        grad = size * _draw_signed(shape, seed, 100 * step + k + 10)
        if shapes == TWIN_SHAPES and k == 0:
            grad = np.abs(grad)
        if shape == (4,):
            grad *= np.array([1e-8, 1e-4, 1.0, 1e-2])
        if len(shape) > 2:
            grad[0, 0] = 0.0
        grad = np.asarray(grad * ((step, k) not in ((3, 0), (0, 3))))
        gradients.append(None if k in MISSING.get(step, ()) else grad)
    return gradients


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
        self.cls, self.seed = cls, seed
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
        self.default_run = self._draw_run()

    def _draw_run(
        self, shapes: Shapes = SHAPES, steps: int = STEPS, scale: float = 1.0, description: str = ""
    ) -> OptimizerRun:
        """Return a run with the defaults; scale is a factor of all gradients."""
        gradients = [_draw_gradients(step, self.seed, shapes, scale) for step in range(steps)]
        starts = _draw_starts(self.seed, shapes)
        return OptimizerRun(self.cls, {"lr": RATE}, starts, gradients, description=description)

    @cached_property
    def single_changes(self) -> tuple[OptimizerRun, ...]:
        """For each setting, and each number in a tuple, a run in which it differs; later the rate halves."""
        slower = replace(self.default_run, assigned={MIDDLE + 1: {"lr": RATE / 2}})
        changes = [self._choose_values([alternative]) for alternative in self.alternatives]
        return tuple(with_settings(slower, change) for change in changes if change)

    @cached_property
    def combined_changes(self) -> OptimizerRun:
        """The run in which as many settings as possible differ from their defaults.

        An optimizer may refuse a setting without another one, so this tries each setting twice.
        """
        return with_settings(self.default_run, self._choose_values(self.alternatives * 2))

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
        single = cast(reassigned, np.float32)
        twins = self._draw_run(TWIN_SHAPES, LONG_STEPS, description=" with two of one shape")
        return (
            self.default_run,
            *self.single_changes,
            reassigned,
            with_settings(self.default_run, ones),
            self._draw_run(OTHER_SHAPES, description=" with other shapes"),
            self._draw_run(((4,),), scale=1e-25, description=" with gradients around 1e-25"),
            replace(twins, settings={"lr": RATE, **self.default_rate}),
            replace(single, description=f"{reassigned.description} in float32"),
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
        run = with_settings(self.default_run, settings)
        try:
            _, (params,) = replace(run, gradients=run.gradients[:1]).outcome
        except SubjectFailed as failure:
            has_usual_types = all(type(v) is type(self.defaults[name]) for name, v in settings.items())
            return has_usual_types and failure.code == "step-raises" and not is_refusal(failure)
        return all(np.isfinite(x).all() for x in params)


def with_settings(run: OptimizerRun, settings: Mapping[str, Any]) -> OptimizerRun:
    """Return a run with some settings replaced."""
    text = ", ".join(f"{name}={value!r}" for name, value in settings.items())
    description = f" with {text}" if text else ""
    return replace(run, settings={**run.settings, **settings}, description=description)
