"""A folder of fake distributions, and a registry that sees it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.metadata import distributions
from pathlib import Path

import pytest

from minigrad_core.plugins import isolated_registry
from minigrad_core.plugins.discovery import Finder
from minigrad_core.plugins.loader import PluginLoader
from tests.plugins.testbed import OpenRegistry, Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    folder = tmp_path / "site-packages"
    folder.mkdir()
    return Site(folder)


@pytest.fixture
def open_registry(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenRegistry]:
    """Opens registries in this process, under an environment, that find the distributions of `site` alone."""
    monkeypatch.syspath_prepend(site.folder)
    before = set(sys.modules)
    with ExitStack() as stack:

        def enter(*, find: Finder = site.find, **environ: str) -> PluginLoader:
            return stack.enter_context(isolated_registry(environ=environ, find=find))

        yield enter
    for module in set(sys.modules) - before:  # other tests have modules of the same name
        if (getattr(sys.modules[module], "__file__", None) or "").startswith(str(site.folder)):
            del sys.modules[module]


@pytest.fixture
def registry(open_registry: OpenRegistry) -> PluginLoader:
    """A registry as it is when no variable is set."""
    return open_registry()


@pytest.fixture
def installed_registry(open_registry: OpenRegistry) -> PluginLoader:
    """A registry that finds what is really installed, and what is in `site`."""
    return open_registry(find=distributions)


@pytest.fixture(autouse=True)
def isolate(request: pytest.FixtureRequest) -> None:
    """Let a test with a `site` see its distributions alone, unless it opens another registry."""
    if "site" in request.fixturenames:
        request.getfixturevalue("registry")
