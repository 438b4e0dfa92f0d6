"""Which plugin implements a NumPy function."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from scipy import special

import minigrad_core as mg
from minigrad_core.cli.plugin_notes import list_notes
from minigrad_core.errors import NoOperationError, PluginLoadError, PluginSettingError
from minigrad_core.plugins.loader import PluginLoader
from minigrad_core.testing.registered_subjects import compare_claims
from tests.plugins.testbed import OpenRegistry, Site, record

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


def add(site: Site, distribution: str, namespace: str, function: str, factor: float, *declared: str) -> None:
    code = ANSWERS.format(function=function, factor=factor)
    site.add(distribution, namespace=namespace, code=code, functions=declared)


def loaded(registry: PluginLoader) -> list[str]:
    return [plugin.namespace for plugin in registry.plugins() if plugin.status == "loaded"]


def ones() -> mg.Tensor:
    return mg.tensor([1.0], requires_grad=True)


def answer(function: Any) -> float:
    """Return the factor of the plugin that implements a function."""
    return float(function(ones()).item())


def test_a_plugin_answers_for_a_function_that_it_does_not_own(site: Site) -> None:
    add(site, "mg-a", "a", "special.erf", 3.0)
    x = ones()
    special.erf(x).backward()
    assert x.grad is not None
    np.testing.assert_array_equal(x.grad, [3.0])


@pytest.mark.parametrize("first", ["a", "b", None])
def test_two_claims_are_an_error_whichever_was_loaded_first(site: Site, first: str | None) -> None:
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
    assert answer(mg.ops.a.answer) == 2.0
    assert answer(mg.ops.b.answer) == 3.0


def test_of_many_claims_some_are_named(site: Site) -> None:
    for namespace in "abcdefg":
        add(site, f"mg-{namespace}", namespace, "special.erf", 2.0)
    with pytest.raises(NoOperationError, match=r"d::answer \(mg-d 1.0\) and by e::answer .* and by 2 more\n"):
        special.erf(ones())


def test_disabling_one_of_two_settles_it(site: Site, open_registry: OpenRegistry) -> None:
    add(site, "mg-a", "a", "special.erf", 2.0)
    add(site, "mg-b", "b", "special.erf", 3.0)
    open_registry(MINIGRAD_DISABLE_PLUGINS="a")
    assert answer(special.erf) == 3.0


@pytest.mark.parametrize("loaded_before", ["mine", "basic", None])
def test_what_basic_answers_for_stays_its_own(
    site: Site, registry: PluginLoader, loaded_before: str | None
) -> None:
    add(site, "minigrad-ops-basic", "basic", "np.tanh", 2.0)
    add(site, "mg-mine", "mine", "np.tanh", 3.0)
    if loaded_before:
        _ = mg.ops[f"{loaded_before}::answer"]
    assert answer(np.tanh) == 2.0
    registry.load_all()
    assert list_notes(registry, record(registry, "mine")) == [
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


def test_a_function_without_an_answer_names_the_plugins_that_failed(site: Site) -> None:
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


ERF = "scipy.special.erf"


def test_only_the_plugin_that_declares_a_function_is_loaded_for_it(
    site: Site, registry: PluginLoader
) -> None:
    add(site, "mg-a", "a", "special.erf", 2.0, ERF)
    add(site, "mg-b", "b", "special.erf", 3.0)  # declares nothing: it is asked where no declaration fits
    add(site, "mg-c", "c", "special.erfc", 4.0, "scipy.special.erfc")
    assert answer(special.erf) == 2.0
    assert loaded(registry) == ["a"]


@pytest.mark.parametrize("first", ["a", "b"])
def test_what_is_loaded_already_does_not_decide(site: Site, first: str) -> None:
    add(site, "mg-a", "a", "special.erf", 2.0, ERF)
    add(site, "mg-b", "b", "special.erf", 3.0)
    mg.ops[f"{first}::answer"]
    assert answer(special.erf) == 2.0


def test_a_function_that_nobody_declares_loads_those_that_declare_nothing(
    site: Site, registry: PluginLoader
) -> None:
    add(site, "mg-a", "a", "special.erf", 2.0, ERF)
    add(site, "mg-b", "b", "special.erfc", 3.0)
    assert answer(special.erfc) == 3.0
    assert loaded(registry) == ["b"]


@pytest.mark.parametrize("declared", [(), ("numpy.add.reduce",)])
def test_a_method_of_a_ufunc_is_found(site: Site, registry: PluginLoader, declared: tuple[str, ...]) -> None:
    add(site, "mg-a", "a", "np.add.reduce", 5.0, *declared)
    add(site, "mg-b", "b", "np.multiply.reduce", 6.0, "numpy.multiply.reduce")
    assert answer(np.add.reduce) == 5.0
    assert loaded(registry) == ["a"]


def test_a_declaration_under_the_namespace_of_another_distribution_counts_for_nothing(
    site: Site, registry: PluginLoader
) -> None:
    info = site.add("mg-evil", namespace="evil", code="raise AssertionError('imported')")
    (info / "entry_points.txt").write_text(
        f"[minigrad]\nevil = mg_evil_plugin\n[minigrad.functions]\n{ERF} = mg_a_plugin\n"
    )
    add(site, "mg-a", "a", "special.erf", 2.0, ERF)
    assert answer(special.erf) == 2.0
    assert loaded(registry) == ["a"]


def test_what_a_declaring_plugin_does_not_declare_is_told(site: Site, registry: PluginLoader) -> None:
    add(site, "mg-a", "a", "special.erf", 2.0, "scipy.special.erfc")
    message = (
        r"a::answer \(mg-a 1.0\) implements it without a declaration: call mg.ops.a.answer, or add "
        r"scipy.special.erf to the entry points 'minigrad.functions'"
    )
    with pytest.raises(NoOperationError, match=message) as caught:  # the plugin is not loaded before
        special.erf(ones())
    assert "write an operation" not in str(caught.value)
    note = "note  plugin 'a' (mg-a 1.0) declares it in its entry points, and registers no operation for it"
    with pytest.raises(NoOperationError, match=re.escape(f"  {note}")):
        special.erfc(ones())
    plugin = record(registry, "a")
    assert list_notes(registry, plugin) == [
        f"{ERF} is not among the functions that it declares, so a::answer (mg-a 1.0) is never called"
    ]
    assert compare_claims(plugin) == [
        "scipy.special.erfc is declared in the entry points, and no operation answers for it",
        f"{ERF} is answered for, and not declared",
    ]


def test_a_declaration_may_say_another_name_of_the_function(site: Site, registry: PluginLoader) -> None:
    add(site, "mg-a", "a", "np.absolute", 2.0, "numpy.abs")
    assert answer(np.absolute) == 2.0
    assert compare_claims(record(registry, "a")) == []


@pytest.mark.parametrize("declared", [(), (ERF,)])
@pytest.mark.parametrize("chosen", ["a", "b", "c"])
def test_a_setting_chooses_among_three(
    site: Site, open_registry: OpenRegistry, chosen: str, declared: tuple[str, ...]
) -> None:
    for factor, namespace in enumerate("abc", 2):
        add(site, f"mg-{namespace}", namespace, "special.erf", factor, *declared)
    registry = open_registry(MINIGRAD_PREFER=f"{ERF}={chosen}")
    assert answer(special.erf) == 2.0 + "abc".index(chosen)
    assert loaded(registry) == [chosen]


def test_a_setting_may_say_np(site: Site, open_registry: OpenRegistry) -> None:
    add(site, "mg-a", "a", "np.sinc", 2.0)
    add(site, "mg-b", "b", "np.sinc", 3.0)
    open_registry(MINIGRAD_PREFER="np.sinc=b")
    assert answer(np.sinc) == 3.0


def test_a_setting_cannot_take_a_function_from_basic(site: Site, open_registry: OpenRegistry) -> None:
    add(site, "minigrad-ops-basic", "basic", "np.tanh", 2.0)
    add(site, "mg-mine", "mine", "np.tanh", 3.0)
    open_registry(MINIGRAD_PREFER="np.tanh=mine")
    assert answer(np.tanh) == 2.0


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ("b", "MINIGRAD_PREFER chooses 'b' for scipy.special.erf, and it has no operation for that"),
        ("z", "MINIGRAD_PREFER names 'z', and no installed distribution has that namespace"),
    ],
)
def test_a_setting_that_chooses_nobody_is_an_error(
    site: Site, open_registry: OpenRegistry, chosen: str, message: str
) -> None:
    add(site, "mg-a", "a", "special.erf", 2.0)
    add(site, "mg-b", "b", "np.sinc", 2.0)
    open_registry(MINIGRAD_PREFER=f"{ERF}={chosen}")
    with pytest.raises(PluginSettingError, match=message):
        special.erf(ones())


def test_functions_of_shapes_load_nobody(site: Site, open_registry: OpenRegistry) -> None:
    site.add("mg-bad", namespace="bad", code="raise AssertionError('imported')")
    registry = open_registry(MINIGRAD_STRICT_PLUGINS="1")
    t = ones()
    assert (np.shape(t), np.ndim(t), np.result_type(t)) == ((1,), 1, np.dtype(float))
    np.testing.assert_array_equal(np.zeros_like(t), [0.0])
    assert loaded(registry) == []
    assert [plugin.status for plugin in registry.plugins()] == ["available"]


def test_a_function_is_looked_for_once(
    site: Site, registry: PluginLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(registry, "find_implementation", asked.append)  # returns None
    for _ in range(3):
        np.testing.assert_array_equal(np.i0(mg.tensor([0.0])), [1.0])
    assert asked == [np.i0]


def test_without_basic_the_error_says_what_to_install(site: Site) -> None:
    with pytest.raises(NoOperationError) as caught:
        np.exp(ones())
    assert "Install the operations of NumPy, pip install minigrad-ops-basic, or leave" in str(caught.value)
    assert "write an operation" not in str(caught.value)


def test_a_function_under_two_names_is_claimed_once(site: Site) -> None:
    add(site, "mg-a", "a", "np.transpose, np.permute_dims", 2.0)
    assert answer(np.transpose) == 2.0


def test_a_name_that_leads_through_anything_costs_nobody_else(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hostile:
        bad = property(lambda self: 1 / 0)

        def __eq__(self, other: object) -> bool:
            raise ValueError

        __hash__ = None  # type: ignore[assignment]

    monkeypatch.setattr(np, "hostile", Hostile(), raising=False)
    site.add(
        "mg-a", namespace="a", functions=["numpy.hostile.bad", "numpy.hostile", "numpy", ".", "numpy..a"]
    )
    add(site, "mg-b", "b", "np.sinc", 3.0, "numpy.sinc")
    assert answer(np.sinc) == 3.0


def test_a_chosen_plugin_that_does_not_load_is_named_with_its_cause(
    site: Site, open_registry: OpenRegistry
) -> None:
    site.add("mg-a", namespace="a", code="import nothing_here", functions=["scipy.special.j0"])
    open_registry(MINIGRAD_PREFER="scipy.special.j0=a")
    with pytest.raises(
        PluginLoadError, match=r"special.j0 is unavailable: plugin 'a' failed(.|\n)*pip install"
    ):
        special.j0(mg.tensor([1.0], requires_grad=True))


def test_what_is_to_be_done_about_the_plugin_that_declares_a_function_is_told(
    site: Site, open_registry: OpenRegistry
) -> None:
    site.add("mg-a", namespace="a", code="import nothing_here", functions=["scipy.special.j0"])
    open_registry()
    with pytest.raises(
        NoOperationError, match=r"note  plugin 'a' failed to load: .*; try: pip install nothing_here"
    ):
        special.j0(mg.tensor([1.0], requires_grad=True))


def test_a_plugin_that_cannot_answer_contests_nothing(site: Site) -> None:
    """So the metadata alone cannot tell that two claim one function."""
    add(site, "mg-a", "a", "special.erf", 2.0, ERF)
    add(site, "mg-b", "b", "special.erfc", 3.0, ERF)
    site.add("mg-c", namespace="c", code="import nothing_here", functions=[ERF])
    assert answer(special.erf) == 2.0
