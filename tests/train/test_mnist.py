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


@pytest.fixture
def folder(small_mnist: Path, tmp_path: Path) -> Path:
    """Return a copy of the small MNIST that a test may damage."""
    return shutil.copytree(small_mnist, tmp_path / "mnist")


def test_packaged_mnist_has_the_splits_shapes_and_dtypes_of_the_lab(digits: datasets.Splits) -> None:
    for split, count in zip(digits, (50_000, 10_000, 10_000), strict=True):
        assert split.images.shape == (count, 784)
        assert split.images.dtype == np.float32
        assert split.labels.shape == (count,)
        assert split.labels.dtype == np.int64


def test_packaged_pixels_reach_from_0_to_1_and_labels_from_0_to_9(digits: datasets.Splits) -> None:
    assert digits.train.images.min() == 0
    assert digits.train.images.max() == 1
    assert set(digits.test.labels) == set(range(10))


def test_packaged_files_have_the_published_checksums() -> None:
    published = re.findall(r"([0-9a-f]{64})  (\S+)", (PACKAGED / "README.md").read_text())
    assert len(published) == 4
    for digest, name in published:
        content = gzip.decompress((PACKAGED / f"{name}.gz").read_bytes())
        assert hashlib.sha256(content).hexdigest() == digest


def test_first_training_labels_are_those_of_the_original(digits: datasets.Splits) -> None:
    assert digits.train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert digits.test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


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


def test_path_that_does_not_exist_says_what_is_expected(tmp_path: Path) -> None:
    with pytest.raises(
        DatasetError, match=r"nowhere: no such file or folder; expected a folder of IDX files or mnist"
    ):
        datasets.mnist(tmp_path / "nowhere")


def test_missing_file_of_a_folder_is_named(folder: Path) -> None:
    (folder / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(DatasetError, match=r"neither t10k-labels-idx1-ubyte nor t10k-labels-idx1-ubyte.gz"):
        datasets.mnist(folder)


@pytest.mark.parametrize("kept", [2, 10, 100, -1])
def test_truncated_gzip_is_refused(folder: Path, kept: int) -> None:
    path = folder / "train-labels-idx1-ubyte"
    path.write_bytes(gzip.compress(path.read_bytes())[:kept])
    with pytest.raises(
        DatasetError, match=r"train-labels-idx1-ubyte: the gzip data is damaged or ends early"
    ):
        datasets.mnist(folder)


def test_gzip_with_a_flipped_bit_is_refused(folder: Path) -> None:
    path = folder / "train-labels-idx1-ubyte"
    compressed = bytearray(gzip.compress(path.read_bytes()))
    compressed[len(compressed) // 2] ^= 1
    path.write_bytes(compressed)
    with pytest.raises(DatasetError, match=r"the gzip data is damaged or ends early"):
        datasets.mnist(folder)


def test_wrong_magic_number_is_refused(folder: Path) -> None:
    images = folder / "train-images-idx3-ubyte"
    images.write_bytes((folder / "train-labels-idx1-ubyte").read_bytes())
    with pytest.raises(DatasetError, match=r"expected the magic number 0x00000803 .* got 0x00000801"):
        datasets.mnist(folder)


@pytest.mark.parametrize("change", [lambda content: content[:-1], lambda content: content + b"\0"])
def test_size_other_than_the_headers_is_refused(folder: Path, change: Callable[[bytes], bytes]) -> None:
    images = folder / "t10k-images-idx3-ubyte"
    images.write_bytes(change(images.read_bytes()))
    with pytest.raises(
        DatasetError, match=r"promises 100 x 28 x 28 = 78400 bytes, the file holds (78399|more);"
    ):
        datasets.mnist(folder)


def test_header_that_promises_terabytes_is_refused_without_allocating_them(folder: Path) -> None:
    images = folder / "t10k-images-idx3-ubyte"
    images.write_bytes(struct.pack(">4I", 0x0803, 2**32 - 1, 28, 28) + bytes(784))
    with pytest.raises(DatasetError, match=r"promises 4294967295 x 28 x 28"):
        datasets.mnist(folder)


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
    header = packer.compress(struct.pack(">4I", 0x0803, 100, 28, 28))
    zeros = [packer.compress(bytes(2**20)) for _ in range(100)]
    (folder / "t10k-images-idx3-ubyte.gz").write_bytes(header + b"".join(zeros) + packer.flush())
    (folder / "t10k-images-idx3-ubyte").unlink()
    monkeypatch.setattr(gzip.GzipFile, "read", counting)
    with pytest.raises(DatasetError, match=r"promises 100 x 28 x 28 = 78400 bytes, the file holds more"):
        datasets.mnist(folder)
    assert unpacked < 100_000


def test_pipe_in_the_place_of_a_file_is_refused(folder: Path) -> None:
    (folder / "t10k-images-idx3-ubyte").unlink()
    os.mkfifo(folder / "t10k-images-idx3-ubyte")
    with pytest.raises(DatasetError, match=r"t10k-images-idx3-ubyte: cannot be read: it is no regular file"):
        datasets.mnist(folder)


def test_file_shorter_than_its_header_is_refused(folder: Path) -> None:
    (folder / "t10k-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03")
    with pytest.raises(DatasetError, match=r"4 bytes are too few for an IDX header of 16"):
        datasets.mnist(folder)


def test_labels_out_of_range_are_refused(folder: Path) -> None:
    labels = folder / "t10k-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:-1] + b"\x0a")
    with pytest.raises(
        DatasetError, match=r"t10k-labels.*expected whole labels from 0 to 9, got uint8 from 0 to 10"
    ):
        datasets.mnist(folder)


def test_another_number_of_labels_than_images_is_refused(folder: Path) -> None:
    shutil.copy(folder / "train-labels-idx1-ubyte", folder / "t10k-labels-idx1-ubyte")
    with pytest.raises(DatasetError, match=r"100 images, but labels of shape \(600,\)"):
        datasets.mnist(folder)


def test_images_of_another_size_are_refused(folder: Path) -> None:
    (folder / "t10k-images-idx3-ubyte").write_bytes(struct.pack(">4I", 0x0803, 100, 14, 56) + bytes(78400))
    with pytest.raises(DatasetError, match=r"expected images of 28 x 28, got 14 x 56"):
        datasets.mnist(folder)


def test_empty_set_is_refused(folder: Path) -> None:
    (folder / "t10k-images-idx3-ubyte").write_bytes(struct.pack(">4I", 0x0803, 0, 28, 28))
    (folder / "t10k-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x0801, 0))
    with pytest.raises(DatasetError, match=r"no images in it"):
        datasets.mnist(folder)


def test_training_file_of_five_is_too_small_to_split(folder: Path) -> None:
    (folder / "train-images-idx3-ubyte").write_bytes(struct.pack(">4I", 0x0803, 5, 28, 28) + bytes(5 * 784))
    (folder / "train-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x0801, 5) + bytes(5))
    with pytest.raises(DatasetError, match=r"5 training examples are too few to hold a sixth out"):
        datasets.mnist(folder)
