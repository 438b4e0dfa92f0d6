"""Images that stay in their files: the same numbers, of which only those are read that are taken."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minigrad_train.cli.summary import summarize_run
from minigrad_train.datasets import load
from minigrad_train.datasets.fingerprint import fingerprint
from minigrad_train.datasets.mapped_images import MappedImages
from minigrad_train.errors import DatasetError
from minigrad_train.session import assemble
from minigrad_train.settings import Settings
from tests.train.conftest import idx_bytes

RNG = np.random.default_rng(0)


def write_npy(folder: Path, images: Any) -> Path:
    for name in ("train", "test"):
        np.save(folder / f"x_{name}.npy", images)
        np.save(folder / f"y_{name}.npy", np.arange(len(images)) % 3)
    return folder


def assert_same_numbers(folder: Path) -> None:
    mapped, in_memory = load(folder, mapped=True), load(folder)
    assert mapped.task == in_memory.task
    assert fingerprint(mapped.splits) == fingerprint(in_memory.splits)
    order = RNG.permutation(4)
    for ours, theirs in zip(mapped.splits, in_memory.splits, strict=True):
        assert isinstance(ours.images, MappedImages)
        assert isinstance(theirs.images, np.ndarray)
        assert ours.images.shape == theirs.images.shape
        for chosen in (slice(1, 3), order, slice(None)):
            np.testing.assert_array_equal(ours.images[chosen], theirs.images[chosen])
        double = ours.images.astype(np.float64)[order]
        np.testing.assert_array_equal(double, theirs.images.astype(np.float64)[order])
        np.testing.assert_array_equal(ours.labels, theirs.labels)


def test_idx_files(small_mnist: Path) -> None:
    assert_same_numbers(small_mnist)


@pytest.mark.parametrize(
    "images",
    [
        RNG.integers(0, 256, (30, 4, 5), dtype=np.uint8),
        RNG.integers(0, 256, (30, 4, 5, 3), dtype=np.uint8),
        RNG.random((30, 16), dtype=np.float32),
        RNG.integers(0, 1000, (30, 3, 2, 2)),
    ],
    ids=["bytes", "colours last", "floats", "large numbers"],
)
def test_npy_files(tmp_path: Path, images: Any) -> None:
    assert_same_numbers(write_npy(tmp_path, images))


def test_compressed_idx_files_are_held_in_memory(tmp_path: Path, small_mnist: Path) -> None:
    for file in small_mnist.iterdir():
        (tmp_path / f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
    assert isinstance(load(tmp_path, mapped=True).splits.train.images, np.ndarray)


def test_files_larger_than_what_is_read_are_mapped(
    small_mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("minigrad_train.datasets.idx.LARGEST", 100_000)
    splits, _ = load(small_mnist)
    assert isinstance(splits.train.images, MappedImages)
    assert isinstance(splits.test.images, np.ndarray)


@pytest.mark.filterwarnings("ignore:.*all bytes are 0:UserWarning")
def test_no_image_is_read_before_it_is_taken(tmp_path: Path) -> None:
    """The file is a hole: to read it would take minutes, and memory that there is not."""
    count, side = 20_000, 1000
    for prefix in ("train", "t10k"):
        labels = np.arange(count) % 3
        (tmp_path / f"{prefix}-labels-idx1-ubyte").write_bytes(idx_bytes(labels))
        with (tmp_path / f"{prefix}-images-idx3-ubyte").open("wb") as file:
            file.write(idx_bytes(np.zeros((0, 0, 0)))[:4])
            file.write(np.array([count, side, side], ">u4").tobytes())
            file.truncate(16 + count * side * side)
    splits, task = load(tmp_path, mapped=True)
    assert task.shape == (1, side, side)
    assert fingerprint(splits)["train"][0] == 16_667
    assert splits.train.images[np.array([3, 16_000])].shape == (2, side * side)


@pytest.mark.parametrize("change", [-1, 1])
def test_mapped_file_that_is_incomplete_is_refused(small_mnist: Path, tmp_path: Path, change: int) -> None:
    for file in small_mnist.iterdir():
        content = file.read_bytes()
        broken = file.name.startswith("train-images")
        (tmp_path / file.name).write_bytes((content + b"\0")[: len(content) + change] if broken else content)
    with pytest.raises(DatasetError, match=r"470400 bytes, the file holds (470399|more);"):
        load(tmp_path, mapped=True)


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY\x01\x00", b"no array at all", np.array([None, 1])])
def test_damaged_npy_file_and_one_of_objects_are_refused_by_name(tmp_path: Path, content: Any) -> None:
    path = write_npy(tmp_path, RNG.random((30, 16))) / "x_train.npy"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        np.save(path, content, allow_pickle=True)
    with pytest.raises(DatasetError, match=r"x_train\.npy: not a readable \.npy file"):
        load(tmp_path)


def test_floats_out_of_range_are_refused(tmp_path: Path) -> None:
    write_npy(tmp_path, np.full((30, 16), -1.0, np.float32))
    with pytest.raises(DatasetError, match=r"expected pixels from 0 up, got float32 from -1 to -1"):
        load(tmp_path, mapped=True)


def test_summary_says_if_each_rank_holds_all_images(small_mnist: Path) -> None:
    for mapped in (True, False):
        splits, task = load(small_mnist, mapped=mapped)
        session = assemble(Settings(data=str(small_mnist), hidden=(4,)), task)
        lines = summarize_run(session, splits, threads=1, ranks=2)
        assert "2 ranks, each with 1 thread for matrix products" in lines
        notes = [line for line in lines if line.startswith("each rank holds all examples in memory")]
        assert len(notes) == (not mapped)
