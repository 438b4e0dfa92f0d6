"""`mg.rescan`: what was installed, removed or repaired since the first scan."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import NoOperationError, PluginLoadError, UnknownNameError
from minigrad_core.plugins import isolated_registry
from minigrad_core.plugins.loader import PluginLoader
from tests.plugins.test_function_claims import ANSWERS, add
from tests.plugins.testbed import WORKING, Site


def sinc() -> Any:
    result: Any = np.sinc(mg.tensor([1.0], requires_grad=True))
    return result.item()


def test_what_was_installed_since_is_found(site: Site) -> None:
    with pytest.raises(NoOperationError):
        sinc()
    add(site, "mg-a", "a", "np.sinc", 3.0)
    note = r"note  plugin 'a' \(mg-a 1.0\) was installed after the first lookup: mg.rescan\(\) finds it"
    with pytest.raises(NoOperationError, match=note):
        sinc()
    for name in ("a", "a::answer"):
        with pytest.raises(UnknownNameError, match=note):
            mg.ops[name]
    mg.rescan()
    assert sinc() == 3.0
    assert dir(mg.ops) == ["a"]


def test_what_was_removed_since_is_gone(site: Site) -> None:
    info = site.add("mg-a", namespace="a", code=ANSWERS.format(function="np.sinc", factor=3.0))
    held = mg.ops.a
    assert (sinc(), held.answer.name) == (3.0, "answer")
    site.remove(info)
    mg.rescan()
    with pytest.raises(NoOperationError):
        sinc()
    for owner, name in ((mg.ops, "a"), (held, "answer")):
        with pytest.raises(UnknownNameError) as caught:
            getattr(owner, name)
        assert "near" not in str(caught.value)
    assert not list(mg.ops)


def test_what_was_mended_since_loads(site: Site) -> None:
    site.add("mg-a", namespace="a", typed=True, code="from .op import minigrad_operations")
    package = site.folder / "mg_a_plugin"
    (package / "op.py").write_text("wrong = 1")
    with pytest.raises(PluginLoadError, match="cannot import name 'minigrad_operations'"):
        _ = mg.ops.a.scale
    (package / "op.py").write_text(WORKING.format(op="scale"))
    mg.rescan()
    assert mg.ops.a.scale.name == "scale"


def test_another_version_is_imported_anew(site: Site) -> None:
    info = site.add("mg-a", "1.0", namespace="a", code=ANSWERS.format(function="np.sinc", factor=3.0))
    assert sinc() == 3.0
    site.remove(info)
    site.add("mg-a", "1.0.1", namespace="a", code=ANSWERS.format(function="np.sinc", factor=400.0))
    mg.rescan()
    assert sinc() == 400.0


def test_what_has_not_changed_stays_the_same(site: Site, registry: PluginLoader) -> None:
    site.add("mg-a", namespace="a")
    before = mg.ops.a.scale
    mg.rescan()
    assert mg.ops.a.scale is before
    assert [plugin.status for plugin in registry.plugins()] == ["loaded"]


def test_settings_are_read_again(site: Site) -> None:
    site.add("mg-a", namespace="a", code="raise AssertionError('imported')")
    environ: dict[str, str] = {"MINIGRAD_DISABLE_PLUGINS": "b"}
    with isolated_registry(environ=environ, find=site.find) as loader:
        assert [plugin.status for plugin in loader.plugins()] == ["available"]
        environ["MINIGRAD_DISABLE_PLUGINS"] = "a"
        mg.rescan()
        assert [plugin.status for plugin in loader.plugins()] == ["disabled"]


def test_what_is_registered_here_stays(site: Site) -> None:
    class Twice:
        name = "twice"

        def forward(self, ctx: mg.Context, x: mg.Array) -> mg.Array:
            return x * 2

        def backward(self, ctx: mg.Context, grad: mg.Array) -> mg.Array:
            return grad * 2

    mg.register(Twice)
    mg.rescan()
    assert mg.grad(mg.ops.local.twice)(1.0) == 2.0


def test_what_others_have_imported_stays_imported(site: Site) -> None:
    """An entry point may name a module in any package: NumPy cannot be imported twice."""
    info = site.add("mg-a", namespace="a", code="")
    (info / "entry_points.txt").write_text("[minigrad]\na = numpy.nothing\nb = minigrad_core.cases\n")
    for name in ("a::scale", "b::scale"):
        with pytest.raises(PluginLoadError):
            mg.ops[name]
    mg.rescan()
    assert sys.modules["numpy"] is np
    assert sys.modules["minigrad_core"] is mg


def test_a_plugin_cannot_rescan_while_it_is_imported(site: Site) -> None:
    site.add("mg-a", namespace="a", code="import minigrad_core as mg\nmg.rescan()")
    with pytest.raises(PluginLoadError, match="cause PluginError: rescan while a is being loaded"):
        _ = mg.ops.a.scale
