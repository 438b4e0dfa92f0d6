"""The faults of the corpus leave traces in the process; each test puts things back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.plugins.testbed import Site


@pytest.fixture
def surroundings() -> Iterator[None]:
    """Restore the global random states and NumPy's error state; pytest restores the warnings filters."""
    legacy = np.random.get_state()  # noqa: NPY002 - it is the global state that is restored
    standard = random.getstate()
    with np.errstate():
        yield
    np.random.set_state(legacy)  # noqa: NPY002
    random.setstate(standard)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A folder like site-packages, to install plugins into."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    return Site(folder)
