"""A run says how many examples each class has, and what is unusual about them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from minigrad_core.errors import InputError
from minigrad_ops_nn import Linear
from minigrad_ops_nn.optimizers import SGD
from minigrad_train import fit
from minigrad_train.cli.predict import predict
from minigrad_train.cli.summary import format_counts
from minigrad_train.cli.train import train
from minigrad_train.datasets import Examples, load
from minigrad_train.datasets.class_counts import count_classes
from minigrad_train.datasets.hold_out import hold_out
from minigrad_train.errors import DatasetError
from minigrad_train.objective import BalancedAccuracy, WeightedCrossEntropy, balance_classes
from minigrad_train.saved_network import load_model
from minigrad_train.settings import Settings
from tests.train.conftest import invoke

RNG = np.random.default_rng(0)


def pictures(root: Path, **counts: int) -> Path:
    for name, count in counts.items():
        (root / name).mkdir(parents=True)
        for number in range(count):
            Image.fromarray(RNG.integers(0, 256, (4, 4), dtype=np.uint8)).save(root / name / f"{number}.png")
    return root


def arrays(path: Path, labels: Any, **more: Any) -> Path:
    labels = np.asarray(labels)
    np.savez(path, x=RNG.random((len(labels), 4, 4)), y=labels, **more)
    return path


@pytest.fixture
def ill(tmp_path: Path) -> Path:
    """Return 300 examples of which 95 % are healthy; the pixels say nothing."""
    labels = np.repeat([0, 1], [285, 15])
    return arrays(tmp_path / "ill.npz", labels, classes=np.array(["healthy", "ill"]))


def test_each_split_has_of_each_class_its_share(tmp_path: Path) -> None:
    data = load(pictures(tmp_path / "set", a=20, b=20, c=20, d=20, e=20))
    counts = count_classes(*data)
    assert [sum(split.values()) for split in counts.values()] == [70, 14, 16]
    for split in counts.values():
        assert max(split.values()) - min(split.values()) <= 1


def test_rare_class_is_in_every_split() -> None:
    labels = RNG.permutation(np.repeat([0, 1, 2], [600, 50, 5]))
    rest, test = hold_out(Examples(np.zeros((655, 1), np.float32), labels), RNG, "")
    rest, validation = hold_out(rest, RNG, "")
    for split in (rest, validation, test):
        assert np.bincount(split.labels)[2] >= 1
    assert len(test.labels) == 655 // 6
    assert np.bincount(test.labels).tolist() == [100, 8, 1]


def test_run_of_an_older_version_keeps_the_split_that_it_had(tmp_path: Path) -> None:
    saved = Settings().as_dict()
    del saved["by_class"]
    assert not Settings.from_dict(saved, "a file").by_class
    path = arrays(tmp_path / "set.npz", np.arange(60) % 3)
    order = np.random.default_rng(0).permutation(60)
    with np.load(path) as file:
        expected = file["x"].reshape(60, -1)[np.sort(order[:10])]
    np.testing.assert_allclose(load(path, by_class=False).splits.test.images, expected, rtol=1e-6)


def test_header_and_config_have_the_counts(tmp_path: Path) -> None:
    data, run = pictures(tmp_path / "set", rose=12, daisy=18), tmp_path / "run"
    output = invoke(train, "--data", data, "--out", run, "--epochs", 1).output
    table = [line.split() for line in output.splitlines()[3:7]]
    assert table == [["daisy", "rose"], ["train", "13", "8"], ["validation", "2", "2"], ["test", "3", "2"]]
    assert json.loads((run / "config.json").read_text())["counts"] == {
        "train": {"daisy": 13, "rose": 8},
        "validation": {"daisy": 2, "rose": 2},
        "test": {"daisy": 3, "rose": 2},
    }


def test_table_is_divided_into_blocks_and_many_classes_are_summarized() -> None:
    counts = {split: {f"class {number}": number for number in range(30)} for split in ("train", "test")}
    lines = format_counts(counts)
    assert max(map(len, lines)) <= 80
    assert sum(line.count("class ") for line in lines) == 30
    [line] = format_counts({"train": {f"n{number}": number for number in range(31)}})
    assert line.startswith("from 0 (n0) to 30 (n30) training examples of a class")


def test_names_of_wide_characters_are_aligned() -> None:
    from rich.cells import cell_len

    lines = format_counts({"train": {"愛知県": 5, "a": 12_345}})
    assert len({cell_len(line) for line in lines}) == 1


def test_empty_folder_and_a_single_example_are_told(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "set", a=12, b=12, wolf=1, empty=0)
    with pytest.warns(UserWarning, match=r"training example of") as caught:
        load(folder)
    texts = [str(warning.message) for warning in caught]
    assert texts == [
        f"{folder}: no training example of 'empty': such a class is never learned",
        f"{folder}: a single training example of 'wolf'",
    ]


def test_labels_with_gaps_are_told_with_a_way_out(tmp_path: Path) -> None:
    path = arrays(tmp_path / "set.npz", np.arange(60) % 10 * 1000)
    with pytest.warns(
        UserWarning, match=r"10 numbers from 0 to 9,000 make 9,001 outputs; number the classes"
    ):
        load(path)


def test_one_class_alone_is_told(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match=r"all training examples are of one class, '0'"):
        load(arrays(tmp_path / "set.npz", np.zeros(30, int)))


@pytest.mark.parametrize("idx", [False, True])
def test_bytes_that_reach_a_small_part_of_their_range_are_told(tmp_path: Path, idx: bool) -> None:
    from tests.train.conftest import idx_bytes

    images, labels = RNG.integers(0, 17, (60, 4, 4), dtype=np.uint8), np.arange(60) % 3
    if idx:
        for prefix in ("train", "t10k"):
            (tmp_path / f"{prefix}-images-idx3-ubyte").write_bytes(idx_bytes(images))
            (tmp_path / f"{prefix}-labels-idx1-ubyte").write_bytes(idx_bytes(labels))
    else:
        np.savez(tmp_path / "set.npz", x=images, y=labels)
    with pytest.warns(UserWarning, match=r"the bytes reach only 16 of 255, so that pixels reach only 0.063"):
        load(tmp_path if idx else tmp_path / "set.npz")


def test_black_images_are_told(tmp_path: Path) -> None:
    np.savez(tmp_path / "set.npz", x=np.zeros((60, 4, 4), np.uint8), y=np.arange(60) % 3)
    with pytest.warns(UserWarning, match=r"set.npz: all bytes are 0"):
        load(tmp_path / "set.npz")


@pytest.mark.filterwarnings("default::UserWarning")  # a command prints them as notes
def test_dominant_class_has_the_accuracy_of_guessing_beside_it(ill: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    result = invoke(train, "--data", ill, "--out", run, "--epochs", 1, "--model", "linear", "--lr", 0)
    assert "note: " in result.stderr
    assert "94.7% of the training examples are 'healthy'" in result.stderr
    saved = json.loads((run / "result.json").read_text())
    assert saved["test_guess_accuracy"] == 48 / 50
    line = next(line for line in result.output.splitlines() if line.startswith("test accuracy"))
    assert "(always 'healthy': 96.00%), balanced accuracy " in line
    predicted = invoke(predict, run, "--test", "--json")
    assert json.loads(predicted.stdout)["measured"]["balanced_accuracy"] == saved["test_balanced_accuracy"]
    assert "balanced accuracy " in invoke(predict, run, "--test").output


def test_balanced_accuracy_is_the_mean_of_the_recalls_and_adds_up_over_shares() -> None:
    labels = np.array([0, 0, 0, 0, 1, 2, 2])
    outputs = np.eye(3)[[0, 0, 0, 1, 1, 0, 1]]
    metric = BalancedAccuracy(balance_classes(labels, 4))
    assert metric(outputs, labels) == pytest.approx((3 / 4 + 1 + 0) / 3)
    parts = [metric(outputs[part], labels[part]) * len(labels[part]) for part in (slice(3), slice(3, 7))]
    assert sum(parts) / 7 == pytest.approx(metric(outputs, labels))


def gradient(loss: Any, outputs: NDArray[Any], labels: NDArray[Any]) -> NDArray[Any]:
    import minigrad_core as mg

    return np.asarray(mg.grad(lambda x: loss(x, labels))(outputs))


def test_balanced_weights_give_every_class_the_same_part_of_the_gradient() -> None:
    labels = np.repeat([0, 1], [9, 1])
    loss = WeightedCrossEntropy(balance_classes(labels, 2))
    rows = np.abs(gradient(loss, np.zeros((10, 2)), labels)).sum(axis=1)
    assert rows[labels == 0].sum() == pytest.approx(rows[labels == 1].sum())


@pytest.mark.filterwarnings("default::UserWarning")
def test_class_weights_are_a_setting_of_a_run(ill: Path, tmp_path: Path) -> None:
    common = ("--data", ill, "--epochs", 3, "--model", "linear", "--lr", 0.05, "--batch-size", 50)
    for name, options in (("plain", ()), ("balanced", ("--class-weights", "balanced"))):
        assert invoke(train, *common, "--out", tmp_path / name, *options).exit_code == 0
    predicted = {}
    for name in ("plain", "balanced"):
        output = json.loads(invoke(predict, tmp_path / name, "--test", "--json").stdout)
        predicted[name] = [entry["class"] for entry in output["predictions"]]
    assert predicted["plain"].count("ill") < predicted["balanced"].count("ill")
    assert load_model(tmp_path / "balanced" / "weights.safetensors")[0].class_weights == "balanced"


def test_one_hot_labels_get_advice_that_works(tmp_path: Path) -> None:
    one_hot = np.eye(3)[np.arange(60) % 3]
    with pytest.raises(DatasetError, match=r"y has the shape \(60, 3\).*give labels.argmax\(axis=1\)"):
        load(arrays(tmp_path / "set.npz", one_hot))
    assert len(load(arrays(tmp_path / "set.npz", one_hot.argmax(axis=1))).task.classes) == 3
    model = Linear(4, 3, rng=RNG)
    with pytest.raises(InputError, match=r"train: .*\(60, 3\).*give targets.argmax\(axis=1\)"):
        fit(
            model,
            (RNG.random((60, 4)), one_hot),
            optimizer=SGD(model.parameters(), lr=0.1),
            epochs=1,
        )


def test_resize_is_refused_where_it_does_nothing(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"MNIST: --resize is for a folder of pictures"):
        invoke(train, "--resize", 14, "--out", tmp_path / "run")
    assert not (tmp_path / "run").exists()
    assert Settings.from_dict(Settings().as_dict() | {"resize": 14}, "an older run").resize is None
