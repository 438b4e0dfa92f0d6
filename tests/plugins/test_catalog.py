"""Names to operations: attributes, items, bare names, misses."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Iterable, Iterator
from typing import Any
from unittest import mock

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.dispatch import describe
from minigrad_core.dispatch.tables import OPERATIONS
from minigrad_core.errors import LookupFailure, UnknownNameError
from minigrad_core.plugins import isolated_registry
from minigrad_core.plugins.loader import PluginLoader
from tests.plugins.testbed import WORKING, OpenRegistry, Site


class Twice(mg.Operation):
    name = "twice"
    broadcasts = True

    def forward(self, ctx: mg.Context, x: mg.Array) -> mg.Array:
        return 2 * x

    def backward(self, ctx: mg.Context, grad: mg.Array) -> mg.Array:
        return 2 * grad


class Plugin:
    def __init__(self, *operations: mg.OperationLike) -> None:
        self.operations = operations

    @mg.hookimpl
    def minigrad_operations(self) -> Iterable[mg.OperationLike]:
        return self.operations


twice = Twice()


@pytest.fixture
def registry() -> Iterator[PluginLoader]:
    with isolated_registry({"mine": Plugin(twice), "other": Plugin()}, find=lambda **_: ()) as loader:
        yield loader


def test_an_operation_is_found_by_attribute_and_item(registry: PluginLoader) -> None:
    assert mg.ops.mine.twice is twice
    assert mg.ops["mine::twice"] is twice


def test_a_bare_name_is_that_of_basic_or_of_nn() -> None:
    first, second = Twice(), Twice()
    with isolated_registry({"nn": Plugin(second), "mine": Plugin(twice)}, find=lambda **_: ()) as loader:
        assert mg.ops.twice is mg.ops["twice"] is second
        assert "twice" in mg.ops
        assert [p.status for p in loader.plugins()] == ["available", "loaded"]
    with isolated_registry({"nn": Plugin(second), "basic": Plugin(first)}, find=lambda **_: ()):
        assert mg.ops.twice is first


def test_a_bare_name_loads_no_stranger(registry: PluginLoader) -> None:
    assert not hasattr(mg.ops, "twice")
    assert [plugin.status for plugin in registry.plugins()] == ["available", "available"]


def test_a_second_attribute_access_is_a_dict_hit(registry: PluginLoader) -> None:
    assert mg.ops.mine.twice is vars(mg.ops.mine)["twice"]
    assert vars(mg.ops)["mine"] is mg.ops.mine


def test_dir_and_truth_load_nothing(registry: PluginLoader) -> None:
    assert dir(mg.ops) == ["mine", "other"]
    assert mg.ops
    assert [plugin.status for plugin in registry.plugins()] == ["available", "available"]
    with isolated_registry(find=lambda **_: ()):
        assert not mg.ops


def test_dir_of_a_namespace_lists_its_names(registry: PluginLoader) -> None:
    assert dir(mg.ops.mine) == ["twice"]
    assert list(mg.ops) == ["mine::twice"]
    assert len(mg.ops) == 1


def test_containment_answers_for_full_names(registry: PluginLoader) -> None:
    assert "mine::twice" in mg.ops
    assert "mine::thrice" not in mg.ops
    assert 3 not in mg.ops


def test_a_miss_in_a_namespace_suggests_the_nearest_name(registry: PluginLoader) -> None:
    message = r"plugin 'mine' has no operation 'twcie'\n  near  mine::twice"
    with pytest.raises(UnknownNameError, match=message):
        _ = mg.ops.mine.twcie


def test_a_miss_of_a_bare_name_suggests_full_names(registry: PluginLoader) -> None:
    mg.ops["mine::twice"]
    message = (
        r"there is no namespace 'twise', and no operation of that name in basic or nn\n  near  mine::twice"
    )
    with pytest.raises(UnknownNameError, match=message):
        _ = mg.ops.twise


def test_a_miss_that_resembles_nothing_lists_the_names_if_they_are_few(registry: PluginLoader) -> None:
    mg.ops["mine::twice"]
    with pytest.raises(UnknownNameError, match=r"there is no namespace 'qqqq'.*\n  all   mine::twice"):
        _ = mg.ops.qqqq


def test_a_miss_of_a_bare_name_names_the_plugins_that_were_not_searched(registry: PluginLoader) -> None:
    note = r"\n  note  not searched: mine, other; write mine::twice$"
    with pytest.raises(UnknownNameError, match=note):
        _ = mg.ops.twice
    mg.ops["mine::twice"]
    with pytest.raises(UnknownNameError, match=r"not searched: other; write other::twice$"):
        _ = mg.ops.twice


def test_a_name_of_another_kind_is_found_in_its_catalog() -> None:
    with pytest.raises(UnknownNameError, match=r"it is an optimizer, minigrad_core.optimizers\['nn::sgd'\]"):
        mg.ops["nn::sgd"]
    with pytest.raises(UnknownNameError, match=r"it is an operation, minigrad_core.ops\['nn::relu'\]"):
        mg.optimizers["nn::relu"]


def test_an_unknown_namespace_is_named(registry: PluginLoader) -> None:
    with pytest.raises(UnknownNameError, match=r"has the namespace 'nine', so .*\n  near  mine\n"):
        mg.ops["nine::twice"]


def test_an_operation_of_a_plugin_that_is_missing_resembles_no_other(registry: PluginLoader) -> None:
    mg.ops["mine::twice"]
    with pytest.raises(UnknownNameError) as caught:
        mg.ops["scipy::twide"]
    assert "twice" not in str(caught.value)


@pytest.mark.parametrize("error", [AttributeError, KeyError, LookupFailure])
def test_a_miss_is_an_attribute_error_and_a_key_error(registry: PluginLoader, error: type[Exception]) -> None:
    with pytest.raises(error):
        _ = mg.ops.mine.nothing
    with pytest.raises(error):
        mg.ops["mine::nothing"]


def test_a_key_that_is_no_name_is_told(registry: PluginLoader) -> None:
    with pytest.raises(UnknownNameError, match=r"operations are looked up by name, as in 'nn::relu'; got 3"):
        mg.ops[3]  # type: ignore[index]  # what it is about


def test_probing_for_dunders_loads_nothing(registry: PluginLoader) -> None:
    assert not hasattr(mg.ops, "__wrapped__")
    assert not hasattr(mg.ops, "_repr_html_")
    assert not hasattr(mg.ops.mine, "__wrapped__")
    assert not hasattr(mg.ops.mine, "_is_coroutine")
    mock.Mock(spec=mg.ops)
    inspect.getmembers(mg.ops)
    assert [plugin.status for plugin in registry.plugins()] == ["available", "available"]


def test_a_name_with_an_underscore_first_is_found_by_item_and_then_by_attribute() -> None:
    hidden = Twice()
    hidden.name = "_hidden"
    with isolated_registry({"mine": Plugin(hidden)}, find=lambda **_: ()):
        assert not hasattr(mg.ops.mine, "_hidden")
        assert mg.ops["mine::_hidden"] is mg.ops.mine._hidden is hidden


def test_asking_one_namespace_loads_no_other(registry: PluginLoader) -> None:
    _ = mg.ops.mine.twice
    assert [plugin.status for plugin in registry.plugins()] == ["loaded", "available"]


def test_copies_and_pickles_of_a_catalog_are_the_catalog(registry: PluginLoader) -> None:
    assert copy.deepcopy(mg.ops) is mg.ops
    assert pickle.loads(pickle.dumps(mg.optimizers)) is mg.optimizers
    assert copy.copy(mg.ops.mine) is mg.ops.mine


def test_a_signature_is_that_of_forward_without_the_context() -> None:
    class Power:
        name = "power"

        def forward(self, ctx: mg.Context, x: mg.Array, *, to: float = 2.0) -> mg.Array:
            return x**to

        def backward(self, ctx: mg.Context, grad: mg.Array, *, to: float = 2.0) -> mg.Array:
            return grad

    class Inheriting(Power, mg.Operation):
        name = "inheriting"

    class Many(mg.Operation):
        name = "many"

        def forward(self, *arguments: Any) -> Any:
            return arguments[1]

        def backward(self, *arguments: Any) -> Any:
            return arguments[1]

    with isolated_registry({"mine": Plugin(Power(), Inheriting(), Many())}, find=lambda **_: ()):
        for op in (mg.ops.mine.power, mg.ops.mine.inheriting):
            assert str(inspect.signature(op)).replace("'", "") == "(x: mg.Array, *, to: float = 2.0)"
        assert list(inspect.signature(mg.ops.mine.many).parameters) == ["arguments"]
    assert str(inspect.signature(Inheriting)) == "()"


def test_a_call_of_a_class_that_does_not_inherit_gives_way_to_the_recorded_one() -> None:
    class Called:
        name = "called"

        def forward(self, ctx: mg.Context, x: mg.Array) -> mg.Array:
            return x * 3

        def backward(self, ctx: mg.Context, grad: mg.Array) -> mg.Array:
            return grad * 3

        def __call__(self, x: mg.Array) -> str:
            return "not recorded"

    with isolated_registry({"mine": Plugin(Called())}, find=lambda **_: ()):
        x = mg.tensor([1.0], requires_grad=True)
        mg.ops.mine.called(x).backward()
    np.testing.assert_array_equal(np.asarray(x.grad), [3.0])


def test_describe_names_the_namespace_of_a_registered_operation(registry: PluginLoader) -> None:
    assert describe(twice) == "twice"
    assert describe(mg.ops.mine.twice) == "mine::twice"


def test_the_registry_is_as_before_after_isolation() -> None:
    before = dict(OPERATIONS)
    with isolated_registry({"mine": Plugin(twice)}, find=lambda **_: ()):
        assert mg.ops.mine.twice is twice
    assert before == OPERATIONS
    assert "mine" not in vars(mg.ops)


def test_nobody_assigns_to_a_catalog_or_a_namespace(registry: PluginLoader) -> None:
    for place in (mg.ops, mg.ops.mine):
        with pytest.raises(AttributeError, match=r"'twice' cannot be assigned: .* minigrad_core.register"):
            place.twice = 3
    assert mg.ops.mine.twice is twice


def test_a_namespace_asked_for_as_an_operation_is_told_as_one(registry: PluginLoader) -> None:
    with pytest.raises(UnknownNameError, match=r"'mine' is a namespace, and no operation: .* 'mine::NAME'"):
        mg.ops["mine"]


def test_what_a_leftover_claims_is_not_suggested_for_itself(site: Site, open_registry: OpenRegistry) -> None:
    (site.add("mg-a", namespace="gone") / "METADATA").unlink()
    open_registry()
    with pytest.raises(UnknownNameError) as caught:
        mg.ops.gone  # noqa: B018 - the lookup is what is tested
    assert "near" not in str(caught.value)


def test_each_owner_of_a_similar_name_is_suggested() -> None:
    plugins = {namespace: Plugin(Twice()) for namespace in "abcde"}
    with isolated_registry(plugins, find=lambda **_: ()):
        assert len(mg.ops) == 5
        with pytest.raises(UnknownNameError) as caught:
            _ = mg.ops.twicee
    assert all(f"{namespace}::twice" in str(caught.value) for namespace in plugins)


@pytest.mark.parametrize("inherits", [True, False])
def test_an_unpickled_operation_has_its_namespace_in_errors(
    site: Site, open_registry: OpenRegistry, inherits: bool
) -> None:
    base = "(mg.Operation)" if inherits else ""
    code = WORKING.format(op="scale").replace("(mg.Operation)", base)
    site.add("mg-a", namespace="a", code=code)
    open_registry()
    data = pickle.dumps(mg.ops.a.scale)
    assert describe(pickle.loads(data)) == "a::scale (mg-a 1.0)"
    open_registry()  # a process that has not loaded the plugin
    assert describe(pickle.loads(data)) == "a::scale (mg-a 1.0)"
