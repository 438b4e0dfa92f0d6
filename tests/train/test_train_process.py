"""`minigrad train` as a process of its own, as its users meet it."""

from __future__ import annotations

import json
import os
import pty
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from minigrad_train import accuracy, datasets
from minigrad_train.cli.train import train
from minigrad_train.errors import SavedRunError
from minigrad_train.run_folder import RunFolder
from minigrad_train.saved_network import load_model
from tests.plugins.testbed import Site
from tests.train.conftest import invoke
from tests.train.processes import PIPES, command, restore_interrupts, run_process, wait_for, without_pictures


def train_command(data: Path, out: Path, *options: str) -> list[str]:
    return command(data, out, "--hidden", "16", *options)


def test_interrupt_ends_cleanly_with_what_was_learned_saved(small_mnist: Path, tmp_path: Path) -> None:
    arguments = train_command(small_mnist, tmp_path, "--epochs", "1000000", "--batch-size", "5")
    with subprocess.Popen(without_pictures(arguments), preexec_fn=restore_interrupts, **PIPES) as process:
        wait_for(process, "epoch ")
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate()
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert f"the weights are saved; --resume {tmp_path} continues after epoch" in output
    *_, model = load_model(tmp_path / "best.safetensors")
    assert f"test accuracy {accuracy(model, *datasets.mnist(small_mnist).test):.2%}" in output
    complete = len(RunFolder(tmp_path).resume().history)
    assert complete == len((tmp_path / "metrics.jsonl").read_text().splitlines())


def test_second_interrupt_ends_at_once_and_resume_finishes_the_run(small_mnist: Path, tmp_path: Path) -> None:
    """The second comes while the first is dealt with, before the test and the curves."""
    code = (
        "import os, signal, sys\n"
        "from minigrad_train.cli import builtin_callbacks, run\n"
        "from minigrad_command import main\n"
        "press = lambda *_: os.kill(os.getpid(), signal.SIGINT)\n"
        "run.evaluate = press\n"
        "builtin_callbacks.format_epoch = lambda *_: press() or 'pressed'\n"
        "sys.argv = ['minigrad', *sys.argv[1:]]\n"
        "main()\n"
    )
    arguments = [sys.executable, "-c", code, *train_command(small_mnist, tmp_path, "--epochs", "2")[1:]]
    done = run_process(arguments, preexec_fn=restore_interrupts)
    assert (done.returncode, done.stderr) == (130, "")
    assert done.stdout.endswith(f"stopped at once; --resume {tmp_path} finishes the run\n")
    assert not (tmp_path / "curves.png").exists()
    invoke(train, "--resume", tmp_path)
    assert (tmp_path / "curves.png").exists()


