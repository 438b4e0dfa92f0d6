"""`minigrad check` of a plugin's package: its metadata, import, dependencies and commands."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from ..exceptions import describe_exception
from ..plugins import PluginGroup
from ..plugins.compatibility import CORE, read_range
from ..plugins.discovery import (
    FUNCTIONS,
    GROUP,
    Distribution,
    canonicalize_name,
    explain_ignored_functions,
    read_identity,
    read_section,
)
from ..plugins.plugin import RESERVED, explain_unusable
from ..plugins.startup import plugin_loader
from ..testing.report.report import Failure, Report
from .entry_point_groups import TRAINING, suggest_group
from .import_probe import note_fault, probe_import
from .plugin_commands import list_commands
from .plugin_facts import make_api_range, next_api_version, open_path
from .undeclared_imports import find_own_package, find_undeclared

SLOW = 0.3  # seconds of processor time that an import may take


def check_packages(
    selectors: Sequence[str], *, groups: Sequence[PluginGroup] = (), timeout: float = 60.0
) -> list[Report]:
    """Return a report on each installed distribution that provides a plugin, or should.

    selectors: as of `minigrad check`; only namespaces choose packages. groups: in which a plugin is marked
    as failed if its import hangs for `timeout` seconds or ends its process. Call this before plugins are
    loaded: the time and the output of an import can be measured once.
    """
    packages = [package for package in _find_packages(groups, timeout) if package.is_selected(selectors)]
    failures = [
        Failure(package.name, name, f"package-{name}", message)
        for name, check in CHECKS.items()  # checks all imports before the first plugin is loaded
        for package in packages
        for message in _run_check(check, package)
    ]
    return [
        Report(package.name, tuple(CHECKS), tuple(f for f in failures if f.subject == package.name))
        for package in packages
    ]


def select_unregistered(selectors: Sequence[str]) -> set[str]:
    """Return the selectors that name no plugin of the registry: it is in another group, or in a wrong one."""
    named = {name for package in _find_packages() for name in package.claimed_names}
    return {selector for selector in selectors if selector in named and not plugin_loader().has(selector)}


def _run_check(check: Callable[[Package], Iterator[str]], package: Package) -> list[str]:
    try:
        return list(check(package))
    except Exception as error:  # other people's files and metadata
        return [f"it cannot be checked: {describe_exception(error)}"]


@dataclass(frozen=True)
class Package:
    """One distribution, and the text of its entry points."""

    distribution: Distribution
    text: str
    groups: Sequence[PluginGroup] = ()
    timeout: float = 60.0  # seconds that a plugin may take to load

    @property
    def name(self) -> str:
        """The name of the distribution."""
        return read_identity(self.distribution).name

    @cached_property
    def namespaces(self) -> set[str]:
        """The namespaces that the distribution claims."""
        return {name for group in (GROUP, TRAINING) for name, _ in read_section(self.text, group)}

    @cached_property
    def modules(self) -> set[str]:
        """The modules that have its hooks."""
        values = [value for group in (GROUP, TRAINING) for _, value in read_section(self.text, group)]
        return {re.split(r"[:\[]", value)[0].strip() for value in values}

    @property
    def mistaken(self) -> dict[str, str]:
        """The groups of entry points with nearly the right name -> the right names."""
        groups = sorted(set(re.findall(r"(?m)^\[(.*)\]", self.text)))
        return {group: right for group in groups if (right := suggest_group(group))}

    @cached_property
    def claimed_names(self) -> set[str]:
        """The namespaces that the distribution claims, also in groups of a wrong name."""
        of_mistaken = (name for group in self.mistaken for name, _ in read_section(self.text, group))
        return {*self.namespaces, *of_mistaken}

    @cached_property
    def functions(self) -> list[tuple[str, str]]:
        """The functions that the distribution declares, each with its module."""
        return list(read_section(self.text, FUNCTIONS))

    @cached_property
    def packages(self) -> set[str]:
        """The packages of its plugins; of a namespace that distributions share (PEP 420), its part."""
        return {find_own_package(module) for module in self.modules}

    def is_selected(self, selectors: Sequence[str]) -> bool:
        """Return whether the selectors choose the package; without selectors, whether it may load."""
        if selectors:
            return not self.claimed_names.isdisjoint(selectors)
        forbids = plugin_loader().policy.forbids
        return not self.namespaces or any(forbids(namespace) is None for namespace in self.namespaces)


def _find_packages(groups: Sequence[PluginGroup] = (), timeout: float = 60.0) -> Iterator[Package]:
    seen = set()
    for distribution in plugin_loader().find():
        try:
            text = distribution.read_text("entry_points.txt") or ""
            package = Package(distribution, text, groups, timeout)
            is_plugin = bool(package.namespaces or package.mistaken or package.functions)
            wanted = is_plugin and package.name
        except Exception:  # broken metadata: `minigrad plugins` reports them
            continue
        if wanted and canonicalize_name(package.name) not in seen:
            seen.add(canonicalize_name(package.name))
            yield package


def _check_core_range(package: Package) -> Iterator[str]:
    declared = read_range(package.distribution.requires or (), CORE)
    later = [next_api_version(), f"{next_api_version()}.{sys.maxsize}", f"{sys.maxsize}"]
    if not declared:
        yield f"no range of {CORE} is declared: a later core that breaks it would load it"
    elif any(declared.contains(version, prereleases=True) for version in later):
        fact = "does not end before the next release that may change the contract"
        yield f"the range {CORE}{declared} {fact}: write {CORE}{make_api_range()}"


def _check_typed(package: Package) -> Iterator[str]:
    for name in sorted(package.packages):
        spec = find_spec(name)
        folders = spec.submodule_search_locations if spec else None  # a single module cannot have the marker
        depth = name.count(".") + 1  # a marker in a folder above, of a shared namespace, counts too
        parents = [parent for folder in folders or () for parent in [*Path(folder, "_").parents][:depth]]
        if folders and not any(open_path(parent / "py.typed").is_file() for parent in parents):
            yield f"{name} has no py.typed: type checkers will not read its annotations (PEP 561)"


def _check_groups(package: Package) -> Iterator[str]:
    for group, right in package.mistaken.items():
        yield f"no program reads the entry-point group {group!r}; the right name is {right!r}"
    modules = {value for _, value in read_section(package.text, GROUP)}
    if not modules and not package.mistaken and package.functions:
        yield explain_ignored_functions(name for name, _ in package.functions)
    for name, value in package.functions if modules else ():
        if value not in modules:
            yield f"{name} = {value!r} is not a namespace's module; those are: {', '.join(sorted(modules))}"


def _check_namespace(package: Package) -> Iterator[str]:
    for name in sorted(package.namespaces):
        if fact := explain_unusable(name):
            yield fact
        elif canonicalize_name(package.name) != RESERVED.get(name, canonicalize_name(package.name)):
            yield f"{name!r} belongs to {RESERVED[name]}: the claim is refused"


def _check_import(package: Package) -> Iterator[str]:
    # A user who calls a function on a tensor has imported the module of the function.
    owners = {name.rpartition(".")[0] for name, _ in package.functions}
    for module in sorted(package.modules):
        candidates = ((group, plugin) for group in package.groups for plugin in group.plugins())
        plugins = [(g, p) for g, p in candidates if module in {claim.module for claim in p.claims}]
        found = probe_import(module, owners, timeout=package.timeout, plugins=plugins)
        if found.fault:
            yield found.fault
            for _, plugin in plugins:
                note_fault(plugin, found.fault)
            continue
        if found.seconds > SLOW:  # perhaps the first import compiled the module
            found = min(found, probe_import(module, owners, timeout=package.timeout))
        if found.seconds > SLOW:
            took = f"takes {found.seconds:.1f} s of processor time, and should take less than {SLOW} s"
            yield f"importing {module} {took}: import what is large in the functions that need it"
        if found.printed:
            yield f"importing {module} prints: {found.printed}"


def _check_dependencies(package: Package) -> Iterator[str]:
    for own in sorted(package.packages):
        for name, location in find_undeclared(own, package.distribution.requires or []).items():
            yield f"{location} imports {name}, and no requirement brings it"


def _check_commands(package: Package) -> Iterator[str]:
    for group in package.groups:
        named = package.namespaces if group.name == GROUP else ()  # no other group has commands
        for plugin in filter(None, map(group.ensure, sorted(named))):
            list_commands(plugin)
            yield from plugin.failed_hooks.values()


CHECKS: dict[str, Callable[[Package], Iterator[str]]] = {
    "core-range": _check_core_range,
    "py-typed": _check_typed,
    "entry-points": _check_groups,
    "namespace": _check_namespace,
    "import": _check_import,
    "dependencies": _check_dependencies,
    "commands": _check_commands,
}
