"""Ranks with other data or weights raise an error that says so, and a fault on one rank is one message."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from minigrad_core import Module
from minigrad_ops_nn import MLP, BatchNorm1d, Linear, Sequential
from minigrad_ops_nn.optimizers import SGD, Adam
from minigrad_train import fit
from minigrad_train.checkpoint import save_checkpoint
from minigrad_train.cli.train import train
from minigrad_train.datasets import fingerprint as module
from minigrad_train.datasets import load, mapped_images
from minigrad_train.datasets.fingerprint import fingerprint
from minigrad_train.distributed import agreement
from minigrad_train.distributed.agreement import ADVICE, BLOCKS, check_same_examples
from minigrad_train.distributed.ranks import Ranks
from minigrad_train.errors import RanksDifferError, SavedRunError
from minigrad_train.run_folder import RunFolder
from minigrad_train.session import Session
from tests.plugins.testbed import Site
from tests.train.conftest import idx_bytes, invoke
from tests.train.processes import (
    command,
    needs_mpi,
    on_ranks,
    run_process,
    with_own_arguments,
    without_pictures,
)
from tests.train.thread_communicator import ThreadComm, run_on_ranks

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((40, 6)), RNG.integers(0, 3, 40)


def train_on(comm: ThreadComm, x: NDArray[Any], y: NDArray[Any], **options: Any) -> Module:
    model = MLP([6, 4, 3], rng=np.random.default_rng(0), dtype=np.float64)
    optimizer = SGD(model.parameters(), lr=0.1)
    given: dict[str, Any] = {"epochs": 2, "batch_size": 10, "rng": np.random.default_rng(0)} | options
    fit(model, (x, y), optimizer=optimizer, comm=comm, **given)
    return model


def take_shard(rank: int) -> tuple[NDArray[Any], NDArray[Any]]:
    return X[rank * 10 : rank * 10 + 10], Y[rank * 10 : rank * 10 + 10]


def reverse_on_rank_1(rank: int) -> tuple[NDArray[Any], NDArray[Any]]:
    return (X[::-1], Y[::-1]) if rank == 1 else (X, Y)


def shorten_on_rank_1(rank: int) -> tuple[NDArray[Any], NDArray[Any]]:
    return (X, Y) if rank == 0 else (X[:30], Y[:30])


def change_labels(rank: int) -> tuple[NDArray[Any], NDArray[Any]]:
    return X, (Y + (rank == 2)) % 3


@pytest.mark.parametrize(
    ("choose", "fact"),
    [
        (take_shard, "the train inputs of rank 1 are not those of rank 0, or are in another order"),
        (reverse_on_rank_1, "the train inputs of rank 1 are not those of rank 0, or are in another order"),
        (shorten_on_rank_1, "rank 1 has 30 train examples, rank 0 has 40"),
        (
            change_labels,
            "the train targets of rank 2 are not those of rank 0, or are in another order",
        ),
    ],
)
def test_other_examples_on_a_rank_are_named_in_the_error(
    choose: Callable[[int], tuple[NDArray[Any], NDArray[Any]]], fact: str
) -> None:
    for error in run_on_ranks(4, lambda comm: train_on(comm, *choose(comm.rank))):
        assert isinstance(error, RanksDifferError)
        assert str(error).startswith(f"{fact}; give every rank the whole set, in the same order")


def test_one_other_example_of_a_mapped_file_is_noticed(tmp_path: Path) -> None:
    values = RNG.integers(0, 256, (1001, 2, 3), dtype=np.uint8)
    for rank in range(2):
        np.save(tmp_path / f"{rank}.npy", values)
        values[777, 0, 0] += 1

    def compare(comm: ThreadComm) -> None:
        inputs = np.load(tmp_path / f"{comm.rank}.npy", mmap_mode="r")
        arrays: list[Any] = [inputs, mapped_images.MappedImages(inputs)]
        for images in arrays:
            with pytest.raises(RanksDifferError, match="the train inputs of rank 1 are not those of rank 0"):
                check_same_examples(Ranks(comm), {"train": (images, np.zeros(1001))})

    assert run_on_ranks(2, compare) == [None, None]


def test_blocks_at_equal_distances_stand_for_a_large_array(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of two examples begin at 0, 9, 18, ..., 2398."""
    monkeypatch.setattr(agreement, "MOST_CHECKED", 3 * 2 * BLOCKS)
    values = np.zeros((2400, 3), np.uint8)

    def find_difference(example: int) -> bool:
        other = values.copy()
        other[example] = 1

        def compare(comm: ThreadComm) -> None:
            check_same_examples(Ranks(comm), {"train": ((values, other)[comm.rank], np.zeros(2400))})

        return all(isinstance(error, RanksDifferError) for error in run_on_ranks(2, compare))

    found = {example: find_difference(example) for example in (0, 1, 2, 9, 10, 11, 2397, 2398, 2399)}
    assert [example for example, different in found.items() if different] == [0, 1, 9, 10, 2398, 2399]


