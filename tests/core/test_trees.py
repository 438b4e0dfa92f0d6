"""Trees: nested lists, tuples, dicts and modules with arrays at the leaves."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import pytest

from minigrad_core import Module, ModuleList, Parameter
from minigrad_core.errors import GradientError
from minigrad_core.transforms import trees


class Pair(NamedTuple):
    a: Any
    b: Any


class Point(tuple[Any, ...]):
    """A tuple whose constructor takes the items one by one."""

    def __new__(cls, *items: Any) -> Point:
        return super().__new__(cls, items)


class Attributes(dict[str, Any]):
    def __getattr__(self, name: str) -> Any:
        return self[name]


class Leaf(Module):
    def __init__(self) -> None:
        self.w = Parameter(np.ones(1))

    def forward(self) -> Any:
        return self.w


TREE = {"x": [1.0, (2.0, None)], "y": Pair(3.0, {"z": 4.0})}


def test_leaves_are_in_order_and_none_has_no_leaf() -> None:
    assert trees.leaves(TREE) == [1, 2, 3, 4]
    assert trees.leaves(None) == []
    assert trees.leaves(5.0) == [5.0]
    assert trees.leaves([]) == []


def test_leaves_are_replaced() -> None:
    filled = trees.replace_leaves(TREE, ["a", "b", "c", "d"], keep_modules=True)
    assert filled == {"x": ["a", ("b", None)], "y": Pair("c", {"z": "d"})}
    assert type(filled["y"]) is Pair


def test_the_class_of_a_container_and_its_attributes_are_kept() -> None:
    tree = Attributes(p=Point(1.0, 2.0), n=Counter({"a": 3.0}))
    for copy in (trees.replace_leaves(tree, [1.0, 2.0, 3.0]), trees.map_leaves(tree, float)):
        assert copy == tree
        assert (type(copy), type(copy.p), type(copy.n)) == (Attributes, Point, Counter)


def test_a_module_stays_or_becomes_a_dict_when_its_leaves_are_replaced() -> None:
    module = ModuleList([Leaf(), Leaf()])
    parameters = list(module.parameters())
    assert trees.leaves([module, 1.0]) == [*parameters, 1.0]
    assert trees.replace_leaves([module, 1.0], [*parameters, "b"], keep_modules=True) == [module, "b"]
    assert trees.replace_leaves(module, ["a", "b"]) == {"0.w": "a", "1.w": "b"}


def test_a_frozen_parameter_is_no_leaf() -> None:
    module = ModuleList([Leaf(), Leaf()])
    module[0].w.requires_grad = False  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    assert trees.leaves(module) == list(module[1].parameters())
    assert trees.replace_leaves(module, ["b"]) == {"0.w": None, "1.w": "b"}
    assert trees.match_leaves(module, {"0.w": None, "1.w": np.ones(1)}, "it") == [np.ones(1)]


def test_map_leaves_changes_everything_that_is_no_container() -> None:
    assert trees.map_leaves(TREE, str) == {"x": ["1.0", ("2.0", "None")], "y": Pair("3.0", {"z": "4.0"})}


def test_dicts_match_by_key_and_modules_by_name() -> None:
    assert trees.match_leaves({"a": 1.0, "b": 2.0}, {"b": 20.0, "a": 10.0}, "it") == [10, 20]
    leaf, other = Leaf(), Leaf()
    assert trees.match_leaves(leaf, {"w": np.zeros(1)}, "it") == [np.zeros(1)]
    assert trees.match_leaves(leaf, other, "it") == [other.w]
    assert trees.match_leaves([1.0, None], (5.0, None), "it") == [5]


@pytest.mark.parametrize(
    ("like", "given", "message"),
    [
        ([1.0], [1.0, 2.0], "it: expected a list of 1, got a list of 2"),
        ((1.0,), 1.0, r"expected a tuple of 1, got float of shape \(\)"),
        ({"a": 1.0}, [1.0], r"expected a dict with the keys \['a'\], got a list of 1"),
        ({"a": 1.0}, {"b": 1.0}, r"expected a dict with the keys \['a'\], got the keys \['b'\]"),
        (1.0, {"a": 1.0}, r"expected an array of shape \(\), got the keys \['a'\]"),
        (1.0, None, r"expected an array of shape \(\), got None"),
        (np.ones((1, 2)), np.ones(2), r"expected an array of shape \(1, 2\), got ndarray of shape \(2,\)"),
    ],
)
def test_another_structure_is_refused(like: Any, given: Any, message: str) -> None:
    with pytest.raises(GradientError, match=message):
        trees.match_leaves(like, given, "it")
