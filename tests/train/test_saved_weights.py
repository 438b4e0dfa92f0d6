from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import save_file

from minigrad_train.errors import SavedRunError
from minigrad_train.weights import load_arrays, save_arrays

if TYPE_CHECKING:
    from pathlib import Path

ARRAYS = {
    "weight": np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32),
    "transposed": np.arange(6.0).reshape(2, 3).T,
    "step": np.array(7),
    "empty": np.zeros((0, 4)),
}
DESCRIPTION = {"settings": {"lr": 0.1, "hidden": [3, 4], "data": None, "name": "größer"}}


def test_arrays_and_description_come_back_bit_for_bit(tmp_path: Path) -> None:
    save_arrays(tmp_path / "w.safetensors", ARRAYS, DESCRIPTION)
    arrays, description = load_arrays(tmp_path / "w.safetensors")
    assert description == DESCRIPTION
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(arrays[name], array, strict=True)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_truncated_file_is_refused(tmp_path: Path, share: float) -> None:
    path = tmp_path / "w.safetensors"
    save_arrays(path, ARRAYS, DESCRIPTION)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(SavedRunError, match=r"w.safetensors: no readable safetensors file"):
        load_arrays(path)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SavedRunError, match=r"nowhere.safetensors: no readable safetensors file"):
        load_arrays(tmp_path / "nowhere.safetensors")


def test_file_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_file({"weight": np.ones(3)}, path)
    with pytest.raises(SavedRunError, match=r"no description of its model; minigrad did not write it"):
        load_arrays(path)
