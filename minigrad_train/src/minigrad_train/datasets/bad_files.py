"""Collect the files of a folder that cannot be read, so that one message names all of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar

from ..errors import DatasetError

MOST_LINES = 100  # of a message

T = TypeVar("T")


class BadFiles:
    """The files that cannot be read, and the pictures of another size than the first one."""

    def __init__(self) -> None:
        self._unreadable: dict[Path, str] = {}
        self._sizes: dict[Path, str] = {}

    def __contains__(self, path: Path) -> bool:
        return path in self._unreadable

    def read(self, reader: Callable[..., T], path: Path, *arguments: Any) -> T | None:
        """Return `reader(path, *arguments)`; None if the file is bad, which a DatasetError says."""
        if path in self._unreadable:
            return None
        try:
            return reader(path, *arguments)
        except DatasetError as error:
            self.add(path, str(error))
            return None

    def add(self, path: Path, fact: str) -> None:
        """Add a file that cannot be read, with a message that names the file."""
        self._unreadable[path] = fact

    def add_size(self, path: Path, fact: str) -> None:
        """Add a picture of another size, with a message that names the file."""
        self._sizes[path] = fact

    def report(self, folder: Path, count: int, *, skip: bool) -> None:
        """Raise a DatasetError that names all files; if `skip`, warn of the number of unreadable ones.

        Parameters
        ----------
        folder : Path
        count : int
            The number of pictures in the folder, good and bad.
        skip : bool
        """
        problems = []
        if self._unreadable and not skip:
            way_out = "mend or remove them, or leave them out by --skip-bad"
            fact = f"{_count(len(self._unreadable), count)} cannot be read; {way_out}"
            problems.append(_list_lines(fact, self._unreadable.values()))
        if self._sizes:
            fact = f"{_count(len(self._sizes), count)} have another size; give all one size by --resize"
            problems.append(_list_lines(fact, self._sizes.values()))
        if problems:
            raise DatasetError(f"{folder}: " + "\n".join(problems))
        if self._unreadable:
            fact = f"{folder}: {_count(len(self._unreadable), count)} cannot be read and are left out"
            warnings.warn(_list_lines(fact, self._unreadable.values()), stacklevel=4)


def _count(part: int, count: int) -> str:
    return f"{part:,} of {count:,} files"


def _list_lines(fact: str, lines: Collection[str]) -> str:
    more = [f"and {len(lines) - MOST_LINES:,} more"] if len(lines) > MOST_LINES else []
    return "\n  ".join([f"{fact}:", *list(lines)[:MOST_LINES], *more])
