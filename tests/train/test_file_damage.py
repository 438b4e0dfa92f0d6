"""Whatever a file holds, it is read, or refused in one line."""

from __future__ import annotations

import pytest

from tests.train.damage import campaign, formats

FORMATS = formats()


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_file_is_read_or_refused_in_one_line(name: str) -> None:
    campaign(name, FORMATS[name], 60)