def test_the_page_about_ranks_says_what_to_give_them_and_what_is_exact() -> None:
    root = Path(__file__).parents[2]
    page = (root / "docs/how-to/distributed.md").read_text()
    advice = ADVICE.partition(":")[0]
    assert advice[0].upper() + advice[1:] in page
    [row] = re.findall(r"^\| running statistics of batch normalization in float32 .*", page, re.MULTILINE)
    assert "bias=False" in row
    [test] = re.findall(r"`(tests/\S+\.py)`", row)
    assert (root / test).samefile(__file__)


def test_weights_that_are_changed_on_one_rank_are_noticed_at_the_end_of_the_epoch() -> None:
    def run(comm: ThreadComm) -> Any:
        model = MLP([6, 4, 3], rng=np.random.default_rng(0))
        epochs: list[int] = []

        def change(epoch: Any) -> None:
            epochs.append(epoch.epoch)
            if comm.rank == 1 and epoch.epoch == 2:
                next(iter(model.parameters())).data[0] += 1

        with pytest.raises(RanksDifferError, match=r"the weights of rank 1 are no longer those of rank 0"):
            fit(
                model,
                (X, Y),
                optimizer=SGD(model.parameters(), lr=0.1),
                epochs=5,
                on_epoch=change,
                comm=comm,
            )
        return epochs

    assert run_on_ranks(2, run) == [[1, 2], [1, 2]]


