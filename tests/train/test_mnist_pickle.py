from __future__ import annotations

import gzip
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minigrad_train import datasets
from minigrad_train.errors import DatasetError

RNG = np.random.default_rng(0)
SPLITS = tuple(
    (RNG.random((count, 784), dtype=np.float32), RNG.integers(0, 10, count)) for count in (20, 5, 7)
)


def write_pickle(path: Path, value: Any, protocol: int = 2) -> Path:
    path.write_bytes(gzip.compress(pickle.dumps(value, protocol)))
    return path


def test_every_protocol_of_today_is_read(tmp_path: Path) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        read = datasets.mnist(write_pickle(tmp_path / f"{protocol}.pkl.gz", SPLITS, protocol))
        for split, (images, labels) in zip(read, SPLITS, strict=True):
            np.testing.assert_array_equal(split.images, images)
            np.testing.assert_array_equal(split.labels, labels)


def test_lists_fortran_order_and_big_endian_are_read(tmp_path: Path) -> None:
    value = [[np.asfortranarray(images.astype(">f4")), labels.astype(">i4")] for images, labels in SPLITS]
    read = datasets.mnist(write_pickle(tmp_path / "mnist.pkl.gz", value, 4))
    np.testing.assert_array_equal(read.train.images, SPLITS[0][0])
    np.testing.assert_array_equal(read.test.labels, SPLITS[2][1])
    assert read.train.images.dtype.isnative
    read.train.images[0, 0] = 0.5  # arrays can be written to
    read.train.labels[0] = 3
    assert (read.train.images[0, 0], read.train.labels[0]) == (0.5, 3)


def python2_pickle(splits: tuple[Any, ...]) -> bytes:
    """Return the bytes that Python 2 with NumPy 1 wrote: `numpy.core`, and raw data as a byte string."""

    def array(value: np.ndarray[Any, Any]) -> bytes:
        raw, rows = value.tobytes(), len(value)
        shape = b"(" + b"".join(b"J" + n.to_bytes(4, "little") for n in (rows, *value.shape[1:])) + b"t"
        code = value.dtype.str[1:].encode()
        return (
            b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR"
            + b"(K\x01"
            + shape
            + b"cnumpy\ndtype\n(U"
            + bytes([len(code)])
            + code
            + b"K\x00K\x01tR"
            + b"(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
            + b"\x89T"
            + len(raw).to_bytes(4, "little")
            + raw
            + b"tb"
        )

    pairs = [array(images) + array(labels) + b"\x86" for images, labels in splits]
    return b"\x80\x02" + b"".join(pairs) + b"\x87."


def test_pickle_of_python_2_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mnist.pkl.gz"
    path.write_bytes(gzip.compress(python2_pickle(SPLITS)))
    np.testing.assert_array_equal(pickle.loads(python2_pickle(SPLITS), encoding="latin1")[1][0], SPLITS[1][0])
    for split, (images, labels) in zip(datasets.mnist(path), SPLITS, strict=True):
        np.testing.assert_array_equal(split.images, images)
        np.testing.assert_array_equal(split.labels, labels)


class Runs:
    """Pickles as a call of `function(*args)`."""

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self.call = (function, args)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_file_that_tries_to_run_code_is_refused_and_runs_nothing(tmp_path: Path, protocol: int) -> None:
    target = tmp_path / "made_by_the_pickle"
    path = write_pickle(tmp_path / "mnist.pkl.gz", Runs(os.mkdir, str(target)), protocol)
    with pytest.raises(DatasetError, match=r"refused: it names (posix|nt).mkdir.*nothing in it was run"):
        datasets.mnist(path)
    assert not target.exists()


@pytest.mark.parametrize("function", [eval, getattr, np.load, np.ndarray.tofile, np.frombuffer, pickle.loads])
def test_other_callables_are_refused_even_numpys(tmp_path: Path, function: Callable[..., Any]) -> None:
    path = write_pickle(tmp_path / "mnist.pkl.gz", Runs(function, "1"), 4)
    with pytest.raises(DatasetError, match=r"refused: it names"):
        datasets.mnist(path)


def test_object_arrays_are_refused(tmp_path: Path) -> None:
    path = write_pickle(tmp_path / "mnist.pkl.gz", (np.array([{}], dtype=object),) * 3)
    with pytest.raises(DatasetError, match=r"refused: it holds an array of type 'O8', only numbers are read"):
        datasets.mnist(path)


