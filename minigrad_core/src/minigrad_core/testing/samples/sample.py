"""Concrete arguments for one call, and how they are made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from ...array import Shape
from ...contracts.cases import Case, Values
from ..closeness import finite


@dataclass(eq=False)  # frozen, it takes six times as long to make
class Recipe:
    """How to draw a sample: all that the kit varies, so that a failing sample can be shrunk."""

    case: Case
    sizes: Mapping[str, int] = field(default_factory=dict)  # of letters; others get `draw.SIZES` in order
    shapes: tuple[Shape, ...] = ((2, 3),)  # what `...` is for the inputs, in turns
    settings: Mapping[str, Any] = field(default_factory=dict)  # in the place of arguments of the case
    style: str = "base"  # how the values are spread; see `values.draw_floats`
    seed: int = 0
    promised: bool = True  # by the author; what the kit made up may be refused with an error
    family: str = "case"  # the kind of sample: the function of `samples/` that made it
    label: str = ""  # what is special, for messages
    change: "Change | None" = None  # gives other values than those that are drawn

    @property
    def drawn(self) -> object:
        """What the values depend on, before the change: copies of a recipe share these objects."""
        return (*map(id, (self.case, self.sizes, self.settings)), self.shapes, self.style, self.seed)

    def but(self, **changes: Any) -> "Recipe":
        """Return a copy with some fields replaced."""
        recipe = object.__new__(Recipe)  # `dataclasses.replace` takes ten times as long
        vars(recipe).update(vars(self), **changes)
        return recipe

    def named(self, kind: Any) -> list[str]:
        """Return the names of the arguments that are described so."""
        return [name for name, described in self.case.arguments.items() if isinstance(described, kind)]

    def special(self, label: str, change: "Change") -> "Recipe":
        """Return the recipe of a sample with other values, which may be refused: nobody promised them."""
        return self.but(label=label, change=change, promised=False)


@dataclass(eq=False)
class Sample:
    """Arguments for one call."""

    inputs: tuple[Any, ...]  # arrays, None where an optional input is left out
    settings: dict[str, Any]
    names: tuple[str, ...]  # of the inputs
    domains: tuple[Values | None, ...]  # what each input was drawn from; None for a literal
    recipe: Recipe

    def __post_init__(self) -> None:
        self.needs = tuple([is_float(x) for x in self.inputs])  # of which a gradient can be asked for
        self.floats = tuple([i for i, needed in enumerate(self.needs) if needed])

    @cached_property
    def kind(self) -> tuple[object, ...]:
        """What decides which lines of code run: ranks with dtypes, and settings that are words or flags."""
        inputs = [(x.ndim, x.dtype.kind) if isinstance(x, np.ndarray) else None for x in self.inputs]
        values = [(n, v if isinstance(v, str | bool) else type(v).__name__) for n, v in self.settings.items()]
        return (tuple(inputs), *sorted(values))

    @property
    def typed(self) -> bool:
        """Whether other things than float arrays decide on the type: Python numbers, or a setting."""
        numbers = any(isinstance(x, float | int) for x in self.inputs)
        return numbers or self.settings.get("dtype") is not None

    @cached_property
    def finite(self) -> bool:
        """Whether all float inputs are finite."""
        return all(finite(x) for x in self.inputs if isinstance(x, np.ndarray) and x.dtype.kind in "fc")

    def with_inputs(self, inputs: tuple[Any, ...]) -> "Sample":
        """Return the same call on other arrays."""
        return Sample(inputs, self.settings, self.names, self.domains, self.recipe)

    def but(self, changed: Mapping[int, Any]) -> "Sample":
        """Return the same call with some inputs replaced."""
        arrays = {i: np.asarray(x) if isinstance(x, np.generic) else x for i, x in changed.items()}
        return self.with_inputs(tuple([arrays.get(i, x) for i, x in enumerate(self.inputs)]))

    def changed(self, recipe: Recipe) -> "Sample":
        """Return the special sample that a recipe makes of this one; Undrawable where that cannot be."""
        copies = tuple([x.copy() if isinstance(x, np.ndarray) else x for x in self.inputs])
        plain = Sample(copies, self.settings, self.names, self.domains, recipe)
        if recipe.change and (values := recipe.change(plain)):
            return plain.but(values)
        raise Undrawable(f"there are no {recipe.label}")

    def drawn_from(self, kind: Any) -> dict[int, Any]:
        """Return the inputs that are described so, with what they were drawn from."""
        return {i: domain for i, domain in enumerate(self.domains) if isinstance(domain, kind)}

    def cast(self, dtype: Any) -> "Sample":
        """Return the same call with float inputs of another dtype."""
        return self.with_inputs(tuple([x.astype(dtype) if is_float(x) else x for x in self.inputs]))

    def sizes_of(self, index: int) -> int:
        """Return the size of the axis that the index input points into."""
        d: Any = self.domains[index]
        return int(self.inputs[self.names.index(d.name)].shape[d.axis])

    def __str__(self) -> str:
        shown = [f"{x.shape} {x.dtype}" if isinstance(x, np.ndarray) else repr(x) for x in self.inputs]
        settings = [f"{name}={value!r}" for name, value in self.settings.items()]
        return ", ".join([*map(" ".join, zip(self.names, shown, strict=True)), *settings])


# Returns other values by input, and leaves out the inputs that keep theirs; nothing, where it makes no sense.
Change: TypeAlias = Callable[[Sample], Mapping[int, Any]]


def is_float(x: Any) -> bool:
    """Whether `x` is an array that a gradient can be asked for."""
    return isinstance(x, np.ndarray) and x.dtype.kind == "f"


class Undrawable(ValueError):  # noqa: N818 - it carries a finding or a reason, nothing of ours went wrong
    """No value fits the description, such as an index into an empty axis."""
