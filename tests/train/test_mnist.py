from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from minigrad_train import datasets
from minigrad_train.datasets.mnist import PACKAGED
from minigrad_train.errors import DatasetError


def idx_header(magic: int, *shape: int) -> bytes:
    return struct.pack(f">{1 + len(shape)}I", magic, *shape)


@pytest.fixture
def folder(small_mnist: Path, tmp_path: Path) -> Path:
    """Return a copy of the small MNIST that a test may damage."""
    return shutil.copytree(small_mnist, tmp_path / "mnist")


def test_packaged_mnist_has_the_splits_shapes_and_values_of_the_lab(digits: datasets.Splits) -> None:
    for split, count in zip(digits, (50_000, 10_000, 10_000), strict=True):
        assert split.images.shape == (count, 784)
        assert split.labels.shape == (count,)
        assert split.images.dtype == np.float32
        assert split.labels.dtype == np.int64
    assert (digits.train.images.min(), digits.train.images.max()) == (0, 1)
    assert set(digits.test.labels) == set(range(10))
    assert digits.train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert digits.test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_packaged_files_have_the_published_checksums() -> None:
    published = re.findall(r"([0-9a-f]{64})  (\S+)", (PACKAGED / "README.md").read_text())
    assert len(published) == 4
    for digest, name in published:
        content = gzip.decompress((PACKAGED / f"{name}.gz").read_bytes())
        assert hashlib.sha256(content).hexdigest() == digest


def test_idx_folder_holds_the_last_sixth_of_the_training_file_out(
    small_mnist: Path, digits: datasets.Splits
) -> None:
    small = datasets.mnist(small_mnist)
    np.testing.assert_array_equal(small.train.images, digits.train.images[:500])
    np.testing.assert_array_equal(small.validation.labels, digits.train.labels[500:600])
    np.testing.assert_array_equal(small.test.images, digits.test.images[:100])


def test_plain_and_compressed_files_may_be_mixed(folder: Path, digits: datasets.Splits) -> None:
    plain = folder / "train-images-idx3-ubyte"
    plain.with_name(f"{plain.name}.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    np.testing.assert_array_equal(datasets.mnist(folder).train.images, digits.train.images[:500])


def flip_bit(content: bytes) -> bytes:
    changed = bytearray(gzip.compress(content))
    changed[len(changed) // 2] ^= 1
    return bytes(changed)


IMAGES, LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
DAMAGED = r"the gzip data is damaged or ends early"


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        (LABELS, None, rf"neither {LABELS} nor {LABELS}.gz"),
        *((LABELS, lambda old, end=end: gzip.compress(old)[:end], DAMAGED) for end in (2, 10, 30, -1)),
        (LABELS, flip_bit, DAMAGED),
        (IMAGES, lambda old: b"\0\0\x08\x01" + old[4:], r"magic number 0x00000803 .* got 0x00000801"),
        (IMAGES, lambda old: old[:-1], r"100 x 28 x 28 = 78400 bytes, the file holds 78399;"),
        (IMAGES, lambda old: old + b"\0", r"100 x 28 x 28 = 78400 bytes, the file holds more;"),
        (
            IMAGES,
            lambda _: idx_header(0x0803, 2**32 - 1, 28, 28) + bytes(784),
            r"promises 4294967295 x 28 x 28",
        ),
        (
            IMAGES,
            lambda _: gzip.compress(idx_header(0x0803, 2**32 - 1, 28, 28)),
            r"more than the limit of 1,073,741,824",
        ),
        (IMAGES, lambda _: b"\0\0\x08\x03", r"4 bytes are too few for an IDX header of 16"),
        (
            LABELS,
            lambda old: old[:-1] + b"\x0a",
            r"expected whole labels from 0 to 9, got uint8 from 0 to 10",
        ),
        (LABELS, lambda old: idx_header(0x0801, 99) + old[8:-1], r"100 images, but labels of shape \(99,\)"),
        (IMAGES, lambda old: idx_header(0x0803, 100, 14, 56) + old[16:], r"expected .* 28 x 28, got 14 x 56"),
        (IMAGES, lambda _: idx_header(0x0803, 0, 28, 28), r"no images in it"),
    ],
)
def test_damaged_file_is_refused_by_name(
    folder: Path, name: str, change: Callable[[bytes], bytes] | None, message: str
) -> None:
    path = folder / name
    content = path.read_bytes()
    path.unlink()
    if change is not None:
        path.write_bytes(change(content))
    with pytest.raises(DatasetError, match=message) as caught:
        datasets.mnist(folder)
    assert str(caught.value).startswith(str(folder))


def test_no_more_is_unpacked_than_the_header_promises(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb: a hundred megabytes of zeros after a header of 78,400 bytes."""
    unpacked = 0
    read = gzip.GzipFile.read

    def counting(file: gzip.GzipFile, size: int | None = -1) -> bytes:
        nonlocal unpacked
        content = read(file, size)
        unpacked += len(content)
        return content

    packer = zlib.compressobj(wbits=31)
    header = packer.compress(idx_header(0x0803, 100, 28, 28))
    zeros = [packer.compress(bytes(2**20)) for _ in range(100)]
    (folder / "t10k-images-idx3-ubyte.gz").write_bytes(header + b"".join(zeros) + packer.flush())
    (folder / "t10k-images-idx3-ubyte").unlink()
    monkeypatch.setattr(gzip.GzipFile, "read", counting)
    with pytest.raises(DatasetError, match=r"promises 100 x 28 x 28 = 78400 bytes, the file holds more"):
        datasets.mnist(folder)
    assert unpacked < 100_000


def test_path_that_does_not_exist_and_a_pipe_are_refused(folder: Path) -> None:
    with pytest.raises(
        DatasetError, match=r"nowhere: no such file or folder; expected a folder of IDX files"
    ):
        datasets.mnist(folder / "nowhere")
    (folder / "t10k-images-idx3-ubyte").unlink()
    os.mkfifo(folder / "t10k-images-idx3-ubyte")
    with pytest.raises(
        DatasetError, match=r"t10k-images-idx3-ubyte: cannot be read: it is not a regular file"
    ):
        datasets.mnist(folder)


def test_training_file_of_five_is_too_small_to_split(folder: Path) -> None:
    (folder / "train-images-idx3-ubyte").write_bytes(idx_header(0x0803, 5, 28, 28) + b"\xff" * 5 * 784)
    (folder / "train-labels-idx1-ubyte").write_bytes(idx_header(0x0801, 5) + bytes(5))
    with pytest.raises(DatasetError, match=r"5 training examples are too few to hold a sixth out"):
        datasets.mnist(folder)
