"""One bad file among many: all are named at once, and the run or the prediction may continue without them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from minigrad_core.errors import MissingPackageError
from minigrad_train.cli.predict import predict
from minigrad_train.cli.train import train
from minigrad_train.datasets import load
from minigrad_train.datasets.image_file import read_image
from minigrad_train.errors import DatasetError
from tests.train.conftest import invoke

pytestmark = pytest.mark.filterwarnings("default::UserWarning")  # a command prints them as notes
RNG = np.random.default_rng(0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of 24 pictures of which 3 are bad: at the header, in the data, and a text."""
    root = tmp_path / "set"
    for name in "ab":
        (root / name).mkdir(parents=True)
        for number in range(12):
            Image.fromarray(RNG.integers(0, 256, (8, 8), dtype=np.uint8)).save(
                root / name / f"{number:02}.png"
            )
    (root / "a" / "00.png").write_bytes(b"\x89PNG\r\n")
    whole = (root / "b" / "03.png").read_bytes()
    (root / "b" / "03.png").write_bytes(whole[: len(whole) // 2])
    (root / "b" / "notes.txt").write_text("not a picture")
    return root


def test_all_bad_files_are_named_in_one_message(folder: Path) -> None:
    with pytest.raises(DatasetError) as raised:
        load(folder)
    message = str(raised.value)
    assert "3 of 25 files cannot be read; repair or remove them, or leave them out by --skip-bad" in message
    assert [name in message for name in ("00.png", "03.png", "notes.txt", "01.png")] == [True] * 3 + [False]


def test_skip_bad_goes_on_without_them_and_says_how_many(folder: Path, tmp_path: Path) -> None:
    result = invoke(train, "--data", folder, "--skip-bad", "--epochs", 1, "--out", tmp_path / "run")
    assert result.exit_code == 0
    assert "3 of 25 files cannot be read and are left out" in result.stderr
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert sum(sum(split.values()) for split in config["counts"].values()) == 22
    assert invoke(train, "--resume", tmp_path / "run", "--epochs", 2).exit_code == 0
    assert invoke(predict, tmp_path / "run", "--test").exit_code == 0


def test_skip_bad_is_for_pictures(small_mnist: Path) -> None:
    with pytest.raises(DatasetError, match=r"--skip-bad is for a folder of pictures"):
        load(small_mnist, skip_bad=True)


def test_predict_answers_for_the_good_files(folder: Path, tmp_path: Path) -> None:
    invoke(train, "--data", folder, "--skip-bad", "--epochs", 1, "--out", tmp_path / "run")
    paths = [folder / name for name in ("a/01.png", "a/00.png", "b/notes.txt", "b/01.png")]
    result = invoke(predict, tmp_path / "run", *paths)
    assert result.exit_code == 1
    assert [line.split()[0] for line in result.stdout.splitlines()] == [str(paths[0]), str(paths[3])]
    assert [line.split(": ")[1] for line in result.stderr.splitlines()] == [str(paths[1]), str(paths[2])]
    output = json.loads(invoke(predict, tmp_path / "run", *paths, "--json").stdout)
    assert [entry["image"] for entry in output["predictions"]] == [str(paths[0]), str(paths[3])]
    assert [entry["image"] for entry in output["failed"]] == [str(paths[1]), str(paths[2])]
    with pytest.raises(DatasetError, match=r"00.png: neither a PNG, a JPEG nor an IDX"):
        invoke(predict, tmp_path / "run", paths[1])


@pytest.mark.parametrize("side", [8_000, 20_000])
def test_valid_picture_that_is_too_large_is_called_that(tmp_path: Path, side: int) -> None:
    """Pillow itself refuses the larger one."""
    path = tmp_path / "large.png"
    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        Image.new("1", (side, side)).save(path)
    finally:
        Image.MAX_IMAGE_PIXELS = limit
    with pytest.raises(DatasetError, match=r"too large: .*more than the 50,000,000") as raised:
        read_image(path, 1)
    assert "damaged" not in str(raised.value)


def test_missing_pillow_is_told_with_the_package_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingPackageError, match=r"Pillow, which is not installed: pip install pillow"):
        load(folder)
