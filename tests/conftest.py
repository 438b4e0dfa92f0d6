"""What holds for all tests."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# How fast examples are made depends on what else the machine does; no test measures it.
settings.register_profile("minigrad", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("minigrad")


@pytest.fixture
def interrupts_arrive() -> Iterator[None]:
    """Let SIGINT raise, also where the tests themselves run as a background job that ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
