"""`mpiexec -n N minigrad train`: the same run with the output of rank 0; an error on one rank ends all."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from minigrad_train.cli.train import train
from minigrad_train.saved_network import load_model
from tests.train.conftest import invoke
from tests.train.processes import (
    MINIGRAD,
    PIPES,
    command,
    find_rank_processes,
    needs_mpi,
    on_ranks,
    restore_interrupts,
    run_process,
    wait_for,
    with_own_arguments,
    without_pictures,
)

pytestmark = needs_mpi
SHORT = ("--hidden", "16", "--batch-size", "50", "--epochs", "2", "--dtype", "float64")
ENDLESS = ("--hidden", "16", "--batch-size", "50", "--epochs", "1000000")


@pytest.fixture(scope="module")
def alone(small_mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the folder and the output of a run of one process."""
    folder: Path = tmp_path_factory.mktemp("alone")
    return folder, invoke(train, "--data", small_mnist, "--out", folder, *SHORT).output


def assert_weights_of(alone: Path, together: Path) -> None:
    ours, theirs = (load_model(folder / "weights.safetensors")[-1] for folder in (alone, together))
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(one.data, other.data, rtol=1e-12, atol=1e-14)


def test_run_has_the_weights_and_the_output_of_one_process(
    small_mnist: Path, tmp_path: Path, alone: tuple[Path, str]
) -> None:
    together = run_process(on_ranks(2, command(small_mnist, tmp_path, *SHORT)))
    assert (together.returncode, together.stderr) == (0, "")
    assert_weights_of(alone[0], tmp_path)
    lines = without_times(together.stdout)
    lines.remove("2 ranks, each with 1 thread for matrix products")
    assert lines[:-1] == without_times(alone[1])[:-1]
    assert len(list(tmp_path.glob("[!.]*"))) == 7


def without_times(output: str) -> list[str]:
    """Return the lines, each up to its seconds, which follow the accuracy."""
    return [line.partition("%")[0] for line in output.splitlines()]


def test_one_rank_under_mpiexec_imports_no_mpi(small_mnist: Path, tmp_path: Path) -> None:
    code = "import sys, minigrad_command as m\ntry: m.main()\nfinally: print('mpi4py' in sys.modules)"
    arguments = [sys.executable, "-c", code, *command(small_mnist, tmp_path, *SHORT)[1:]]
    done = run_process(on_ranks(1, arguments))
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("False\n")


def test_run_goes_on_with_another_number_of_ranks(
    small_mnist: Path, tmp_path: Path, alone: tuple[Path, str]
) -> None:
    invoke(train, "--data", small_mnist, "--out", tmp_path, *SHORT, "--epochs", 1)
    resume = [MINIGRAD, "train", "--resume", str(tmp_path), "--epochs", "2"]
    onward = run_process(on_ranks(2, without_pictures(resume)))
    assert onward.returncode == 0, onward.stderr
    assert_weights_of(alone[0], tmp_path)


def test_rank_without_the_data_ends_all_with_one_message(small_mnist: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "mnist.pkl.gz"
    damaged.write_bytes(b"\x1f\x8b\x08")
    out = tmp_path / "run"
    done = run_process(with_own_arguments(command(small_mnist, out, *SHORT), command(damaged, out, *SHORT)))
    assert done.returncode == 1
    assert f"Error on rank 1: {damaged}: the gzip data is damaged or ends early" in done.stderr
    assert done.stderr.count("Error") == 1
    assert "Traceback" not in done.stderr
    assert not out.exists()


def test_rank_with_wrong_arguments_ends_all_with_one_message(small_mnist: Path, tmp_path: Path) -> None:
    arguments = command(small_mnist, tmp_path / "run", *SHORT)
    done = run_process(with_own_arguments(arguments, command(tmp_path / "nowhere", tmp_path / "run", *SHORT)))
    assert done.returncode == 2
    assert "Error on rank 1: Invalid value for '--data'" in done.stderr
    assert done.stderr.count("Error") == 1


def test_error_of_all_ranks_is_told_once_and_names_none(small_mnist: Path, tmp_path: Path) -> None:
    done = run_process(on_ranks(2, command(small_mnist, tmp_path, *SHORT, "--optimizer", "nn::addam")))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("no optimizer 'addam'") == 1


def test_ranks_with_other_settings_are_refused(small_mnist: Path, tmp_path: Path) -> None:
    arguments = command(small_mnist, tmp_path / "run", *SHORT)
    done = run_process(with_own_arguments(arguments, [*arguments, "--seed", "7"]))
    assert (done.returncode, done.stderr) == (1, "Error: rank 1 has seed 7, rank 0 has 0\n")
    assert not (tmp_path / "run").exists()


def test_folder_in_use_is_refused_by_rank_0_for_all(small_mnist: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").touch()
    done = run_process(on_ranks(2, command(small_mnist, tmp_path, *SHORT)))
    assert done.returncode == 1
    assert f"Error on rank 0: {tmp_path} holds a run (config.json)" in done.stderr
    assert done.stderr.count("Error") == 1


def test_full_disk_on_rank_0_ends_all(small_mnist: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk; the shared memory of MPI has to fit."""
    done = run_process(
        on_ranks(2, command(small_mnist, tmp_path, *SHORT, "--hidden", "2000")),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (12_000_000, 12_000_000)),
    )
    assert done.returncode == 1
    assert f"Error on rank 0: {tmp_path} cannot be written: File too large" in done.stderr


def test_signal_to_mpiexec_saves_what_was_learned(small_mnist: Path, tmp_path: Path) -> None:
    arguments = on_ranks(2, without_pictures(command(small_mnist, tmp_path, *ENDLESS)))
    with subprocess.Popen(arguments, preexec_fn=restore_interrupts, **PIPES) as process:
        wait_for(process, "epoch ")
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert f"the weights are saved; --resume {tmp_path} continues after epoch" in output
    assert output.count("test accuracy") == 1


def test_signal_to_one_rank_alone_ends_all_at_the_same_step(small_mnist: Path, tmp_path: Path) -> None:
    arguments = on_ranks(2, without_pictures(command(small_mnist, tmp_path, *ENDLESS)))
    with subprocess.Popen(arguments, **PIPES) as process:
        wait_for(process, "epoch ")
        os.kill(find_rank_processes(tmp_path)[1], signal.SIGTERM)
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 143, errors
    assert f"the weights are saved; --resume {tmp_path} continues after epoch" in output


def test_launcher_of_another_mpi_is_told(small_mnist: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "4"}
    done = run_process(command(small_mnist, tmp_path / "run", *SHORT), env=environment)
    assert done.returncode != 0
    line = next(line for line in done.stderr.splitlines() if "the launcher started 4 processes" in line)
    assert "but MPICH Version" in line
    assert "sees 1: take the launcher of the same MPI" in line


def test_missing_mpi4py_is_told(small_mnist: Path, tmp_path: Path) -> None:
    (tmp_path / "mpi4py.py").write_text("raise ImportError('No module named mpi4py')\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = run_process(on_ranks(2, command(small_mnist, tmp_path / "run", *SHORT)), env=environment)
    assert done.returncode != 0
    assert "Error on rank 0: started as one of 2 processes" in done.stderr
    assert "pip install 'minigrad-train[mpi]'" in done.stderr


def test_help_is_shown_once() -> None:
    done = run_process(on_ranks(2, [MINIGRAD, "train", "--help"]))
    assert done.returncode == 0
    assert done.stdout.count("Usage:") == 1
