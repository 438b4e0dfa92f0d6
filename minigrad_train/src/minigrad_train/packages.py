"""The installed packages that gave the parts of a run: model, data, optimizer, initializer and hooks."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, TypeAlias

from minigrad_core.plugins import PluginGroup, open_group

from .errors import SavedRunError
from .hooks import Callbacks
from .models import is_import_path
from .plugin_resources import is_resource_name
from .settings import Settings

# A part of a run: its role, its name, and the name and version of the distribution that gave it; None for a
# file that belongs to no distribution.
Package: TypeAlias = "Mapping[str, str | None]"

HOOKS = "hooks"
OWN, NN = "minigrad-train", "minigrad-ops-nn"  # this package; and that of names without a namespace


def list_packages(settings: Settings, callbacks: Callbacks) -> list[Package]:
    """Return the parts of a run, each with the distribution that gave it.

    The parts are model, activation (of an MLP), data, optimizer, initializer, augmentations, and the plugins
    whose hooks take part.
    """
    registry, training = open_group("minigrad"), callbacks.group
    parts = [_describe("model", settings.model, training, OWN)]
    if settings.model == "mlp":
        parts.append(_describe("activation", settings.activation, registry, NN))
    if settings.data is None or is_resource_name(settings.data):
        parts.append(_describe("data", settings.data or "MNIST", training, OWN))
    parts.append(_describe("optimizer", settings.optimizer, registry, NN))
    if settings.initializer is not None:
        parts.append(_describe("initializer", settings.initializer, registry, NN))
    parts += [_describe("augmentation", name, training, OWN) for name in settings.augment]
    for namespace in training.namespaces():
        plugin = training.plugin(namespace)
        if plugin is not None and plugin.status == "loaded":
            parts.append(_describe(HOOKS, f"{namespace}::", training, OWN))
    return parts


def _describe(role: str, name: str, group: PluginGroup, default: str) -> Package:
    if is_import_path(name):
        return {"role": role, "name": name, **_find_distribution(name.partition(":")[0].partition(".")[0])}
    if not is_resource_name(name):
        return {"role": role, "name": name, **_get_version(default)}
    namespace, _, rest = name.partition("::")
    plugin = group.plugin(namespace)
    if plugin is None or not plugin.claims:  # registered in this process
        return {"role": role, "name": name, "distribution": None, "version": None}
    identity = plugin.claims[0].identity
    full = name if rest else namespace
    return {"role": role, "name": full, "distribution": identity.name, "version": identity.version}


def _get_version(distribution: str) -> dict[str, str | None]:
    return {"distribution": distribution, "version": metadata.version(distribution)}


def _find_distribution(package: str) -> dict[str, str | None]:
    """Return the distribution of a top-level package, or None for a module that is not installed."""
    for name in [*metadata.packages_distributions().get(package, ()), package]:
        try:
            return _get_version(name)
        except metadata.PackageNotFoundError:
            continue
    return {"distribution": None, "version": None}


def read_packages(value: Any, source: str) -> Sequence[Package]:
    """Return the parts in a file, () for an older file; raise SavedRunError for other values."""
    if value is None:
        return ()
    keys = {"role", "name", "distribution", "version"}
    if isinstance(value, list) and all(
        isinstance(part, dict)
        and part.keys() == keys
        and all(isinstance(text, str | None) for text in part.values())
        for part in value
    ):
        return value
    raise SavedRunError(f"{source}: it does not say which packages made it")


def check_installed(packages: Sequence[Package], path: Path, roles: Collection[str]) -> None:
    """Raise SavedRunError if a package that gave a part of one of the roles is not installed."""
    if missing := [*_describe_missing(packages, roles)]:
        raise SavedRunError(f"{path}: {'; '.join(missing)}")


def describe_missing_hooks(packages: Sequence[Package]) -> list[str]:
    """Return a sentence for each package whose hooks took part in a run and that is not installed."""
    return [f"{fact}; the run continues without them" for fact in _describe_missing(packages, {HOOKS})]


def _describe_missing(packages: Sequence[Package], roles: Collection[str]) -> Iterator[str]:
    for part in packages:
        name = part["distribution"]
        if part["role"] in roles and name is not None and not _is_installed(name):
            whose = f"the {part['role']} {part['name']}"
            verb = "are" if part["role"] == HOOKS else "is"
            requirement = f"{name}=={part['version']}"
            yield f"{whose} {verb} of {name} {part['version']}, not installed: pip install {requirement}"


def _is_installed(distribution: str) -> bool:
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


def get_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that the results of a run depend on."""
    names = ("minigrad-core", "minigrad-ops-nn", "minigrad-train", "numpy")
    return {"python": sys.version.split()[0]} | {name: metadata.version(name) for name in names}
