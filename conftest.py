"""Fixtures of all tests, and of the examples in the documentation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from minigrad_core.dispatch.tables import withdraw
from minigrad_core.plugins.plugin import LOCAL
from minigrad_core.plugins.startup import plugin_loader

collect_ignore_glob = [
    "docs/reference/generated/*",  # docstrings, which run as doctests of their modules
    "minigrad_scipy/src/minigrad_scipy/*/__init__.py",  # SciPy's docstrings, with SciPy's examples
    "docs/*.py",  # without examples; a script imports Matplotlib
    "docs/how-to/scipy.md",  # needs a process of its own: tests/core/test_scipy.py
]


@pytest.fixture(autouse=True)
def nothing_stays_registered() -> Iterator[None]:
    """Remove the operations that an example registered in this process, before the next test."""
    yield
    loader = plugin_loader()
    if loader._plugins.pop(LOCAL, None):  # noqa: SLF001
        withdraw(LOCAL)


@pytest.fixture(scope="session", autouse=True)
def one_thread_for_products() -> Iterator[None]:
    """Give the workers of pytest-xdist one thread each: with more, matrix products take ten times as long."""
    with threadpool_limits(1, user_api="blas"):
        yield
