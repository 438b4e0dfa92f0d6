"""What holds for all tests and examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", autouse=True)
def one_thread_for_products() -> Iterator[None]:
    """Keep the workers of pytest-xdist from fighting for the cores: products would take ten times as long."""
    with threadpool_limits(1, user_api="blas"):
        yield