@pytest.mark.parametrize("module", ["numpy", "click", "matplotlib"])
def test_interrupt_during_an_import_has_the_same_status_and_says_nothing(
    small_mnist: Path, tmp_path: Path, module: str
) -> None:
    (tmp_path / f"{module}.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    arguments = train_command(small_mnist, tmp_path / "run", "--epochs", "1")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = run_process(arguments, env=environment, preexec_fn=restore_interrupts)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def undisturbed(small_mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = tmp_path_factory.mktemp("undisturbed")
    invoke(train, "--data", small_mnist, "--out", out, "--hidden", 16, "--epochs", 3)
    return out


def without_times(folder: Path) -> list[str]:
    return [line.partition(', "seconds"')[0] for line in (folder / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("line", ["mlp: ", "epoch 2/3"])
def test_run_that_is_killed_after_any_line_is_finished_by_resume(
    small_mnist: Path, tmp_path: Path, undisturbed: Path, line: str
) -> None:
    arguments = train_command(small_mnist, tmp_path, "--epochs", "3")
    with subprocess.Popen(arguments, **PIPES) as process:
        wait_for(process, line)
        process.kill()
    RunFolder(tmp_path).resume()
    invoke(train, "--resume", tmp_path)
    for name in ("weights.safetensors", "result.json"):
        assert (tmp_path / name).read_bytes() == (undisturbed / name).read_bytes()
    assert without_times(tmp_path) == without_times(undisturbed)
    assert (tmp_path / "curves.png").exists()


def test_second_process_in_the_folder_of_a_run_is_refused(small_mnist: Path, tmp_path: Path) -> None:
    arguments = ("--data", small_mnist, "--out", tmp_path, "--epochs", 1, "--overwrite")
    message = f"another process is training in {tmp_path}: wait for it, or choose another folder by --out"
    with subprocess.Popen(train_command(small_mnist, tmp_path, "--epochs", "1000000"), **PIPES) as process:
        wait_for(process, "epoch ")
        for other in (arguments, ("--resume", tmp_path)):
            with pytest.raises(SavedRunError, match=f"^{re.escape(message)}$"):
                invoke(train, *other)
        process.kill()
    assert invoke(train, *arguments).exit_code == 0


def test_terminal_shows_a_progress_bar_and_the_same_lines(small_mnist: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    arguments = train_command(small_mnist, tmp_path, "--epochs", "2")
    with subprocess.Popen(
        without_pictures(arguments), stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
    os.close(ours)
    assert process.returncode == 0
    for text in (b"epoch 2/2", b"500/500", b"epoch 2/2", b"test accuracy"):
        assert text in shown


def test_error_ends_with_its_message_and_no_traceback(small_mnist: Path, tmp_path: Path) -> None:
    done = run_process(train_command(small_mnist, tmp_path / "run", "--optimizer", "nn::addam"))
    assert done.returncode == 1
    assert re.fullmatch(r"Error: plugin 'nn' has no optimizer 'addam'\n  near  nn::adam, .*\n", done.stderr)
    assert not (tmp_path / "run").exists()


def test_full_disk_keeps_the_last_complete_epoch(small_mnist: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: the second run's weights no longer fit."""
    invoke(train, "--data", small_mnist, "--out", tmp_path, "--hidden", 16, "--epochs", 1)
    before = (tmp_path / "checkpoint.safetensors").read_bytes()
    again = ("--resume", tmp_path, "--epochs", 2)
    advice = f"the last complete epoch is safe; --resume {tmp_path} continues"
    with (
        small_files_only(),
        pytest.raises(SavedRunError, match="cannot be written: File too large") as raised,
    ):
        invoke(train, *again)
    assert advice in str(raised.value)
    assert (tmp_path / "checkpoint.safetensors").read_bytes() == before
    load_model(tmp_path / "weights.safetensors")
    assert invoke(train, *again).exit_code == 0


@pytest.mark.skipif(not Path("/proc").exists(), reason="no folder where nobody can write")
def test_folder_that_cannot_be_made_promises_no_resumption(small_mnist: Path) -> None:
    arguments = train_command(small_mnist, Path("/proc/run"))
    done = run_process(arguments)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: /proc/run cannot be written: No such file or directory; choose another folder by --out\n"
    )


@contextmanager
def small_files_only() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


PLUGIN = """
import numpy as np
import minigrad_core as mg

class SignDescent(mg.Optimizer):
    name = "sign_descent"

    def __init__(self, params, lr=0.001):
        super().__init__(params, lr=lr)

    def update(self, data, grad, state, settings):
        data -= settings["lr"] * np.sign(grad)

class Small:
    name = "small"

    def __call__(self, shape, *, rng, dtype=np.float32):
        return rng.uniform(-0.05, 0.05, shape).astype(dtype)

    def std(self, fan_in, fan_out):
        return 0.05 / 3**0.5

class Absolute(mg.Operation):
    name = "fold"
    broadcasts = True

    def forward(self, ctx, x):
        ctx.save(x)
        return np.abs(x)

    def backward(self, ctx, grad):
        return grad * np.sign(ctx.saved[0])

@mg.hookimpl
def minigrad_operations():
    return [Absolute()]

@mg.hookimpl
def minigrad_initializers():
    return [Small()]

@mg.hookimpl
def minigrad_optimizers():
    return [SignDescent]
"""


def test_strangers_plugin_trains_from_the_command_line(small_mnist: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    Site(tmp_path / "site").add("mg-mine", namespace="mine", code=PLUGIN)
    names = {"--activation": "fold", "--initializer": "small", "--optimizer": "sign_descent"}
    options = [text for option, name in names.items() for text in (option, f"mine::{name}")]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    arguments = train_command(small_mnist, tmp_path / "run", *options, "--epochs", "3", "--batch-size", "20")
    done = run_process(without_pictures(arguments), env=environment)
    assert done.returncode == 0, done.stderr
    assert "mine::sign_descent (lr 0.001)" in done.stdout
    losses = [
        json.loads(line)["loss"] for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    ]
    assert losses == sorted(losses, reverse=True)
