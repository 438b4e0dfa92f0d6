"""Concrete arguments for one call, and how they are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import Case, IndexInto, Values
from ..closeness import finite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ...array import Shape


@dataclass(eq=False)  # frozen, it takes six times as long to make
class Recipe:
    """How to draw a sample: all that the kit varies, so that a failing sample can be shrunk.

    Attributes
    ----------
    case : Case
        The description.
    sizes : mapping of str to int
        Sizes of letters; others get `draw.SIZES` in order of appearance.
    shapes : mapping of str to tuple
        What `...` stands for, by argument; others get `any_shape`.
    any_shape : tuple of int
        What `...` stands for.
    settings : mapping
        Settings that replace those of the case.
    omitted : frozenset of str
        Optional inputs that are left out.
    style : str
        How the values are spread; see `values.draw_floats`.
    seed : int
        Of the private generator.
    promised : bool
        Whether the author promised that these arguments work. What the kit made up may be refused with an
        error.
    family : str
        The kind of sample that it is: the file of `samples/` that made it.
    label : str
        What is special, for messages.
    then : callable, optional
        Makes a special sample of the one that is drawn; it raises Undrawable where that cannot be.
    """

    case: Case
    sizes: Mapping[str, int] = field(default_factory=dict)
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    any_shape: Shape = (2, 3)
    settings: Mapping[str, Any] = field(default_factory=dict)
    omitted: frozenset[str] = frozenset()
    style: str = "base"
    seed: int = 0
    promised: bool = True
    family: str = "case"
    label: str = ""
    then: Callable[[Sample], Sample] | None = None

    @property
    def drawn(self) -> object:
        """What the values depend on, before `then`: copies of a recipe share these objects."""
        shared = (self.case, self.sizes, self.shapes, self.settings, self.omitted)
        return (*map(id, shared), self.any_shape, self.style, self.seed)

    def but(self, **changes: Any) -> Recipe:
        """Return a copy with some fields replaced."""
        return Recipe(**{**vars(self), **changes})  # `dataclasses.replace` takes three times as long


@dataclass(eq=False)  # frozen, it takes six times as long to make
class Sample:
    """Arguments for one call.

    Attributes
    ----------
    inputs : tuple
        Arrays, None where an optional input is left out.
    settings : dict
        Keyword arguments.
    names : tuple of str
        Of the inputs.
    domains : tuple
        The description that each input was drawn from; None for a literal.
    recipe : Recipe
        How it was made.
    """

    inputs: tuple[Any, ...]
    settings: dict[str, Any]
    names: tuple[str, ...]
    domains: tuple[Values | None, ...]
    recipe: Recipe

    @cached_property
    def floats(self) -> tuple[int, ...]:
        """The inputs that can have a gradient."""
        return tuple([i for i, needed in enumerate(self.needs) if needed])

    @cached_property
    def needs(self) -> tuple[bool, ...]:
        """One bool per input: whether a gradient can be asked for."""
        return tuple([is_float(x) for x in self.inputs])

    @cached_property
    def kind(self) -> object:
        """What decides which lines of code run: ranks, kinds, settings that are words or flags."""
        inputs = [(x.ndim, x.dtype.kind) if isinstance(x, np.ndarray) else None for x in self.inputs]
        words = [
            (name, value if isinstance(value, str | bool) else type(value).__name__)
            for name, value in sorted(self.settings.items())
        ]
        return (*inputs, *words)

    @property
    def empty(self) -> bool:
        """Whether an input has no values."""
        return any(isinstance(x, np.ndarray) and not x.size for x in self.inputs)

    @cached_property
    def finite(self) -> bool:
        """Whether all float inputs are finite."""
        return all(finite(x) for x in self.inputs if isinstance(x, np.ndarray) and x.dtype.kind in "fc")

    def with_inputs(self, inputs: tuple[Any, ...]) -> Sample:
        """Return the same call on other arrays."""
        return Sample(inputs, self.settings, self.names, self.domains, self.recipe)

    def but(self, changed: Mapping[int, Any]) -> Sample:
        """Return the same call with some inputs replaced."""
        arrays = {i: np.asarray(x) if isinstance(x, np.generic) else x for i, x in changed.items()}
        return self.with_inputs(tuple([arrays.get(i, x) for i, x in enumerate(self.inputs)]))

    def labelled(self, label: str, family: str = "extremes") -> Sample:
        """Return the same call as a sample of another kind."""
        recipe = self.recipe.but(label=label, family=family)
        return Sample(self.inputs, self.settings, self.names, self.domains, recipe)

    def cast(self, dtype: Any) -> Sample:
        """Return the same call with float inputs of another dtype."""
        return self.with_inputs(tuple([x.astype(dtype) if is_float(x) else x for x in self.inputs]))

    def sizes_of(self, index: int) -> int:
        """Return the size of the axis that the index input points into."""
        d = self.domains[index]
        assert isinstance(d, IndexInto)
        return int(self.inputs[self.names.index(d.name)].shape[d.axis])

    def __str__(self) -> str:
        parts = [f"{name} {_shown(x)}" for name, x in zip(self.names, self.inputs, strict=True)]
        parts += [f"{name}={value!r}" for name, value in self.settings.items()]
        return ", ".join(parts)


def is_float(x: Any) -> bool:
    """Whether `x` is an array that a gradient can be asked for."""
    return isinstance(x, np.ndarray) and x.dtype.kind == "f"


class Undrawable(ValueError):  # noqa: N818 - it carries a finding or a reason, nothing of ours went wrong
    """No value fits the description, such as an index into an empty axis."""


def _shown(x: Any) -> str:
    return f"{x.shape} {x.dtype}" if isinstance(x, np.ndarray) else repr(x)
