"""Arguments that the kit draws from cases."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minigrad_core.cases import (
    Case,
    axis_of,
    between,
    boolean,
    dominant,
    index_into,
    integers,
    nonzero,
    positive,
    real,
)
from minigrad_core.testing.samples.draw import draw
from minigrad_core.testing.samples.sample import Recipe
from minigrad_core.testing.samples.values import Style, draw_floats
from minigrad_core.testing.subjects.arguments import read_signature


class Op:
    """Takes the arguments of all cases here."""

    name = "op"

    def forward(self, ctx: Any, x: Any, y: Any = None, *, axis: int = 0, flag: bool = False) -> Any:
        return x

    def backward(self, ctx: Any, grad: Any) -> Any:
        return grad


class Variadic:
    """Takes any number of arrays."""

    name = "many"

    def forward(self, ctx: Any, *arrays: Any, axis: int = 0) -> Any:
        return arrays[0]


def draw_case(case: Case, op: Any = Op, **options: Any) -> Any:
    return draw(Recipe(case, **options), read_signature(op()))


def test_a_letter_is_one_size_in_all_of_a_case_and_letters_differ() -> None:
    x, y = draw_case(Case(x=real("n k"), y=real("k m"))).inputs
    assert x.shape[1] == y.shape[0]
    assert len({*x.shape, *y.shape}) == 3


def test_a_number_is_a_size_and_an_empty_shape_is_0d_and_dots_stand_for_any_shape() -> None:
    x, y = draw_case(Case(x=real("n 7"), y=real(""))).inputs
    assert x.shape[1] == 7
    assert y.shape == ()
    (x,) = draw_case(Case(x=real("... 5")), shapes=((2, 1),)).inputs
    assert x.shape == (2, 1, 5)


def test_the_same_recipe_draws_the_same_and_another_seed_something_else() -> None:
    case = Case(x=real("n k"))
    first, again, other = draw_case(case, seed=1), draw_case(case, seed=1), draw_case(case, seed=2)
    assert np.array_equal(first.inputs[0], again.inputs[0])
    assert not np.array_equal(first.inputs[0], other.inputs[0])


def test_values_stay_inside_their_domain() -> None:
    for style in Style:
        x, y = draw_case(Case(x=between(2, 3, "20"), y=positive("20")), style=style).inputs
        assert ((x > 2) & (x < 3)).all()
        assert (y > 0).all()
    (x,) = draw_case(Case(x=nonzero("50"))).inputs
    assert (x != 0).all()


@pytest.mark.parametrize("style", [Style.BASE, Style.WIDE, Style.SMALL])
def test_dominant_matrices_are_regular_and_positive_definite_if_symmetric(style: Style) -> None:
    for seed in range(5):
        (x,) = draw_case(Case(x=dominant("... n n")), shapes=((3,),), style=style, seed=seed).inputs
        assert np.linalg.cond(x).max() < 1e3
        lower = np.tril(x)
        np.linalg.cholesky(lower + np.swapaxes(np.tril(x, -1), -1, -2))
        assert (np.abs(x) > 0).all()


def test_real_values_have_both_signs_and_no_two_are_close_across_inputs_too() -> None:
    (x,) = draw_floats([(real("..."), (1025,))], Style.BASE, 0)
    assert (x > 0).any()
    assert (x < 0).any()
    assert np.diff(np.sort(x)).min() > 1e-4
    x, y = draw_case(Case(x=real("40"), y=real("40"))).inputs
    assert len(np.unique(np.concatenate([x, y]))) == 80


def test_indices_integers_and_masks_have_the_values_that_they_describe() -> None:
    x, index = draw_case(Case(x=real("n 3"), y=index_into("x", axis=1, shape="50"))).inputs
    assert index.min() >= 0
    assert index.max() < x.shape[1]
    x, mask = draw_case(Case(x=integers(2, 4, "50"), y=boolean("9"))).inputs
    assert set(x) == {2, 3}
    assert mask.any()
    assert not mask.all()


def test_settings_are_drawn_and_constants_are_passed_on() -> None:
    sample = draw_case(Case(x=real("n k"), axis=axis_of("x"), flag=True))
    assert sample.settings == {"axis": 1, "flag": True}
    assert len(sample.inputs) == 1  # an optional input that the case leaves out is left out


def test_a_tuple_of_descriptions_fills_variadic_inputs() -> None:
    sample = draw_case(Case(arrays=(real("n k"), real("m k")), axis=0), Variadic)
    assert [x.shape[1] for x in sample.inputs] == [4, 4]
    assert sample.names == ("arrays[0]", "arrays[1]")


@pytest.mark.parametrize("dtype", [np.float32, np.longdouble])
def test_a_cast_changes_float_inputs_only(dtype: Any) -> None:
    sample = draw_case(Case(x=real("n"), y=index_into("x", axis=0, shape="n"))).cast(dtype)
    assert sample.inputs[0].dtype == dtype
    assert sample.inputs[1].dtype.kind == "i"
