"""Other values in the place of those that were drawn: how special samples are made."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...contracts.cases import Dominant, Floats
from .sample import Recipe, Sample, Undrawable

# Returns other values by input, and leaves out the inputs that keep theirs.
Change: TypeAlias = Callable[[Sample], Mapping[int, Any]]


def changed(recipe: Recipe, label: str, change: Change) -> Recipe:
    """Return the recipe of a sample with other values, which cannot be drawn where there are none."""

    def then(sample: Sample) -> Sample:
        values = change(sample)
        if not values:
            raise Undrawable(f"there are no {label}")
        return sample.but(values)

    return recipe.but(then=then, promised=False, label=label)


def each(make: Callable[[NDArray[Any], Floats], NDArray[Any] | None]) -> Change:
    """Return the change of every float input to make(x, domain), None where the domain has no such values."""

    def change(sample: Sample) -> Mapping[int, Any]:
        new = {i: make(sample.inputs[i], domain) for i, domain in free(sample).items()}
        return {i: x for i, x in new.items() if x is not None}

    return change


def free(sample: Sample) -> dict[int, Floats]:
    """Return the float inputs whose values can be chosen one by one, with their domains."""
    domains = {i: sample.domains[i] for i in sample.floats}
    return {i: d for i, d in domains.items() if isinstance(d, Floats) and not isinstance(d, Dominant)}


def inside(new: NDArray[Any], domain: Floats, x: NDArray[Any]) -> NDArray[Any] | None:
    """Return new values where the domain has them, the others as they are; None if it has none of them."""
    known = (new > domain.low) & (new < domain.high) & ~(domain.nonzero & (new == 0))
    return np.array(np.where(known, new, x)) if known.any() else None


def alike(sample: Sample) -> dict[int, NDArray[Any]]:
    """Return, for inputs after the first, its values or its rows, as far as they go."""
    first = sample.inputs[sample.floats[0]]
    return {
        i: np.resize(first, sample.inputs[i].shape)
        for i in sample.floats[1:]
        if first.size
        and sample.inputs[i].ndim == first.ndim
        and sample.inputs[i].shape[1:] == first.shape[1:]
    }
