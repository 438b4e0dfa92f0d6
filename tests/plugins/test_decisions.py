"""Who may load and who owns a namespace: lists, versions, conflicts, strict mode."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from typing import Any

import pytest

import minigrad_core as mg
from minigrad_core.errors import PluginLoadError, PluginSettingError
from minigrad_core.plugins import PluginGroup, isolated_registry
from minigrad_core.plugins.loader import PluginLoader
from tests.plugins.testbed import RANGE, WORKING, OpenRegistry, Site, record


def status(loader: PluginLoader) -> dict[str, str]:
    return {plugin.namespace: plugin.status for plugin in loader.plugins()}


def test_only_listed_namespaces_load(site: Site, open_registry: OpenRegistry) -> None:
    site.add("mg-a", namespace="a")
    site.add("mg-b", namespace="b")
    loader = open_registry(MINIGRAD_PLUGINS=" a , ")
    assert mg.ops.a.scale.name == "scale"
    message = (
        r"b::scale is unavailable: plugin 'b' is disabled\n.*\n  cause MINIGRAD_PLUGINS does not list it"
    )
    with pytest.raises(PluginLoadError, match=message):
        _ = mg.ops.b.scale
    assert status(loader) == {"a": "loaded", "b": "disabled"}


def test_an_empty_list_allows_none(site: Site, open_registry: OpenRegistry) -> None:
    site.add("mg-a", namespace="a")
    open_registry(MINIGRAD_PLUGINS="")
    assert len(mg.ops) == 0
    with pytest.raises(PluginLoadError, match="MINIGRAD_PLUGINS allows none"):
        _ = mg.ops.a.scale


def test_a_denied_namespace_does_not_load_even_if_allowed(site: Site, open_registry: OpenRegistry) -> None:
    site.add("mg-a", namespace="a", code="raise AssertionError('imported')")
    open_registry(MINIGRAD_PLUGINS="a", MINIGRAD_DISABLE_PLUGINS="a")
    with pytest.raises(PluginLoadError, match="cause MINIGRAD_DISABLE_PLUGINS lists it"):
        _ = mg.ops.a.scale


def test_an_unknown_name_in_the_allow_list_is_an_error_at_first_use(
    site: Site, open_registry: OpenRegistry
) -> None:
    site.add("mg-a", namespace="a")
    open_registry(MINIGRAD_PLUGINS="a, b")
    message = "MINIGRAD_PLUGINS names 'b', and no installed distribution has that namespace; installed are: a"
    with pytest.raises(PluginSettingError, match=message):
        _ = mg.ops.a.scale


def test_an_unknown_name_in_the_deny_list_changes_nothing(site: Site, open_registry: OpenRegistry) -> None:
    site.add("mg-a", namespace="a")
    open_registry(MINIGRAD_DISABLE_PLUGINS="zz")
    assert mg.ops.a.scale.name == "scale"


@pytest.mark.parametrize(
    "requirement",
    [
        "minigrad-core>=0.3",
        "minigrad_core<0.1",
        "Minigrad.Core[cli]>=0.3",
        "minigrad-core>=0.3; python_version>'3'",
    ],
)
def test_a_plugin_for_another_core_is_not_imported(
    site: Site, registry: PluginLoader, requirement: str
) -> None:
    site.add("mg-a", namespace="a", requires=[requirement], code="raise AssertionError('imported')")
    message = r"'a' does not fit the installed minigrad\n.*\n  cause needs minigrad-core"
    with pytest.raises(PluginLoadError, match=message):
        _ = mg.ops.a.scale
    assert status(registry) == {"a": "incompatible"}


@pytest.mark.parametrize(
    "requirement", [RANGE, "minigrad-core", "numpy", "minigrad-core>=9; extra == 'future'"]
)
def test_a_plugin_whose_range_admits_this_core_loads(site: Site, requirement: str) -> None:
    site.add("mg-a", namespace="a", requires=[requirement])
    assert mg.ops.a.scale.name == "scale"


def test_a_requirement_that_cannot_be_read_is_told(site: Site) -> None:
    site.add("mg-a", namespace="a", requires=["minigrad-core>=>1"])
    with pytest.raises(PluginLoadError, match="has a requirement that cannot be read: 'minigrad-core>=>1'"):
        _ = mg.ops.a.scale


def test_of_two_owners_neither_loads_and_both_are_named(site: Site) -> None:
    site.add("mg-baz", "0.2", namespace="bar", code="raise AssertionError('imported')")
    site.add("mg-bar", "1.0", namespace="bar", code="raise AssertionError('imported')")
    site.add("mg-a", namespace="a")
    with pytest.raises(PluginLoadError) as caught:
        _ = mg.ops.bar.scale
    assert str(caught.value) == (
        "bar::scale is unavailable: plugin 'bar' is claimed by more than one distribution\n"
        "  from  mg-bar 1.0 (bar = mg_bar_plugin)\n"
        "  from  mg-baz 0.2 (bar = mg_baz_plugin)\n"
        "  cause two owners\n"
        "  try   MINIGRAD_PREFER=bar=mg-bar chooses one, or uninstall the other;"
        " details: minigrad plugins --doctor bar"
    )
    assert mg.ops.a.scale.name == "scale"


def test_a_preference_settles_a_conflict(site: Site, open_registry: OpenRegistry) -> None:
    site.add("mg-bar", namespace="bar", code="raise AssertionError('imported')")
    site.add("mg-baz", namespace="bar")
    loader = open_registry(MINIGRAD_PREFER="bar = MG_baz")
    assert mg.ops.bar.scale.name == "scale"
    assert record(loader, "bar").notes == [
        "mg-bar 1.0 also claims 'bar'; refused: MINIGRAD_PREFER chose MG_baz"
    ]


@pytest.mark.parametrize("preference", ["bar=mg-nothing", "foo=mg-bar", "nothing=mg-bar"])
def test_a_preference_for_what_is_not_installed_is_an_error(
    site: Site, open_registry: OpenRegistry, preference: str
) -> None:
    site.add("mg-bar", namespace="bar")
    site.add("mg-foo", namespace="foo")
    open_registry(MINIGRAD_PREFER=preference)
    with pytest.raises(
        PluginSettingError, match=r"MINIGRAD_PREFER chooses 'mg-.*' for '.*', and no installed"
    ):
        _ = mg.ops.bar.scale


def test_a_preference_without_a_distribution_is_an_error(site: Site, open_registry: OpenRegistry) -> None:
    site.add("mg-bar", namespace="bar")
    registry = open_registry(MINIGRAD_PREFER="bar")
    with pytest.raises(PluginSettingError, match=r"expects NAMESPACE=DISTRIBUTION.*; got 'bar'"):
        registry.plugins()


@pytest.mark.parametrize(
    ("code", "message"),
    [("1 / 0", "which raised ZeroDivisionError"), ("HOOKS = 3", "which is no HookGroup, but 3")],
)
def test_hooks_that_do_not_load_are_a_fault_of_their_host(site: Site, code: str, message: str) -> None:
    host = site.add("mg-host", code=code)
    (host / "entry_points.txt").write_text("[minigrad.hosts]\nminigrad.other = mg_host_plugin:HOOKS\n")
    site.add("mg-guest", namespace="guest", group="minigrad.other")
    group = PluginGroup(find=site.find, name="minigrad.other")
    guest = group.ensure("guest")
    assert guest is not None
    assert f"mg-host 1.0 declares the hooks of 'minigrad.other' as 'mg_host_plugin:HOOKS', {message}" in (
        guest.detail
    )


def test_a_stranger_cannot_have_our_namespace(site: Site, open_registry: OpenRegistry) -> None:
    site.add("mg-evil", namespace="nn", code="raise AssertionError('imported')")
    site.add("minigrad-ops-nn", namespace="nn")
    loader = open_registry(MINIGRAD_PREFER="nn=mg-evil")
    assert mg.ops.nn.scale.name == "scale"
    assert record(loader, "nn").notes == [
        "mg-evil 1.0 also claims 'nn'; refused: it belongs to minigrad-ops-nn"
    ]


@pytest.mark.parametrize("prefer", [{}, {"MINIGRAD_PREFER": "{}=mg-evil"}])
@pytest.mark.parametrize("namespace", ["basic", "nn", "train", "local"])
def test_a_stranger_cannot_have_a_reserved_namespace(
    site: Site, open_registry: OpenRegistry, namespace: str, prefer: dict[str, str]
) -> None:
    site.add("mg-evil", namespace=namespace, code="raise AssertionError('imported')")
    open_registry(**{name: value.format(namespace) for name, value in prefer.items()})
    with pytest.raises(
        PluginLoadError, match=f"{namespace!r} belongs to .*; the claim of mg-evil 1.0 is refus"
    ):
        mg.ops[f"{namespace}::scale"]


def test_one_distribution_that_declares_a_namespace_twice_is_a_conflict(site: Site) -> None:
    info = site.add("mg-a", namespace="a")
    (info / "entry_points.txt").write_text("[minigrad]\na = one\na = two\n")
    with pytest.raises(PluginLoadError, match=r"mg-a 1\.0 declares it twice: one and two"):
        _ = mg.ops.a.scale


@pytest.mark.parametrize(
    ("code", "requires"), [("import nothing_here", RANGE), (WORKING.format(op="scale"), "minigrad-core>=7")]
)
def test_strict_mode_raises_a_fault_that_a_lookup_meets(
    site: Site, open_registry: OpenRegistry, code: str, requires: str
) -> None:
    site.add("mg-bad", namespace="bad", code=code, requires=[requires])
    site.add("mg-good", namespace="good")
    registry = open_registry(MINIGRAD_STRICT_PLUGINS="1")
    assert mg.ops.good.scale.name == "scale"  # touches no other plugin
    with pytest.raises(PluginLoadError, match="bad is unavailable: plugin 'bad'"):
        registry.load_all()


def test_strict_mode_lets_disabled_plugins_be(site: Site, open_registry: OpenRegistry) -> None:
    site.add("mg-bad", namespace="bad", code="import nothing_here")
    site.add("mg-good", namespace="good")
    open_registry(MINIGRAD_STRICT_PLUGINS="1", MINIGRAD_DISABLE_PLUGINS="bad").load_all()
    assert list(mg.ops) == ["good::scale"]


def test_the_same_distribution_in_two_folders_counts_once(site: Site) -> None:
    site.add("mg-a", namespace="a")
    again = site.folder.parent / "lib64"
    again.symlink_to(site.folder, target_is_directory=True)

    def both(**context: Any) -> Iterable[Distribution]:
        return distributions(path=[str(site.folder), str(again)], **context)

    with isolated_registry(find=both) as loader:
        assert mg.ops.a.scale.name == "scale"
        assert [len(plugin.claims) for plugin in loader.plugins()] == [1]


def test_leftovers_hide_nothing_and_the_name_of_a_folder_does_not_count(site: Site) -> None:
    (site.folder / "mg_a-0.9.dist-info").mkdir()
    site.add("mg-a", "1.0", namespace="a")
    (site.folder / "mg_a-2.0.dist-info").mkdir()
    folder = site.add("mg-fork", namespace="b")
    folder.rename(folder.with_name("mg_original-1.0.dist-info"))
    assert mg.ops.a.scale.name == mg.ops.b.scale.name == "scale"


def test_a_leftover_and_a_newer_release_without_the_entry_point_leave_no_namespace(site: Site) -> None:
    (site.add("mg-a", namespace="a") / "METADATA").unlink()
    site.add("mg-b", "1.0", namespace="b")
    (site.add("mg-b", "2.0", namespace="b") / "entry_points.txt").unlink()
    for namespace in "ab":
        with pytest.raises(AttributeError, match=f"there is no namespace '{namespace}'"):
            getattr(mg.ops, namespace)


@pytest.mark.parametrize("value", ["", "not a module!", "mg_a_plugin:"])
def test_an_entry_point_that_names_no_module_is_told(site: Site, value: str) -> None:
    info = site.add("mg-a", namespace="a")
    (info / "entry_points.txt").write_text(f"[minigrad]\na = {value}\n")
    with pytest.raises(PluginLoadError, match="its entry point names no module"):
        _ = mg.ops.a.scale


def test_other_groups_and_comments_are_passed_over(site: Site, registry: PluginLoader) -> None:
    info = site.add("mg-a", namespace="a")
    (info / "entry_points.txt").write_text(
        "[console_scripts]\nb = b:main [minigrad]\nc = c:main\n\n"
        "[minigrad]\n# c = c\na = mg_a_plugin [extra]\n\n[other]\nd = d\n"
    )
    assert registry.namespaces() == ["a"]
    assert mg.ops.a.scale.name == "scale"


@pytest.mark.parametrize("hosts", ["", "[minigrad.hosts]\nminigrad.other = mg_a_plugin:HOOKS\n"])
def test_metadata_that_cannot_be_read_is_told(site: Site, hosts: str) -> None:
    info = site.add("mg-a", namespace="a")
    (info / "METADATA").write_bytes(b"Metadata-Version: 2.1\nName: \xff\n")
    (info / "entry_points.txt").write_text(f"{hosts}[minigrad]\na = mg_a_plugin\n")
    site.add("mg-b", namespace="b")
    with pytest.raises(PluginLoadError, match="its metadata cannot be read: UnicodeDecodeError"):
        _ = mg.ops.a.scale
    assert mg.ops.b.scale.name == "scale"


def test_entry_points_that_cannot_be_read_cost_only_their_own(site: Site, registry: PluginLoader) -> None:
    info = site.add("mg-a", namespace="a")
    (info / "entry_points.txt").write_bytes(b"[minigrad]\n\xff\xfe = nonsense\n")
    site.add("mg-b", namespace="b")
    assert mg.ops.b.scale.name == "scale"
    assert [line.rpartition("mg_a-1.0.dist-info")[2] for line in registry.scan().unreadable]


def test_the_claim_to_a_reserved_name_is_told_as_one_of_one_distribution(site: Site) -> None:
    site.add("mg-mine", namespace="train")
    site.add("mg-twice", namespace="twice")
    (site.folder / "mg_twice-1.0.dist-info" / "entry_points.txt").write_text(
        "[minigrad]\ntwice = a\ntwice = b\n"
    )
    for name in ("train::scale", "twice::scale"):
        with pytest.raises(PluginLoadError, match=r"plugin '\w+' is refused\n") as caught:
            mg.ops[name]
        assert "more than one distribution" not in str(caught.value)
