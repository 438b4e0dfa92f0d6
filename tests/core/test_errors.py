"""The errors: each is a `MinigradError` and also the built-in error that a NumPy user would catch."""

from __future__ import annotations

import pytest

from minigrad_core import errors

FAMILY = [
    error
    for error in vars(errors).values()
    if isinstance(error, type)
    and issubclass(error, errors.MinigradError)
    and error.__module__ == errors.__name__
]
ROOTS = (errors.MinigradError, errors.PluginError)


@pytest.mark.parametrize("error", FAMILY)
def test_every_error_belongs_to_the_family_and_to_a_built_in_kind(error: type[Exception]) -> None:
    assert issubclass(error, errors.MinigradError)
    assert error in ROOTS or issubclass(error, (ValueError, TypeError, LookupError, ImportError))


@pytest.mark.parametrize("error", FAMILY)
def test_every_error_shows_its_message_as_it_is(error: type[Exception]) -> None:
    assert str(error("what\nhappened")) == "what\nhappened"
    assert str(error()) == ""
