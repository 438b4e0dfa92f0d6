"""Concrete arguments for one call, drawn from a case."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from ...contracts.cases import ANY, AxisOf, Booleans, Case, Floats, IndexInto, Integers, Values
from ...errors import InputError
from ..closeness import finite
from .values import draw_floats

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from ...array import Shape
    from ..subjects.signature import Signature

SIZES = (3, 4, 2, 5, 6, 7, 8, 9)  # distinct, so that a transposed result has another shape


@dataclass(eq=False)  # frozen, it takes six times as long to make
class Recipe:
    """How to draw a sample: all that the kit varies, so that a failing sample can be shrunk.

    Attributes
    ----------
    case : Case
        The description.
    sizes : mapping of str to int
        Sizes of letters; others get `SIZES` in order of appearance.
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


def draw(recipe: Recipe, signature: Signature) -> Sample:
    """Return the arguments that `recipe` describes, the same for the same recipe."""
    names, described = inputs_of(recipe, signature)
    shapes = _Shapes(recipe)
    inputs: list[Any] = [_plain(d) for d in described]
    floats = [i for i, d in enumerate(described) if isinstance(d, Floats)]
    pairs = [(described[i], shapes.of(names[i], described[i])) for i in floats]
    for i, drawn in zip(floats, draw_floats(pairs, recipe.style, recipe.seed), strict=True):
        inputs[i] = drawn
    arrays = dict(zip(names, inputs, strict=True))
    for i, d in enumerate(described):
        if isinstance(d, Values) and not isinstance(d, Floats):
            inputs[i] = _draw_discrete(d, shapes.of(names[i], d), arrays, recipe.seed + i)
    settings = {
        name: _setting(value, arrays, shapes)
        for name, value in {**recipe.case.arguments, **recipe.settings}.items()
        if name in signature.settings
        or (signature.swallows and name not in arrays and name != signature.variadic)
    }
    domains = tuple([d if isinstance(d, Values) else None for d in described])
    sample = Sample(tuple(inputs), settings, tuple(names), domains, recipe)
    return sample if recipe.then is None else recipe.then(sample)


class Undrawable(ValueError):  # noqa: N818 - it carries a finding or a reason, nothing of ours went wrong
    """No value fits the description, such as an index into an empty axis."""


class _Shapes:
    """Sizes of letters, in order of appearance."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.sizes = letter_sizes(recipe.case, recipe.sizes)

    def of(self, name: str, description: Values) -> Shape:
        leading = self.recipe.shapes.get(name, self.recipe.any_shape)
        shape: list[int] = []
        for axis in description.dimensions:
            if axis == ANY:
                shape.extend(leading)
            else:
                shape.append(axis if isinstance(axis, int) else self.sizes[axis])
        return tuple(shape)


def letter_sizes(case: Case, given: Mapping[str, int]) -> dict[str, int]:
    """Return a size for each letter of the case: the given one, or the next of `SIZES`."""
    letters = case.letters
    order = SIZES if len(letters) < 4 else (2, 3, 4, 5, 6, 7, 8, 9)
    return {letter: given.get(letter, order[k % len(order)]) for k, letter in enumerate(letters)}


def inputs_of(recipe: Recipe, signature: Signature) -> tuple[list[str], list[Any]]:
    """Return the names of the inputs, and the description of each."""
    arguments = recipe.case.arguments
    names = list(signature.inputs)
    while names and names[-1] in signature.optional and arguments.get(names[-1]) is None:
        names.pop()
    described = [None if name in recipe.omitted else arguments.get(name) for name in names]
    if signature.variadic and signature.variadic in arguments:
        many = arguments[signature.variadic]
        many = many if isinstance(many, tuple | list) else (many,)
        names += [f"{signature.variadic}[{i}]" for i in range(len(many))]
        described += list(many)
    elif signature.variadic:  # `*inputs` that the case calls by name
        given = [
            name for name in arguments if name not in signature.settings and name not in signature.inputs
        ]
        names += [name for name in given if not signature.swallows or _is_array(arguments[name])]
        described += [arguments[name] for name in names[len(described) :]]
    return names, described


def _is_array(value: Any) -> bool:
    return isinstance(value, Values | np.ndarray)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return np.asarray(value)
    return np.array(value) if isinstance(value, np.ndarray | list) else value


def _draw_discrete(
    description: Values, shape: tuple[int, ...], arrays: Mapping[str, Any], seed: int
) -> NDArray[Any]:
    rng = np.random.default_rng(seed)
    if isinstance(description, Booleans):
        return rng.permutation(np.arange(prod(shape)) % 2 == 0).reshape(shape)
    if isinstance(description, IndexInto):
        size: int = arrays[description.name].shape[description.axis]
        if not size and 0 not in shape:
            raise Undrawable(f"{description!r}: the axis is empty")
        return _repeating(rng.integers(0, max(size, 1), size=shape))
    if isinstance(description, Integers):
        return _repeating(_spread(rng, description.low, description.high, shape))
    raise InputError(f"{description!r} cannot be drawn")


def _spread(rng: np.random.Generator, low: int, high: int, shape: tuple[int, ...]) -> NDArray[Any]:
    """Return integers, one in each stratum of [low, high): chance leaves no 0 out, special to `x**n`."""
    count = prod(shape)
    strata = (np.arange(count) + rng.random(count)) * ((high - low) / max(count, 1))
    return rng.permutation(low + strata.astype(np.int64)).reshape(shape)


def _repeating(integers: NDArray[Any]) -> NDArray[Any]:
    """Return them with one that occurs twice: it shows what is overwritten, or belongs together."""
    if integers.size > 1:
        integers.flat[-1] = integers.flat[0]
    return integers


def _setting(value: Any, arrays: Mapping[str, Any], shapes: _Shapes) -> Any:
    if isinstance(value, AxisOf):
        return np.ndim(arrays[value.name]) - 1
    if isinstance(value, Floats):
        return draw_floats([(value, shapes.of("", value))], "base", shapes.recipe.seed)[0]
    if isinstance(value, Values):
        return _draw_discrete(value, shapes.of("", value), arrays, shapes.recipe.seed)
    return value


def _shown(x: Any) -> str:
    return f"{x.shape} {x.dtype}" if isinstance(x, np.ndarray) else repr(x)