def test_ranks_read_their_part_of_the_images_for_the_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each rank reads a quarter, and few more to compare them; the sum is that of one process."""
    monkeypatch.setattr(agreement, "MOST_MAPPED", 1)
    count = 6 * BLOCKS * 4
    for prefix in ("train", "t10k"):
        images = RNG.integers(0, 256, (count, 2, 3), dtype=np.uint8)
        (tmp_path / f"{prefix}-images-idx3-ubyte").write_bytes(idx_bytes(images))
        (tmp_path / f"{prefix}-labels-idx1-ubyte").write_bytes(idx_bytes(np.arange(count) % 3))
    splits = load(tmp_path, mapped=True).splits
    expected = fingerprint(load(tmp_path).splits)
    read: dict[int, int] = {}
    scale = mapped_images.scale_to_rows

    def count_rows(values: NDArray[Any], white: float = 255) -> NDArray[np.float32]:
        import threading

        key = threading.get_ident()
        read[key] = read.get(key, 0) + len(values)
        return scale(values, white)

    monkeypatch.setattr(mapped_images, "scale_to_rows", count_rows)

    def agree(comm: ThreadComm) -> Any:
        ranks = Ranks(comm)
        found = fingerprint(splits, ranks)
        check_same_examples(ranks, splits._asdict())
        return found

    assert run_on_ranks(4, agree) == [expected] * 4
    total = sum(len(split.labels) for split in splits)
    assert max(read.values()) <= total / 4 + 3 * (BLOCKS + 1)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_fewer_images_than_ranks_have_a_fingerprint_too(count: int, tmp_path: Path) -> None:
    values = np.memmap(tmp_path / "file", np.uint8, "w+", shape=(count, 4))
    values[:] = RNG.integers(0, 256, (count, 4))
    images = mapped_images.MappedImages(values)
    expected = module._fingerprint_split(images[:], np.zeros(count), None)
    found = run_on_ranks(3, lambda comm: module._fingerprint_split(images, np.zeros(count), Ranks(comm)))
    assert found == [expected] * 3


def test_mapped_files_are_read_without_read_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    advice: list[Any] = []
    for name in ("array_files", "idx"):
        monkeypatch.setattr(f"minigrad_train.datasets.{name}.expect_random_access", advice.append)
    np.save(tmp_path / "x_train.npy", RNG.integers(0, 256, (30, 4), dtype=np.uint8))
    np.save(tmp_path / "y_train.npy", np.arange(30) % 3)
    load(tmp_path, mapped=True)
    assert [type(values) for values in advice] == [np.memmap]
    monkeypatch.setattr("minigrad_train.distributed.shared_trainer.expect_random_access", advice.append)
    inputs = np.load(tmp_path / "x_train.npy", mmap_mode="r")[:, :3]
    model = Linear(3, 3)

    def train_mapped(comm: ThreadComm) -> None:
        optimizer = SGD(model.parameters(), lr=0.1)
        fit(model, (inputs, np.arange(30) % 3), optimizer=optimizer, epochs=0, comm=comm)

    assert run_on_ranks(2, train_mapped) == [None, None]
    assert advice[1:] == [inputs, inputs]


def compare_normalized(*, bias: bool, dtype: str) -> dict[str, float]:
    """Return how far a normalized model on two ranks is from one process, after ten epochs of Adam."""

    def run(comm: ThreadComm | None) -> dict[str, NDArray[Any]]:
        rng = np.random.default_rng(0)
        norm = BatchNorm1d(16, dtype=dtype)
        first = Linear(6, 16, bias=bias, rng=rng, dtype=dtype)
        model = Sequential(first, norm, Linear(16, 3, rng=rng, dtype=dtype))
        x = X.astype(dtype)
        optimizer = Adam(model.parameters(), lr=0.01)
        fit(model, (x, Y), optimizer=optimizer, epochs=10, batch_size=10, rng=rng, comm=comm)
        found = {"mean": norm.running_mean.copy(), "weight": first.weight.data}
        found["evaluation"] = model.eval()(x).numpy()
        return found | {"training": model.train()(x).numpy()}

    alone, together = run(None), run_on_ranks(2, run)[0]
    assert isinstance(together, dict)
    return {name: float(np.abs(value - together[name]).max()) for name, value in alone.items()}


def test_batch_normalization_in_float32_is_exact_without_a_bias_before_it() -> None:
    """A bias there has no influence in training, so that rounding decides its steps and the mean follows."""
    exact = compare_normalized(bias=False, dtype="float32")
    assert max(exact.values()) < 1e-5
    drifting = compare_normalized(bias=True, dtype="float32")
    assert max(drifting["training"], drifting["weight"]) < 1e-5
    assert min(drifting["mean"], drifting["evaluation"]) > 1e-3
    assert max(compare_normalized(bias=True, dtype="float64").values()) < 1e-8


RAISES = """
from minigrad_train.hooks import hookimpl

def fail(run, ranks):
    if run.rank in ranks:
        raise ValueError('no logger here')

@hookimpl
def train_batch_ends(run):
    fail(run, {1})

@hookimpl
def train_epoch_ends(run):
    fail(run, {0, 1})

@hookimpl
def train_run_ends(run):
    fail(run, {1})
