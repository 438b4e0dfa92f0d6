"""`mg.register`: a derivative without a package."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import special

import minigrad_core as mg
from minigrad_core.cli.group import minigrad
from minigrad_core.errors import NoOperationError, PluginError, UnknownNameError
from minigrad_core.plugins.loader import PluginLoader
from minigrad_core.testing import check_operation
from minigrad_core.testing.registered_subjects import find_subjects
from tests.plugins.test_function_claims import add
from tests.plugins.testbed import OpenRegistry, Site


class I0(mg.Operation):
    """I_0(x) to three terms. d/dx = grad (x / 2 + x^3 / 16)."""

    name = "i0"
    broadcasts = True
    implements: Sequence[Callable[..., Any]] = (np.i0,)

    def forward(self, ctx: mg.Context, x: mg.Array) -> mg.Array:
        ctx.save(x)
        return 1 + x**2 / 4 + x**4 / 64

    def backward(self, ctx: mg.Context, grad: mg.Array) -> mg.Array:
        (x,) = ctx.saved
        return grad * (x / 2 + x**3 / 16)


class Descent(mg.Optimizer):
    """`p -= lr g`."""

    name = "descent"

    def update(self, data: Any, grad: Any, state: Any, settings: Any) -> None:
        data -= settings["lr"] * grad


class Ones(mg.Initializer):
    """An array of ones."""

    name = "ones"

    def __call__(self, shape: Any, *, rng: Any, dtype: Any = np.float32) -> Any:
        return np.ones(shape, dtype)

    def std(self, fan_in: int, fan_out: int) -> float:
        return 0.0


def slope(x: float) -> float:
    def f(t: Any) -> Any:
        return np.i0(t)

    return float(mg.grad(f)(x))


@pytest.mark.parametrize("given", [I0, I0()])
def test_the_function_has_a_derivative_from_then_on(registry: PluginLoader, given: Any) -> None:
    with pytest.raises(NoOperationError):
        slope(2.0)
    assert mg.register(given) is given
    assert slope(2.0) == 1.5


def test_it_is_found_and_listed_like_any_other(registry: PluginLoader) -> None:
    assert not hasattr(mg.ops, "local")
    mg.register(I0)
    assert isinstance(mg.ops.local.i0, I0)
    assert mg.ops["local::i0"] is mg.ops.local.i0
    assert dir(mg.ops) == ["local"]
    assert list(mg.ops) == ["local::i0"]
    row = CliRunner().invoke(minigrad, ["plugins"]).stdout.splitlines()[1]
    assert row.split() == ["local", "loaded", "1", "-", "-", "-", "this", "process"]


def test_a_name_registered_again_replaces_the_first_and_its_claim(registry: PluginLoader) -> None:
    mg.register(I0)
    before, space = mg.ops.local.i0, mg.ops.local
    assert slope(2.0) == 1.5

    class Again(I0):
        implements = ()

    mg.register(Again)
    assert type(mg.ops.local.i0) is type(space.i0) is Again
    assert before is not mg.ops.local.i0
    with pytest.raises(NoOperationError):
        slope(2.0)


def test_a_function_passes_to_the_operation_that_claims_it_last(registry: PluginLoader) -> None:
    class Other(I0):
        name = "other"

        def backward(self, ctx: mg.Context, grad: mg.Array) -> mg.Array:
            return grad * 7

    mg.register(I0)
    with pytest.warns(UserWarning, match=r"np\.i0 passes from local::i0 to local::other"):
        mg.register(Other)
    assert slope(2.0) == 7.0
    with pytest.warns(UserWarning, match=r"np\.i0 passes from local::other to local::i0"):
        mg.register(I0)
    assert slope(2.0) == 1.5


def test_an_official_operation_is_never_hidden_in_silence(site: Site) -> None:
    add(site, "minigrad-ops-basic", "basic", "np.i0", 3.0)
    with pytest.warns(
        UserWarning, match=r"np\.i0 stays with basic::answer \(minigrad-ops-basic 1\.0\); yours"
    ):
        mg.register(I0)
    assert slope(2.0) == 3.0
    assert mg.grad(mg.ops.local.i0)(2.0) == 1.5


def test_a_plugin_that_claims_the_same_is_a_conflict_that_a_setting_decides(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(site, "mg-a", "a", "np.i0", 3.0, "numpy.i0")
    mg.register(I0)
    with pytest.raises(
        NoOperationError, match=r"by a::answer \(mg-a 1.0\) and by local::i0\n.*_PREFER=np.i0=a"
    ):
        slope(2.0)


@pytest.mark.parametrize(("chosen", "expected"), [("local", 1.5), ("a", 3.0)])
def test_the_setting_may_choose_it(
    site: Site, open_registry: OpenRegistry, chosen: str, expected: float
) -> None:
    add(site, "mg-a", "a", "np.i0", 3.0, "numpy.i0")
    open_registry(MINIGRAD_PREFER=f"np.i0={chosen}")
    mg.register(I0)
    assert slope(2.0) == expected


def test_what_merely_conforms_is_handed_out_callable(registry: PluginLoader) -> None:
    class Bare:
        name = "bare"

        def forward(self, ctx: mg.Context, x: mg.Array) -> mg.Array:
            return x * 3

        def backward(self, ctx: mg.Context, grad: mg.Array) -> mg.Array:
            return grad * 3

    mg.register(Bare)
    assert mg.grad(mg.ops.local.bare)(1.0) == 3.0


def test_it_is_validated_as_a_plugin_would_be(registry: PluginLoader) -> None:
    class Swapped:
        name = "swapped"

        def forward(self, x: mg.Array, ctx: mg.Context) -> mg.Array:
            return x

        def backward(self, ctx: mg.Context, grad: mg.Array) -> mg.Array:
            return grad

    with pytest.raises(
        PluginError, match=r"Swapped \(.*test_registration.py:\d+\): forward\(x.*cannot be called"
    ):
        mg.register(Swapped)  # type: ignore[type-var]  # what it is about
    assert not list(mg.ops)


def test_a_class_that_takes_arguments_is_refused(registry: PluginLoader) -> None:
    class Scaled(I0):
        def __init__(self, by: float) -> None: ...

    with pytest.raises(PluginError, match=r"Scaled.*cannot be made without arguments: .*'by'"):
        mg.register(Scaled)


@pytest.mark.parametrize(
    ("thing", "kind"),
    [(Descent, "optimizer"), (Ones(), "initializer"), (Ones, "initializer")],
    ids=["optimizer", "initializer", "class of an initializer"],
)
def test_a_thing_of_another_kind_is_told_as_what_it_is(registry: PluginLoader, thing: Any, kind: str) -> None:
    message = (
        f"not an operation: it is an {kind}: use it as it is, or return it from the hook minigrad_{kind}s"
    )
    with pytest.raises(PluginError, match=message):
        mg.register(thing)


@pytest.mark.parametrize("given", [I0, I0(), "i0", "local::i0"])
def test_an_operation_is_unregistered(registry: PluginLoader, given: Any) -> None:
    mg.register(I0)
    assert slope(2.0) == 1.5
    mg.unregister(given)
    with pytest.raises(NoOperationError):
        slope(2.0)
    assert not list(mg.ops)
    with pytest.raises(UnknownNameError, match="plugin 'local' has no operation 'i0'"):
        _ = mg.ops.local.i0
    with pytest.raises(UnknownNameError, match=r"is not an operation of mg.register"):
        mg.unregister(given)


def test_an_earlier_operation_answers_again_after_unregister(registry: PluginLoader) -> None:
    class Other(I0):
        name = "other"

        def backward(self, ctx: mg.Context, grad: mg.Array) -> mg.Array:
            return grad * 7

    mg.register(I0)
    with pytest.warns(UserWarning, match="passes from"):
        mg.register(Other)
    mg.unregister("other")
    assert slope(2.0) == 1.5
    assert list(mg.ops) == ["local::i0"]


def test_an_operation_of_a_plugin_cannot_be_unregistered(site: Site) -> None:
    add(site, "mg-a", "a", "np.i0", 3.0)
    mg.register(type("Answer", (I0,), {"name": "answer", "implements": ()}))
    for given in (mg.ops.a.answer, "a::answer"):
        with pytest.raises(UnknownNameError, match=r"'?a::answer.* is not an operation of mg.register"):
            mg.unregister(given)
    assert list(mg.ops) == ["a::answer", "local::answer"]


def test_the_contract_kit_checks_it_in_place(
    registry: PluginLoader, installed_registry: PluginLoader
) -> None:
    class Exact(I0):
        once_differentiable = "its slope is not a function of NumPy's"

        def forward(self, ctx: mg.Context, x: mg.Array) -> mg.Array:
            ctx.save(x)
            return np.i0(x)

        def backward(self, ctx: mg.Context, grad: mg.Array) -> mg.Array:
            return grad * special.i1(ctx.saved[0])

    mg.register(Exact)
    assert check_operation(mg.ops.local.i0).ok
    (subject,) = find_subjects(["local"])
    assert subject.check().ok


def test_a_stranger_cannot_have_the_namespace(site: Site) -> None:
    site.add("mg-evil", namespace="local", code="raise AssertionError('imported')")
    message = (
        "'local' belongs to mg.register; the claim of mg-evil 1.0 is refused\n  try   uninstall mg-evil 1.0"
    )
    with pytest.raises(PluginError, match=message):
        mg.ops["local::i0"]
    mg.register(I0)
    assert slope(2.0) == 1.5


def test_another_registry_does_not_have_it(open_registry: OpenRegistry) -> None:
    open_registry()
    mg.register(I0)
    open_registry()
    assert not hasattr(mg.ops, "local")
