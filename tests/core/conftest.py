"""Fixtures of the tests of the core."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

collect_ignore = ["make_transform_references.py"]  # it runs where JAX is installed


@pytest.fixture
def without_gc() -> Iterator[None]:
    """Disable the garbage collector, so that objects are freed by reference counting alone."""
    gc.disable()
    yield
    gc.enable()
