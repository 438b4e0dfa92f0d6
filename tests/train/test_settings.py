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


def test_settings_of_a_newer_version_are_refused() -> None:
    saved = Settings().as_dict() | {"warmth": 3}
    with pytest.raises(
        SavedRunError, match=r"a file: unknown settings \['warmth'\]; a newer version wrote it"
    ):
        Settings.from_dict(saved, "a file")
