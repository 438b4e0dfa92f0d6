"""A test of many subjects as one item of pytest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

Test = Callable[[], None]


def for_each(subjects: Mapping[str, Any] | Iterable[Any]) -> Callable[[Callable[..., None]], Test]:
    """Return a decorator that calls a check for each subject; the errors of all name their subjects.

    The arguments of the check are the subject, or its items if it is a tuple. The keys of a mapping are the
    names of the subjects.

    This is for checks of a millisecond or two: `pytest.mark.parametrize` makes an item of each subject, and
    an item takes 1.2 ms in the processes of pytest-xdist.
    """
    named = list(subjects.items()) if isinstance(subjects, Mapping) else [(each, each) for each in subjects]

    def decorate(check: Callable[..., None]) -> Test:
        def test() -> None:
            errors: list[BaseException] = []
            for name, subject in named:
                try:
                    check(*(subject if isinstance(subject, tuple) else (subject,)))
                except (Exception, pytest.fail.Exception) as error:
                    error.add_note(f"subject: {name}")
                    errors.append(error)
            if errors:
                raise BaseExceptionGroup(f"{len(errors)} of {len(named)} subjects fail", errors)

        # Without the signature of `check`, whose arguments would be fixtures.
        test.__name__, test.__doc__, test.__module__ = check.__name__, check.__doc__, check.__module__
        return test

    return decorate
