"""Samples, the arguments of one call, and recipes, from which samples are drawn."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from enum import IntEnum, auto
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from ...array import Shape
from ...contracts.cases import Case, Values
from ..closeness import is_finite
from .values import Style


class Family(IntEnum):  # Python hashes a plain Enum ten times as slowly
    """The families of samples: how the arguments of a sample derive from a case."""

    CASE = auto()  # the case as it is
    AXES = auto()  # another axis, where the case has `axis_of`
    SETTINGS = auto()  # another value of a setting
    SIZES = auto()  # other sizes of letters, other shapes for `...`
    LARGE = auto()  # about 1,025 values along an axis
    INDICES = auto()  # negative indices, masks that are all false
    INTEGERS = auto()  # whole numbers, bytes and Python numbers among floats
    KINKS = auto()  # round values, zeros and ties
    FAR = auto()  # 1000 with a spread of about 1
    TINY = auto()  # one input within 1e-12 of zero, or of an edge of its domain
    CLOSE = auto()  # inputs nearly equal to one another
    SMALL = auto()  # all inputs within 1e-6 of zero, or of an edge of their domain
    EXTREMES = auto()  # values around 1000, at which naive formulas overflow
    MAGNITUDES = auto()  # values around 1e-200 and 1e200, whose squares vanish and overflow
    NON_FINITE = auto()  # NaN and infinities
    EMPTIES = auto()  # a size of 0: then other special values hardly matter


@dataclass(eq=False)  # a frozen dataclass takes six times as long to make
class Recipe:
    """The description of a sample: everything that the kit varies, so that a failing sample can be shrunk."""

    case: Case  # the case of the author from which the sample derives
    # Sizes of letters; the other letters get the sizes of `draw.SIZES`, in order.
    sizes: Mapping[str, int] = field(default_factory=dict)
    shapes: tuple[Shape, ...] = ((2, 3),)  # the shapes for `...`, for the inputs in turns
    settings: Mapping[str, Any] = field(default_factory=dict)  # values that replace arguments of the case
    style: Style = Style.BASE  # the sign and the magnitude of float values
    seed: int = 0  # the seed of all values
    # Whether the author promised that these arguments work. Arguments that the kit made up may be refused.
    promised: bool = True
    # The ways in which the sample derives from the case, several if it combines levels; in the order of
    # `Family`.
    families: tuple[Family, ...] = (Family.CASE,)
    label: str = ""  # the difference from the case, for messages
    change: "Change | None" = None  # replaces drawn values by other ones

    @property
    def family(self) -> Family:
        """The family that decides how the sample is judged: that of its values, if it has special values."""
        return self.families[-1]

    @property
    def place(self) -> str:
        """The difference from the case as the beginning of a message; empty for the case itself."""
        return "" if self.family is Family.CASE else f"at {self.label}: "

    def is_of(self, families: Set[Family]) -> bool:
        """Return whether the sample derives from its case in one of several ways."""
        return not families.isdisjoint(self.families)

    def replace(self, **changes: Any) -> "Recipe":
        """Return a copy with some fields replaced."""
        recipe = object.__new__(Recipe)  # `dataclasses.replace` takes ten times as long
        vars(recipe).update(vars(self), **changes)
        return recipe

    def argument_names(self, kind: Any) -> list[str]:
        """Return the names of the arguments whose description is of a kind, `Floats` for example."""
        return [name for name, described in self.case.arguments.items() if isinstance(described, kind)]

    def with_change(self, family: Family, label: str, change: "Change") -> "Recipe":
        """Return the recipe with other values than the drawn ones; the author did not promise them."""
        return self.replace(families=(family,), label=label, change=change, promised=False)


@dataclass(eq=False)
class Sample:
    """The arguments of one call."""

    inputs: tuple[Any, ...]  # one array per input, None for an optional input that is left out
    settings: dict[str, Any]  # the keyword arguments
    names: tuple[str, ...]  # the names of the inputs
    domains: tuple[Values | None, ...]  # from which the inputs were drawn; None for a literal
    recipe: Recipe  # the recipe of the sample

    def __post_init__(self) -> None:
        # For each input, whether it can have a gradient; and the indices of the inputs that can.
        self.needs = tuple([is_float(x) for x in self.inputs])
        self.floats = tuple([i for i, needed in enumerate(self.needs) if needed])

    @cached_property
    def code_path(self) -> tuple[object, ...]:
        """Everything that usually decides which lines of code run.

        That is rank and dtype of each input, the value of each setting that is a string or a flag, and the
        type of each other setting.
        """
        inputs = [(x.ndim, x.dtype.kind) if isinstance(x, np.ndarray) else None for x in self.inputs]
        values = [(n, v if isinstance(v, str | bool) else type(v).__name__) for n, v in self.settings.items()]
        return (tuple(inputs), *sorted(values))

    @property
    def fixes_type(self) -> bool:
        """Whether a Python number among the inputs, or a setting `dtype`, decides the output type."""
        has_numbers = any(isinstance(x, float | int) for x in self.inputs)
        return has_numbers or self.settings.get("dtype") is not None

    @cached_property
    def is_finite(self) -> bool:
        """Whether all float inputs are finite."""
        return all(is_finite(x) for x in self.inputs if isinstance(x, np.ndarray) and x.dtype.kind in "fc")

    def with_setting(self, name: str, value: Any) -> "Sample":
        """Return the call with another value of a setting."""
        return replace(self, settings={**self.settings, name: value})

    def with_inputs(self, inputs: tuple[Any, ...]) -> "Sample":
        """Return the same call on other arrays."""
        return Sample(inputs, self.settings, self.names, self.domains, self.recipe)

    def replace_inputs(self, arrays: Mapping[int, Any]) -> "Sample":
        """Return the same call with some inputs replaced, by index."""
        new = {i: np.asarray(x) if isinstance(x, np.generic) else x for i, x in arrays.items()}
        return self.with_inputs(tuple([new.get(i, x) for i, x in enumerate(self.inputs)]))

    def apply_change(self, recipe: Recipe) -> "Sample":
        """Return the sample of a recipe whose change starts from these inputs; the others are copied.

        Raise Undrawable if the change makes no sense for these inputs.
        """
        values = recipe.change(self) if recipe.change else None
        if not values:
            raise Undrawable(f"there are no {recipe.label}")
        copies = {i: x.copy() for i, x in enumerate(self.inputs) if isinstance(x, np.ndarray)}
        sample = self.replace_inputs({**copies, **values})
        sample.settings, sample.recipe = copy_values(self.settings), recipe
        return sample

    def inputs_drawn_from(self, kind: Any) -> dict[int, Any]:
        """Return the descriptions of a kind, `Floats` for example, by the index of the input."""
        return {i: domain for i, domain in enumerate(self.domains) if isinstance(domain, kind)}

    def cast(self, dtype: Any) -> "Sample":
        """Return the same call with float inputs of another dtype."""
        return self.with_inputs(tuple([x.astype(dtype) if is_float(x) else x for x in self.inputs]))

    def find_axis_size(self, index: int) -> int:
        """Return the size of the axis into which the index array at input `index` points."""
        description: Any = self.domains[index]
        return int(self.inputs[self.names.index(description.name)].shape[description.axis])

    def __str__(self) -> str:
        shown = [f"{x.shape} {x.dtype}" if isinstance(x, np.ndarray) else repr(x) for x in self.inputs]
        settings = [f"{name}={value!r}" for name, value in self.settings.items()]
        return ", ".join([*map(" ".join, zip(self.names, shown, strict=True)), *settings])


# Returns new values by the index of the input. Inputs that keep their values are left out; an empty mapping
# says that the change makes no sense for the sample.
Change: TypeAlias = Callable[[Sample], Mapping[int, Any]]


def is_float(x: Any) -> bool:
    """Return whether `x` is an array of real floats, and can have a gradient."""
    return isinstance(x, np.ndarray) and x.dtype.kind == "f"


def copy_values(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with copies of arrays, lists and dicts: a call that writes to one is noticed."""
    return {n: v.copy() if isinstance(v, np.ndarray | list | dict) else v for n, v in settings.items()}


class Undrawable(ValueError):  # noqa: N818 - control flow of the kit, and no error of the user
    """No value fits the description: an index into an empty axis, for example."""
