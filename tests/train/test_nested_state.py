from __future__ import annotations

import json
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from minigrad_train.nested import flatten, unflatten

arrays = npst.arrays(
    st.sampled_from(["f4", "f8", "i8"]), npst.array_shapes(min_dims=0, min_side=0, max_dims=2)
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.floats(width=32).map(np.float32)
)
values = st.recursive(
    arrays | scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
        st.dictionaries(st.integers(), inner, max_size=3),
    ),
    max_leaves=8,
)


def same(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, np.ndarray | np.generic):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return repr(a) == repr(b)  # NaN and -0.0 included


@given(values)
def test_state_comes_back_bit_for_bit_through_json(value: Any) -> None:
    table: dict[str, NDArray[Any]] = {}
    form = json.loads(json.dumps(flatten(value, "state", table)))
    assert same(unflatten(form, table), value)


def test_dictionary_that_looks_like_a_form_is_still_a_dictionary() -> None:
    assert unflatten(flatten({"array": "x"}, "state", {}), {}) == {"array": "x"}


def test_arrays_with_one_dotted_name_are_both_kept() -> None:
    value = {"a": {"b": np.zeros(2)}, "a.b": np.ones(2)}
    table: dict[str, NDArray[Any]] = {}
    assert same(unflatten(flatten(value, "state", table), table), value)
