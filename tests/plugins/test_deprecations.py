"""A deprecated hook or argument works, with a warning that has the name of the plugin and its own line."""

from __future__ import annotations

import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pluggy
import pytest

import minigrad_core as mg
from minigrad_core.plugins import HookGroup, PluginGroup, hookspecs
from minigrad_core.plugins.loader import PluginLoader
from tests.plugins.testbed import WORKING, Site

INSTEAD = (
    "minigrad_operations(registry) is deprecated and ends in minigrad-core 0.3: use the argument catalog"
)


def hook_group(project: str, hook: str, **options: Any) -> HookGroup:
    """Return hooks of which one has an argument that was once called `registry`."""

    def specification(registry: Any = None, catalog: Any = None) -> Any: ...

    specification.__name__ = hook
    marked = pluggy.HookspecMarker(project)(**options)(specification)
    specifications = SimpleNamespace(**vars(hookspecs) | {"PROJECT": project, hook: marked})
    return HookGroup(specifications, f"{project}_", "hookimpl")


@pytest.mark.parametrize(("argument", "warned"), [("registry", True), ("catalog", False), ("", False)])
def test_a_renamed_argument_is_told(site: Site, registry: PluginLoader, argument: str, warned: bool) -> None:
    instead = DeprecationWarning(INSTEAD)
    hooks = hook_group("minigrad", "minigrad_operations", warn_on_impl_args={"registry": instead})
    registry.given_hooks = hooks
    code = WORKING.format(op="scale").replace("operations():", f"operations({argument}):")
    site.add("mg-old", namespace="old", code=code)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert mg.ops.old.scale.name == "scale"
    assert [str(warning.message) for warning in caught] == [f"plugin 'old' (mg-old 1.0): {INSTEAD}"] * warned
    (plugin,) = registry.plugins()
    assert plugin.notes == [INSTEAD] * warned


def test_a_hook_of_another_host_is_told_at_its_line(site: Site) -> None:
    hooks = hook_group("host", "host_begins", warn_on_impl=DeprecationWarning("use host_starts"))
    code = "import pluggy\n@pluggy.HookimplMarker('host')\ndef host_begins():\n    return 1\n"
    site.add("mg-old", namespace="old", code=code, group="minigrad.host")
    group = PluginGroup({}, site.find, name="minigrad.host", given_hooks=hooks)
    with pytest.warns(DeprecationWarning, match=r"^plugin 'old' \(mg-old 1\.0\): use host_starts$") as caught:
        plugin = group.ensure("old")
    assert plugin is not None
    assert plugin.hooks is not None
    assert plugin.hooks.call("host_begins") == [1]
    assert Path(caught[0].filename).read_text().splitlines()[caught[0].lineno - 1].startswith("@pluggy")


def test_a_deprecated_hook_loads_where_warnings_are_errors(site: Site, registry: PluginLoader) -> None:
    registry.given_hooks = hook_group(
        "minigrad", "minigrad_operations", warn_on_impl=DeprecationWarning("ends")
    )
    site.add("mg-old", namespace="old")
    with pytest.raises(DeprecationWarning, match="plugin 'old'"):
        registry.ensure("old")
    assert [plugin.status for plugin in registry.plugins()] == ["loaded"]