def test_nothing_outside_is_changed_by_a_pickle_that_sets_attributes_of_the_stand_ins(tmp_path: Path) -> None:
    path = tmp_path / "mnist.pkl.gz"
    for name in (b"cnumpy\ndtype\n", b"cnumpy.core.multiarray\n_reconstruct\n", b"c_codecs\nencode\n"):
        path.write_bytes(b"\x80\x02" + name + b"N}U\x08__init__K\x01s\x86b.")
        with pytest.raises(DatasetError):
            datasets.mnist(path)
    np.testing.assert_array_equal(datasets.mnist(write_pickle(path, SPLITS)).train.images, SPLITS[0][0])


def test_pickle_that_unpacks_to_more_than_the_bound_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("minigrad_train.datasets.file_content.read_content.__defaults__", (50_000,))
    path = tmp_path / "mnist.pkl.gz"
    path.write_bytes(gzip.compress(bytes(10**6)))
    with pytest.raises(
        DatasetError, match=r"it holds more than the 50,000 bytes that are read of such a file"
    ):
        datasets.mnist(path)


def opcodes(*parts: bytes) -> bytes:
    return b"\x80\x04" + b"".join(parts) + b"."


HOSTILE = {
    "an index of the memo that would take 64 GB": opcodes(b"K\x00r\xff\xff\xff\xff"),
    "a length that would take 100 GB": opcodes(b"\x96" + (10**11).to_bytes(8, "little")),
    "a length that no memory has": opcodes(b"\x8e" + (2**62).to_bytes(8, "little")),
    "tuples of tuples as a type": opcodes(
        b"cnumpy\ndtype\n", b")\x94", *[b"0h%ch%c\x86\x94" % (k, k) for k in range(60)], b"\x85R"
    ),
    "tuples of tuples as a key": opcodes(
        b")\x94", *[b"0h%ch%c\x86\x94" % (k, k) for k in range(60)], b"}h\x3cK\x00s"
    ),
    "lists of lists of lists": opcodes(b"]\x94", *[b"0]\x94(h%ch%ce" % (k, k) for k in range(60)]),
    "a number of a million digits": opcodes(b"I" + b"9" * 10**6 + b"\n"),
    "a name of many lines": opcodes(b"c" + b"a" * 10**6 + b"\nb\n"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_pickle_that_would_take_all_memory_or_all_time_is_refused_in_one_line(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "mnist.pkl"
    path.write_bytes(HOSTILE[name])
    with pytest.raises(
        DatasetError, match=r"mnist.pkl: (not a readable pickle|refused|expected three)"
    ) as caught:
        datasets.mnist(path)
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("kept", [0, 1, 100, 5000, -2])
def test_truncated_pickle_is_refused(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "mnist.pkl.gz"
    path.write_bytes(gzip.compress(pickle.dumps(SPLITS, 2)[:kept]))
    with pytest.raises(DatasetError, match=r"mnist.pkl.gz: (not a readable pickle|unknown format)"):
        datasets.mnist(path)


@pytest.mark.parametrize("value", [3, SPLITS[:2], ((1, 2),) * 3, (SPLITS[0][0],) * 3])
def test_pickle_of_something_else_is_refused(tmp_path: Path, value: object) -> None:
    with pytest.raises(DatasetError, match=r"expected three pairs of arrays"):
        datasets.mnist(write_pickle(tmp_path / "mnist.pkl.gz", value))


@pytest.mark.parametrize(
    ("pixel", "label", "message"),
    [
        *((pixel, 0, r"training split: expected .* pixels in \[0, 1\]") for pixel in (-0.1, 255.0, np.nan)),
        (0.5, -20, r"training split: expected whole labels from 0 to 9"),
    ],
)
def test_value_out_of_range_is_refused_and_the_split_is_named(
    tmp_path: Path, pixel: float, label: int, message: str
) -> None:
    images, labels = (array.copy() for array in SPLITS[0])
    images[3, 4], labels[5] = pixel, label
    with pytest.raises(DatasetError, match=rf"mnist.pkl.gz, {message}"):
        datasets.mnist(write_pickle(tmp_path / "mnist.pkl.gz", ((images, labels), *SPLITS[1:])))
