from __future__ import annotations

import json

import pytest

from minigrad_train.errors import SavedRunError
from minigrad_train.settings import Settings


def test_settings_come_back_through_json() -> None:
    settings = Settings(hidden=(3, 4), lr=0.1, batch_size=None, data="somewhere")
    assert Settings.from_dict(json.loads(json.dumps(settings.as_dict())), "a file") == settings


def test_settings_that_an_older_version_lacked_keep_their_defaults() -> None:
    saved = Settings(seed=5).as_dict()
    del saved["threads"]
    assert Settings.from_dict(saved, "a file") == Settings(seed=5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", 1e300),
        ("seed", -1),
        ("seed", True),
        ("hidden", None),
        ("hidden", [16, 0]),
        ("hidden", 16),
        ("kind", "ranking"),
        ("lr", float("nan")),
        ("lr", "0.1"),
        ("epochs", 0),
        ("batch_size", 0),
        ("dtype", "int8"),
        ("model", None),
        ("data", 3),
    ],
)
def test_value_that_a_setting_cannot_have_is_refused(name: str, value: object) -> None:
    with pytest.raises(SavedRunError, match=rf"a file: the setting {name} cannot be"):
        Settings.from_dict(Settings().as_dict() | {name: value}, "a file")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (None, "it holds no settings of a run"),
        ([], "it holds no settings of a run"),
        ({"warmth": 3}, r"unknown settings \['warmth'\]; a newer version wrote it"),
    ],
)
def test_other_values_and_settings_of_a_newer_version_are_refused(values: object, message: str) -> None:
    with pytest.raises(SavedRunError, match=rf"a file: {message}"):
        Settings.from_dict(values, "a file")
