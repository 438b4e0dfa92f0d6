"""A small MNIST: 600 training examples (500 and 100) and 100 test ones, in plain IDX files."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from minigrad_train import datasets

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def idx_bytes(values: NDArray[Any]) -> bytes:
    return (
        struct.pack(f">{1 + values.ndim}I", 0x0800 | values.ndim, *values.shape)
        + values.astype(np.uint8).tobytes()
    )


@pytest.fixture(scope="session")
def digits() -> datasets.Splits:
    return datasets.mnist()


@pytest.fixture(scope="session")
def small_mnist(digits: datasets.Splits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("small_mnist")
    for prefix, split, count in (("train", digits.train, 600), ("t10k", digits.test, 100)):
        images = np.rint(split.images[:count] * 255).reshape(count, 28, 28)
        (folder / f"{prefix}-images-idx3-ubyte").write_bytes(idx_bytes(images))
        (folder / f"{prefix}-labels-idx1-ubyte").write_bytes(idx_bytes(split.labels[:count]))
    return folder