"""
SHORT = ("--hidden", "4", "--epochs", "2", "--batch-size", "100")


@needs_mpi
def test_hook_that_raises_is_reported_once_and_with_its_rank_unless_it_raises_on_all(
    small_mnist: Path, tmp_path: Path
) -> None:
    Site(tmp_path).add("mg-broken", namespace="broken", code=RAISES, group="minigrad.training")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    arguments = without_pictures(command(small_mnist, tmp_path / "run", *SHORT))
    done = run_process(on_ranks(2, arguments), env=environment)
    assert done.returncode == 0, done.stderr
    raised = r"(.*)(train_\w+) of plugin 'broken' .* raised ValueError: no logger here; the run continues"
    reports = sorted((hook, "on rank 1: " in before) for before, hook in re.findall(raised, done.stderr))
    assert reports == [("train_batch_ends", True), ("train_epoch_ends", False), ("train_run_ends", True)]
    assert done.stderr.count("on rank") == 2


@needs_mpi
def test_fault_of_all_is_one_message_while_rank_0_draws_curves(small_mnist: Path, tmp_path: Path) -> None:
    """The run diverges in its second epoch, and the curves take longer than the other ranks wait."""
    code = (
        "import sys, time\n"
        "from minigrad_train.cli import builtin_callbacks, rank_command, run\n"
        "rank_command.TIMEOUT = 0.5\n"
        "builtin_callbacks.write_picture = lambda *_: time.sleep(1.5)\n"
        "after = run._TrainingRun.after_epoch\n"
        "def after_epoch(self, epoch):\n"
        "    after(self, epoch)\n"
        "    self.session.optimizer.lr = 1e30\n"
        "run._TrainingRun.after_epoch = after_epoch\n"
        "from minigrad_command import main\n"
        "main()\n"
    )
    arguments = [sys.executable, "-c", code, *command(small_mnist, tmp_path / "run", *SHORT)[1:]]
    done = run_process(on_ranks(2, arguments))
    assert done.returncode == 1
    assert done.stderr.count("Error") == 1, done.stderr
    assert "on rank" not in done.stderr.replace("on rank 0 after", "").partition("the loss")[0]
    assert (tmp_path / "run" / "result.json").exists()


@needs_mpi
def test_other_data_on_a_rank_of_the_command_are_named(small_mnist: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for file in small_mnist.iterdir():
        content = bytearray(file.read_bytes())
        if "images" in file.name:
            content[-1] ^= 255
            content[16 : 16 + 784] = bytes(784)
        (other / file.name).write_bytes(content)
    link = tmp_path / "data"
    out = tmp_path / "run"
    link.symlink_to(small_mnist)
    script = "import sys, os; sys.argv[0] = 'minigrad'\nfrom minigrad_train.cli import train, user_messages\n"
    script += f"load = user_messages.load\nuser_messages.load = lambda _, **o: load({str(other)!r}, **o)\n"
    script += "from minigrad_command import main\nmain()\n"
    own = command(small_mnist, out, *SHORT)
    done = run_process(with_own_arguments(own, [sys.executable, "-c", script, *own[1:]]))
    assert done.returncode == 1
    assert "Error: the train inputs of rank 1 are not those of rank 0, or are in another order" in done.stderr
    assert not re.search(r"\d{6,}", done.stderr.partition("give every")[0].partition("Error")[2])
    assert not out.exists()


@pytest.mark.parametrize("epochs", [0, 1])
def test_full_disk_before_an_epoch_is_saved_promises_no_resume(
    small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, epochs: int
) -> None:
    def fail(path: Path, session: Session) -> None:
        if len(session.history) == epochs:
            raise OSError(28, "No space left on device")
        save_checkpoint(path, session)

    monkeypatch.setattr("minigrad_train.run_folder.save_checkpoint", fail)
    with pytest.raises(SavedRunError, match="No space left") as raised:
        invoke(train, "--data", small_mnist, "--out", tmp_path / "run", *SHORT)
    assert "--resume" not in str(raised.value)
    assert (tmp_path / "run").exists() == (epochs > 0)


def test_full_disk_after_an_epoch_says_how_to_go_on(
    small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = RunFolder._write_weights

    def fail(folder: RunFolder, session: Any, **options: Any) -> None:
        if len(session.history) == 2:
            raise OSError(28, "No space left on device")
        write(folder, session, **options)

    monkeypatch.setattr(RunFolder, "_write_weights", fail)
    with pytest.raises(SavedRunError, match=r"the last complete epoch is safe; --resume"):
        invoke(train, "--data", small_mnist, "--out", tmp_path / "run", *SHORT)


OWN = """
import numpy as np
from minigrad_ops_nn import BatchNorm1d, Linear, Sequential

def plain(rng, shape, classes):
    return Sequential(Linear(shape[1] * shape[2], 4, rng=rng), BatchNorm1d(4), Linear(4, classes, rng=rng))

def typed(rng, shape, classes, dtype):
    assert dtype == 'float64', dtype
    return Linear(shape[1] * shape[2], classes, rng=rng, dtype=dtype)
"""


@pytest.mark.parametrize("name", ["plain", "typed"])
def test_dtype_holds_for_a_model_of_ones_own(
    small_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    from safetensors.numpy import load_file

    (tmp_path / "own_dtype.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    options = ("--model", f"own_dtype:{name}", "--dtype", "float64", "--epochs", 1)
    assert invoke(train, "--data", small_mnist, "--out", tmp_path / "run", *options).exit_code == 0
    arrays = load_file(tmp_path / "run" / "weights.safetensors")
    assert {str(array.dtype) for array in arrays.values()} == {"float64"}
    sys.modules.pop("own_dtype")
