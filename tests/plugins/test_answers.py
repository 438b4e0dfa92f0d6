"""Which plugin answers for a NumPy function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import special  # type: ignore[import-untyped]  # SciPy ships no types

import minigrad_core as mg
from minigrad_core.cli.plugin_notes import notes
from minigrad_core.errors import NoOperationError, PluginLoadError

if TYPE_CHECKING:
    from minigrad_core.plugins.loader import PluginLoader
    from tests.plugins.testbed import OpenRegistry, Site

# An operation that multiplies by `factor`, whatever the function does: the result tells who answered.
ANSWERS = """
import minigrad_core as mg
import numpy as np
from scipy import special

class Op(mg.Operation):
    name = "answer"
    broadcasts = True
    implements = ({function},)

    def forward(self, ctx, x):
        return x * {factor}

    def backward(self, ctx, grad):
        return grad * {factor}

@mg.hookimpl
def minigrad_operations():
    return [Op()]
"""


def add(site: Site, distribution: str, namespace: str, function: str, factor: float) -> None:
    site.add(distribution, namespace=namespace, code=ANSWERS.format(function=function, factor=factor))


def value(tensor: Any) -> Any:
    """Return the values of a tensor that NumPy's stubs take for an array."""
    return tensor.numpy()


def ones() -> mg.Tensor:
    return mg.tensor([1.0], requires_grad=True)


def test_a_plugin_answers_for_a_function_that_it_does_not_own(site: Site, registry: PluginLoader) -> None:
    add(site, "mg-a", "a", "special.erf", 3.0)
    x = ones()
    special.erf(x).backward()
    assert x.grad is not None
    np.testing.assert_array_equal(x.grad, [3.0])


def test_a_function_is_found_in_a_namespace_that_is_not_loaded_yet(
    site: Site, registry: PluginLoader
) -> None:
    add(site, "mg-a", "a", "np.sinc", 3.0)
    np.testing.assert_array_equal(value(np.sinc(ones())), [3.0])


@pytest.mark.parametrize("first", ["a", "b", None])
def test_two_claims_are_an_error_whichever_was_loaded_first(
    site: Site, registry: PluginLoader, first: str | None
) -> None:
    add(site, "mg-a", "a", "special.erf", 2.0)
    add(site, "mg-b", "b", "special.erf", 3.0)
    if first:
        _ = mg.ops[f"{first}::answer"]
    message = (
        r"scipy.special.erf is claimed by a::answer \(mg-a 1.0\) and by b::answer \(mg-b 1.0\)\n"
        r"  try   call the one you mean by its name, or choose one: MINIGRAD_PREFER=scipy.special.erf=a"
    )
    with pytest.raises(NoOperationError, match=message):
        special.erf(ones())
    np.testing.assert_array_equal(value(mg.ops.a.answer(ones())), [2.0])
    np.testing.assert_array_equal(value(mg.ops.b.answer(ones())), [3.0])


def test_disabling_one_of_two_settles_it(site: Site, open_registry: OpenRegistry) -> None:
    add(site, "mg-a", "a", "special.erf", 2.0)
    add(site, "mg-b", "b", "special.erf", 3.0)
    open_registry(MINIGRAD_DISABLE_PLUGINS="a")
    np.testing.assert_array_equal(value(special.erf(ones())), [3.0])


@pytest.mark.parametrize("loaded_before", ["mine", "basic", None])
def test_what_basic_answers_for_stays_its_own(
    site: Site, registry: PluginLoader, loaded_before: str | None
) -> None:
    add(site, "minigrad-ops-basic", "basic", "np.tanh", 2.0)
    add(site, "mg-mine", "mine", "np.tanh", 3.0)
    if loaded_before:
        _ = mg.ops[f"{loaded_before}::answer"]
    np.testing.assert_array_equal(value(np.tanh(ones())), [2.0])
    registry.load_all()
    plugin = registry.plugin("mine")
    assert plugin is not None
    assert notes(registry, plugin) == [
        "np.tanh stays with basic::answer (minigrad-ops-basic 1.0);"
        " the claim of mine::answer (mg-mine 1.0) is refused"
    ]


def test_a_function_of_basic_loads_no_other_plugin(site: Site, registry: PluginLoader) -> None:
    add(site, "minigrad-ops-basic", "basic", "np.tanh", 2.0)
    site.add("mg-mine", namespace="mine", code="raise AssertionError('imported')")
    np.tanh(ones())
    assert [(plugin.namespace, plugin.status) for plugin in registry.plugins()] == [
        ("basic", "loaded"),
        ("mine", "available"),
    ]


def test_a_function_without_an_answer_names_the_plugins_that_failed(
    site: Site, registry: PluginLoader
) -> None:
    site.add("mg-mine", namespace="mine", code="import nothing_here")
    with pytest.raises(NoOperationError, match=r"scipy\.special\.erf[\s\S]*plugin 'mine' failed to load"):
        special.erf(ones())


def test_strict_mode_raises_a_fault_met_while_looking_for_a_function(
    site: Site, open_registry: OpenRegistry
) -> None:
    add(site, "mg-a", "a", "special.erf", 2.0)
    site.add("mg-mine", namespace="mine", code="import nothing_here")
    open_registry(MINIGRAD_STRICT_PLUGINS="1")
    with pytest.raises(PluginLoadError, match="mine is unavailable"):
        special.erf(ones())


def test_a_claim_on_a_method_of_a_ufunc_is_answered(site: Site, registry: PluginLoader) -> None:
    add(site, "mg-a", "a", "np.add.reduce", 5.0)
    np.testing.assert_array_equal(value(np.add.reduce(ones())), [5.0])
