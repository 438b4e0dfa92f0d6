"""Fit the names of classes into tables and pictures, where a Chinese character takes two columns."""

from __future__ import annotations

LONGEST = 14  # columns


def count_columns(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    Examples
    --------
    >>> count_columns("rose"), count_columns("玫瑰")
    (4, 4)
    """
    from rich.cells import cell_len  # only a run needs it

    return cell_len(text)


def pad_left(text: str, width: int) -> str:
    """Return a text that ends in column `width`."""
    return " " * (width - count_columns(text)) + text


def shorten_name(name: str) -> str:
    """Return a name of at most 14 columns; a longer one has an ellipsis in the middle.

    Examples
    --------
    >>> shorten_name("chrysanthemums")
    'chrysanthemums'
    >>> shorten_name("apple tree, black rot")
    'apple t…ck rot'
    >>> shorten_name("愛知県の長い名前")
    '愛知県…い名前'
    """
    if count_columns(name) <= LONGEST:
        return name
    half = LONGEST // 2
    return f"{_crop(name, half)}…{_crop(name[::-1], half - 1)[::-1]}"


def _crop(text: str, width: int) -> str:
    """Return as many characters from the beginning of a text as fit into the width."""
    end = len(text)
    while count_columns(text[:end]) > width:
        end -= 1
    return text[:end]
