from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from minigrad_train.errors import SavedRunError
from minigrad_train.weights import load_arrays, save_arrays

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


@pytest.mark.parametrize("seed", range(10))
def test_flipped_bit_is_noticed(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "w.safetensors"
    save_arrays(path, ARRAYS, DESCRIPTION)
    content = bytearray(path.read_bytes())
    place = int(np.random.default_rng(seed).integers(8, len(content)))
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(
        SavedRunError, match=r"w.safetensors: (it is damaged|no readable|it holds no|the descri)"
    ):
        load_arrays(path)


@pytest.mark.parametrize("description", ["{", "[1]", "[" * 100_000, None])
def test_file_of_another_program_is_refused(tmp_path: Path, description: str | None) -> None:
    path = tmp_path / "w.safetensors"
    save_file({"weight": np.ones(3)}, path, None if description is None else {"minigrad": description})
    with pytest.raises(SavedRunError, match=r"description of its model( is not (a )?JSON|; minigrad did)"):
        load_arrays(path)


@pytest.mark.parametrize("name", ["/dev/zero", "fifo", ".", "nowhere.safetensors"])
def test_path_without_a_file_is_refused(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(SavedRunError, match=r"no readable safetensors file \((it is no|Is a|No such)"):
        load_arrays(tmp_path / name)
