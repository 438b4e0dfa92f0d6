"""A damaged file is read, or refused with an error of one line."""

from __future__ import annotations

import pytest

from tests.train.damage import list_formats, try_damaged_files

FORMATS = list_formats()


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_file_is_read_or_refused_in_one_line(name: str) -> None:
    try_damaged_files(name, FORMATS[name], 60)
