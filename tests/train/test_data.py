"""Sets of images other than MNIST: what is read of them, and what is refused."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from minigrad_train.datasets import Task, load
from minigrad_train.datasets.image_file import read_image
from minigrad_train.errors import DatasetError
from tests.train.conftest import idx_bytes

RNG = np.random.default_rng(0)


def write_idx(folder: Path, size: tuple[int, int], classes: int) -> None:
    folder.mkdir()
    for prefix, count in (("train", 30), ("t10k", 12)):
        images = RNG.integers(0, 256, (count, *size))
        (folder / f"{prefix}-images-idx3-ubyte").write_bytes(idx_bytes(images))
        (folder / f"{prefix}-labels-idx1-ubyte").write_bytes(idx_bytes(np.arange(count) % classes))


def picture(path: Path, pixels: Any, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels, np.uint8)).save(path, **options)
    return path


def colours(height: int, width: int) -> NDArray[np.uint8]:
    return RNG.integers(0, 256, (height, width, 3), dtype=np.uint8)


def folder_of_pictures(root: Path, *classes: str, count: int = 6, size: tuple[int, int] = (5, 4)) -> Path:
    for name in classes:
        for number in range(count):
            picture(root / name / f"{number}.png", colours(*size))
    return root


def test_idx_of_any_size_and_classes_with_their_names(tmp_path: Path) -> None:
    write_idx(tmp_path / "set", (5, 7), 3)
    (tmp_path / "set" / "classes.txt").write_text("ankle boot\nbag\ncoat\n", encoding="utf-8")
    splits, task = load(tmp_path / "set")
    assert task == Task((1, 5, 7), ("ankle boot", "bag", "coat"))
    assert [part.images.shape for part in splits] == [(25, 35), (5, 35), (12, 35)]
    (tmp_path / "set" / "classes.txt").unlink()
    assert load(tmp_path / "set").task.classes == ("0", "1", "2")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("bag\nbag", "two classes have one name"),
        ("bag", "expected 2 to 10,000 classes, got 1"),
        ("bag\n\x1b[31mcoat", "cannot be called"),
        ("bag\n" + "c" * 101, "cannot be called"),
        ("bag\ncoat", "expected whole labels from 0 to 1, got uint8 from 0 to 2"),
    ],
)
def test_wrong_names_of_classes_are_refused(tmp_path: Path, names: str, message: str) -> None:
    write_idx(tmp_path / "set", (5, 7), 3)
    (tmp_path / "set" / "classes.txt").write_text(names)
    with pytest.raises(DatasetError, match=message):
        load(tmp_path / "set")


def test_folders_are_classes_and_colours_are_channels(tmp_path: Path) -> None:
    folder_of_pictures(tmp_path, "rose", "daisy")
    (tmp_path / "rose" / ".DS_Store").write_bytes(b"litter")
    (tmp_path / "__MACOSX" / "rose").mkdir(parents=True)
    first = picture(tmp_path / "daisy" / "0.png", colours(5, 4))
    splits, task = load(tmp_path)
    assert task == Task((3, 5, 4), ("daisy", "rose"))
    assert [len(part.labels) for part in splits] == [9, 1, 2]
    everything = np.concatenate([part.images for part in splits])
    expected = np.moveaxis(np.asarray(Image.open(first), np.float32) / 255, 2, 0).reshape(-1)
    assert np.isclose(everything, expected, atol=1e-6).all(axis=1).sum() == 1


def test_splits_in_folders_are_kept(tmp_path: Path) -> None:
    for split, count in (("Train", 8), ("VALID", 2), ("test", 3)):
        folder_of_pictures(tmp_path / split, "a", "b", count=count)
    splits, _ = load(tmp_path)
    assert [len(part.labels) for part in splits] == [16, 4, 6]
    folder_of_pictures(tmp_path / "test", "c")
    with pytest.raises(DatasetError, match=r"test.c: there is no class 'c' in the training set"):
        load(tmp_path)


def test_folder_beside_the_splits_is_told_and_two_of_one_split_are_refused(tmp_path: Path) -> None:
    for split in ("train", "tset"):
        folder_of_pictures(tmp_path / split, "a", "b")
    with pytest.warns(UserWarning, match=r"not used: tset; what is used is train, val and test"):
        load(tmp_path)
    folder_of_pictures(tmp_path / "training", "a")
    with pytest.raises(DatasetError, match=r"train and training are both names of the train split: merge"):
        load(tmp_path)


def test_missing_splits_are_drawn_by_the_seed(tmp_path: Path) -> None:
    folder_of_pictures(tmp_path, "a", "b", count=12)
    first, again, other = (load(tmp_path, seed=seed).splits for seed in (1, 1, 2))
    for part, same in zip(first, again, strict=True):
        np.testing.assert_array_equal(part.images, same.images)
    assert not np.array_equal(first.test.images, other.test.images)
    rows = [row.tobytes() for part in first for row in part.images]
    assert len(set(rows)) == len(rows) == 24


def test_pictures_in_grey_have_one_channel_and_one_of_colour_makes_all_three(tmp_path: Path) -> None:
    for name in "ab":
        for number in range(6):
            picture(tmp_path / name / f"{number}.png", RNG.integers(0, 256, (5, 4)))
    assert load(tmp_path).task.shape == (1, 5, 4)
    picture(tmp_path / "a" / "7.png", colours(5, 4))
    assert load(tmp_path).task.shape == (3, 5, 4)


def test_sizes_are_checked_and_resize_makes_them_one(tmp_path: Path) -> None:
    folder_of_pictures(tmp_path, "a", "b")
    odd = picture(tmp_path / "b" / "odd.jpg", colours(9, 30))
    with pytest.raises(
        DatasetError, match=r"have another size; .* by --resize:\n .*odd.jpg: expected 5 x 4 .*, got 9 x 30"
    ):
        load(tmp_path)
    assert load(tmp_path, resize=6).task.shape == (3, 6, 6)
    with pytest.raises(DatasetError, match=r"resize: expected a number of pixels from 1 up, got 0"):
        load(tmp_path, resize=0)
    odd.write_bytes(b"no picture")
    with pytest.raises(DatasetError, match=r"odd.jpg: no readable PNG or JPEG"):
        load(tmp_path, resize=6)


def test_resize_is_for_pictures(small_mnist: Path) -> None:
    with pytest.raises(DatasetError, match=r"--resize is for a folder of pictures"):
        load(small_mnist, resize=6)


@pytest.mark.parametrize(
    ("classes", "extra", "message"),
    [
        ("ab", "notes.txt", r"notes.txt: expected a folder for each class, got a file"),
        ("ab", "a/more/", r"more: expected a PNG or a JPEG, got a folder; the folders of splits"),
        ("a", "", r"expected 2 to 10,000 classes, got 1: 'a'"),
        ("", "", r"expected the four IDX files .* or a folder of pictures for each class"),
        ("", "a/", r"a: no pictures in it|no pictures in it"),
    ],
)
def test_folder_that_is_no_dataset_is_refused_by_name(
    tmp_path: Path, classes: str, extra: str, message: str
) -> None:
    folder_of_pictures(tmp_path, *classes)
    if extra.endswith("/"):
        (tmp_path / extra).mkdir(exist_ok=True)
    elif extra:
        (tmp_path / extra).write_text("mine")
    with pytest.raises(DatasetError, match=message) as caught:
        load(tmp_path)
    assert str(caught.value).startswith(str(tmp_path))


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def test_picture_larger_than_the_bound_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 10_000, 6_000, 8, 0, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))))
    with pytest.raises(
        DatasetError, match=r"10000 x 6000 pixels are more than the 50,000,000 that are decoded"
    ):
        read_image(path, 3)


def test_transparency_is_white_paper_and_a_camera_is_held_upright(tmp_path: Path) -> None:
    clear = np.zeros((2, 3, 4), np.uint8)
    assert (read_image(picture(tmp_path / "clear.png", clear), 1) == 1).all()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    assert read_image(picture(tmp_path / "turned.jpg", colours(5, 9), exif=exif), 3).shape == (3, 9, 5)


def npz(path: Path, **arrays: Any) -> Path:
    np.savez_compressed(path, **arrays)
    return path


DIGITS = RNG.integers(0, 17, (40, 8, 8))
LABELS = np.arange(40) % 10


def test_colour_of_16_bits_is_refused_where_the_scale_needs_them(tmp_path: Path) -> None:
    path, pixels = tmp_path / "deep.png", np.full((2, 2, 3), 1000, ">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 2, 2, 16, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    parts = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    ]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    np.testing.assert_allclose(read_image(path, 3), 1000 / 65535, atol=1 / 255)
    with pytest.raises(DatasetError, match=r"deep.png: Pillow reads only 8 of 16 bits .* from 0 to 4095"):
        read_image(path, 3, white=4095)


@pytest.mark.parametrize(
    ("images", "shape", "white"),
    [
        (DIGITS, (1, 8, 8), 16),
        (DIGITS.astype(float), (1, 8, 8), 16),
        (DIGITS.reshape(40, 64), (1, 8, 8), 16),
        (DIGITS.reshape(40, 4, 16)[:, :, :15], (1, 4, 15), 16),
        (DIGITS.reshape(40, 64)[:, :6], (1, 1, 6), 16),
        (RNG.integers(0, 256, (40, 5, 4, 3), dtype=np.uint8), (3, 5, 4), None),
        (RNG.integers(0, 256, (40, 3, 5, 4), dtype=np.uint8), (3, 5, 4), None),
        (DIGITS[..., None] > 8, (1, 8, 8), None),
        (DIGITS / 16, (1, 8, 8), None),
        (DIGITS // 16 * 255, (1, 8, 8), None),
        (DIGITS // 16, (1, 8, 8), 1),
    ],
)
def test_npz_of_any_layout_and_type(
    tmp_path: Path, images: NDArray[Any], shape: tuple[int, int, int], white: float | None
) -> None:
    splits, task = load(npz(tmp_path / "set.npz", images=images, target=LABELS[:, None]))
    assert task == Task(shape, tuple("0123456789"), white)
    assert [len(part.labels) for part in splits] == [29, 5, 6]
    largest = max(float(part.images.max()) for part in splits)
    assert largest == 1 if images.dtype != np.uint8 else largest == images.max() / 255


def test_npz_has_splits_and_names_of_its_own(tmp_path: Path) -> None:
    parts = {"x_train": DIGITS, "y_train": LABELS % 2, "x_test": DIGITS[:9], "y_test": LABELS[:9] % 2}
    path = npz(tmp_path / "set.npz", **parts, classes=np.array(["even", "odd"]), other=np.array([{}]))
    with pytest.warns(
        UserWarning, match=r"set.npz: not used: other; what is used is x_train, y_train, x_val"
    ):
        splits, task = load(path)
    assert task.classes == ("even", "odd")
    assert [len(part.labels) for part in splits] == [34, 6, 9]
    np.testing.assert_array_equal(splits.test.images, np.float32(DIGITS[:9].reshape(9, 64) / DIGITS.max()))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"pictures": DIGITS}, r"expected arrays of the names x_train y_train; or .*; it holds pictures"),
        ({"x": DIGITS, "y": LABELS - 1}, r"expected whole labels from 0 to 9999, got int64 from -1"),
        ({"x": DIGITS, "y": LABELS * 1e9}, r"expected whole labels from 0"),
        ({"x": DIGITS, "y": LABELS[:3]}, r"40 images, but labels of shape \(3,\)"),
        ({"x": DIGITS - 1, "y": LABELS}, r"expected pixels from 0 up, got int64 from -1 to 15; shift them"),
        ({"x": DIGITS + np.inf, "y": LABELS}, r"expected pixels from 0 up, got float64 from inf to inf"),
        ({"x": DIGITS * np.nan, "y": LABELS}, r"train split: 40 of 40 images hold NaN"),
        ({"x": DIGITS.astype(str), "y": LABELS}, r"expected images of real numbers, got <U"),
        ({"x": LABELS, "y": LABELS}, r"expected images of shape .*, got \(40,\)"),
        ({"x": DIGITS[:0], "y": LABELS[:0]}, r"no examples in it"),
        (
            {"x": DIGITS, "y": LABELS, "x_test": DIGITS[:0], "y_test": LABELS[:0]},
            r"test split: no examples in it",
        ),
        ({"x": DIGITS[:, :0], "y": LABELS}, r"no pixels"),
        ({"x": DIGITS * 1j, "y": LABELS}, r"expected real numbers .* in x.npy, got complex numbers"),
        ({"x": DIGITS, "y": LABELS.astype(str)}, r"labels of numbers, got <U.*np.unique\(labels, ret"),
        ({"x": DIGITS, "y": LABELS * 1.0}, r"got float64 .*; use labels.astype\(int\)"),
        ({"x": DIGITS, "y": LABELS, "x_test": DIGITS}, r"x_test without y_test; it holds x, y, x_test"),
        ({"x": DIGITS, "y": LABELS, "y_valid": LABELS}, r"y_valid without x_valid; it holds"),
        (
            {"x": DIGITS, "y": LABELS, "x_test": DIGITS / 99, "y_test": LABELS},
            r"the test images are numbers from 0 to 0.1.*, another split reaches 16: give all",
        ),
        ({"x": DIGITS, "y": LABELS, "val_images": DIGITS}, r"val_images without val_labels"),
    ],
)
def test_npz_of_something_else_is_refused(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        load(npz(tmp_path / "set.npz", **arrays))


@pytest.mark.parametrize(
    "names",
    ["x_val y_val", "X_valid y_valid", "x_validation y_validation", "valid_images valid_labels"],
)
def test_validation_is_called_by_every_word_that_folders_may_have(tmp_path: Path, names: str) -> None:
    images, labels = names.split()
    path = npz(
        tmp_path / "set.npz", x_train=DIGITS, y_train=LABELS, **{images: DIGITS[:7], labels: LABELS[:7]}
    )
    assert len(load(path).splits.validation.labels) == 7


def test_arrays_of_names_that_nobody_knows_are_told(tmp_path: Path) -> None:
    known = {"x_train": DIGITS, "y_train": LABELS}
    npz(tmp_path / "set.npz", **known, x_tset=DIGITS, y_tset=LABELS)
    for name, array in (known | {"x_tset": DIGITS, "y_tset": LABELS}).items():
        np.save(tmp_path / f"{name}.npy", array)
    for path in (tmp_path / "set.npz", tmp_path):
        with pytest.warns(UserWarning, match=r"not used: x_tset, y_tset; what is used is x_train"):
            load(path)


@pytest.mark.parametrize("name", ["x.npy", "set.txt", "digit.png", "images-idx3-ubyte"])
def test_file_of_another_kind_is_told_what_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    np.save(tmp_path / "x.npy", DIGITS)
    picture(tmp_path / "digit.png", DIGITS[0])
    (tmp_path / "set.txt").write_text("1,2,3\n")
    (tmp_path / "images-idx3-ubyte").write_bytes(idx_bytes(DIGITS))
    message = r"unknown format; expected an .npz file, a .csv file, .*, or a folder: of .npy files"
    with pytest.raises(DatasetError, match=rf"{name}: {message}"):
        load(path)


def write_zip(path: Path, header: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write an array whose header says what one likes."""
    magic = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in "xy":
            archive.writestr(f"{name}.npy", magic + data)
    return path


