"""What is deprecated still works, and is told with the plugin's name and the version that ends it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pluggy
import pytest
from packaging.version import Version

import minigrad_core as mg
from minigrad_core.plugins import deprecations, hookspecs, staging
from minigrad_core.plugins.compatibility import core_version
from minigrad_core.plugins.deprecations import DEPRECATED, Deprecated
from tests.plugins.testbed import WORKING

if TYPE_CHECKING:
    from minigrad_core.plugins.loader import PluginLoader
    from tests.plugins.testbed import Site

FROZEN = Path(__file__).parent / "frozen" / "minigrad_frozen-0.1.0-py3-none-any.whl"


@pytest.fixture
def frozen(site: Site, registry: PluginLoader) -> None:
    """A plugin of the oldest form that there is: it was built for version 0.1.0."""
    ZipFile(FROZEN).extractall(site.folder)


def test_a_plugin_of_the_oldest_form_loads_without_a_warning(frozen: None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mg.ops.frozen.cube.name == "cube"


def test_an_attribute_that_is_no_longer_read_is_told(frozen: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DEPRECATED, ".once_differentiable", Deprecated("`derivatives = 1`", "0.3"))
    message = (
        r"plugin 'frozen' \(minigrad-frozen 0\.1\.0\): once_differentiable is deprecated and ends in"
        r" minigrad-core 0\.3: use `derivatives = 1`"
    )
    with pytest.warns(DeprecationWarning, match=message) as caught:
        assert mg.ops.frozen.cube.name == "cube"
    (warning,) = caught
    assert Path(warning.filename).parent.name == "minigrad_frozen"
    assert Path(warning.filename).read_text().splitlines()[warning.lineno - 1].startswith("class Once")


def test_a_hook_is_told(frozen: None, registry: PluginLoader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DEPRECATED, "minigrad_initializers", Deprecated("minigrad_draws", "0.3"))
    with pytest.warns(DeprecationWarning, match="minigrad_initializers is deprecated .* use minigrad_draws"):
        assert mg.initializers.frozen.uniform.name == "uniform"
    plugin = registry.plugin("frozen")
    assert plugin is not None
    assert plugin.notes == [
        "minigrad_initializers is deprecated and ends in minigrad-core 0.3: use minigrad_draws"
    ]


class Renamed:
    """A core whose hook has an argument that it once called `registry`."""

    @staticmethod
    @pluggy.HookspecMarker("minigrad")
    def minigrad_operations(registry: Any = None, catalog: Any = None) -> Any: ...

    minigrad_initializers = hookspecs.minigrad_initializers
    minigrad_optimizers = hookspecs.minigrad_optimizers
    minigrad_commands = hookspecs.minigrad_commands
    PROJECT = "minigrad"


@pytest.mark.parametrize(("argument", "warned"), [("registry", True), ("catalog", False), ("", False)])
def test_a_renamed_argument_is_told(
    site: Site, registry: PluginLoader, monkeypatch: pytest.MonkeyPatch, argument: str, warned: bool
) -> None:
    monkeypatch.setattr(staging, "hookspecs", Renamed)
    monkeypatch.setitem(
        DEPRECATED, "minigrad_operations(registry)", Deprecated("the argument `catalog`", "0.3")
    )
    code = WORKING.format(op="scale").replace("operations():", f"operations({argument}):")
    site.add("mg-old", namespace="old", code=code)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert mg.ops.old.scale.name == "scale"
    told = [str(w.message) for w in caught if w.category is DeprecationWarning]
    expected = (
        "plugin 'old' (mg-old 1.0): minigrad_operations(registry) is deprecated and ends in"
        " minigrad-core 0.3: use the argument `catalog`"
    )
    assert told == ([expected] if warned else [])


def test_nothing_is_deprecated_that_has_ended() -> None:
    core = Version(core_version() or "0")
    assert not [name for name, (_, ends) in deprecations.DEPRECATED.items() if Version(ends) <= core]