UNREADABLE = "not a readable .npz file"
DEFLATED, LZMA = zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA


@pytest.mark.parametrize(
    ("descr", "shape", "method", "message"),
    [
        ("'<f8'", "(1000000, 1000000)", DEFLATED, UNREADABLE),
        ("'<f8'", "(-1, -8)", DEFLATED, UNREADABLE),
        ("'<f8'", "__import__('os').mkdir('made')", DEFLATED, UNREADABLE),
        ("'<f8'", "(" * 5000, DEFLATED, UNREADABLE),
        ("'<f8'", "-" * 5000 + "1", DEFLATED, UNREADABLE),
        ("'<f8'", "(8,)", LZMA, UNREADABLE),  # it allocates any promised size
        ("'|O'", "(8,)", DEFLATED, r"expected real numbers \(or names\) in x.npy, got pickled objects"),
        ("[('a', '<f8')]", "(8,)", DEFLATED, r"expected real numbers \(or names\) in x.npy, got \[\('a'"),
    ],
)
def test_header_of_an_array_that_lies_is_refused(
    tmp_path: Path, descr: str, shape: str, method: int, message: str
) -> None:
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}"
    with pytest.raises(DatasetError, match=rf"set.npz: {message}"):
        load(write_zip(tmp_path / "set.npz", header, bytes(64), method))


def test_archive_that_promises_more_than_the_bound_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("minigrad_train.datasets.array_files.LARGEST", 100_000)
    path = write_zip(tmp_path / "set.npz", "", bytes(10**6))
    with pytest.raises(DatasetError, match=r"it promises 2,000,\d+ bytes, more than the 100,000"):
        load(path)


def test_task_that_is_saved_comes_back() -> None:
    task = Task((3, 40, 32), ("größer", "b"), 15.0)
    assert Task.from_dict(task.as_dict(), "a file") == task
    assert str(task) == "images of 40 x 32 in colour of 0 to 15, 2 classes"
    saved = {name: value for name, value in task.as_dict().items() if name != "white"}
    assert Task.from_dict(saved, "an older file") == Task(task.shape, task.classes)
    for wrong in ("15", 0, np.inf, np.nan):
        with pytest.raises(DatasetError, match=r"a file: it does not say|white cannot be"):
            Task.from_dict(saved | {"white": wrong}, "a file")
