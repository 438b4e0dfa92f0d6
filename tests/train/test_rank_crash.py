"""A rank that is killed ends the run on all ranks, and `--resume` finishes it as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from tests.train.processes import (
    MINIGRAD,
    PIPES,
    command,
    find_rank_processes,
    needs_mpi,
    on_ranks,
    run_process,
    wait_for,
    wait_for_ranks_to_end,
    without_pictures,
)

pytestmark = [needs_mpi, pytest.mark.skipif(not Path("/proc").exists(), reason="ranks are found in /proc")]
# Each step draws an order of the examples and changes of the images; the state has to be resumed too.
OPTIONS = ("--hidden", "8", "--augment", "shift=2", "--batch-size", "50", "--epochs", "3")
RANKS = 2


def run_command(data: Path, out: Path) -> list[str]:
    return without_pictures(command(data, out, *OPTIONS))


@pytest.fixture(scope="module")
def undisturbed(small_mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    out = tmp_path_factory.mktemp("undisturbed")
    start = time.monotonic()
    done = run_process(on_ranks(RANKS, run_command(small_mnist, out)))
    assert done.returncode == 0, done.stderr
    return out, time.monotonic() - start


def resume_run(data: Path, out: Path) -> None:
    """Finish a run; one that was killed before it was saved begins again."""
    saved = (out / "checkpoint.safetensors").exists()
    resume = without_pictures([MINIGRAD, "train", "--resume", str(out)])
    done = run_process(on_ranks(RANKS, resume if saved else run_command(data, out)))
    assert done.returncode == 0, done.stderr


def assert_same(out: Path, undisturbed: Path) -> None:
    for name in ("weights.safetensors", "result.json"):
        assert (out / name).read_bytes() == (undisturbed / name).read_bytes()


def test_killed_rank_ends_the_run_and_resume_finishes_it(
    small_mnist: Path, tmp_path: Path, undisturbed: tuple[Path, float]
) -> None:
    with subprocess.Popen(on_ranks(RANKS, run_command(small_mnist, tmp_path)), **PIPES) as process:
        wait_for(process, "epoch 2/3")
        os.kill(find_rank_processes(tmp_path)[1], signal.SIGKILL)
        process.communicate(timeout=10)
    assert process.returncode != 0
    wait_for_ranks_to_end(tmp_path)
    resume_run(small_mnist, tmp_path)
    assert_same(tmp_path, undisturbed[0])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(50))
def test_rank_killed_at_any_moment(
    small_mnist: Path, tmp_path: Path, undisturbed: tuple[Path, float], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    folder, seconds = undisturbed
    with subprocess.Popen(on_ranks(RANKS, run_command(small_mnist, tmp_path)), **PIPES) as process:
        time.sleep(rng.uniform(0, seconds))
        ranks: list[int] = []
        while process.poll() is None and not ranks:  # mpiexec has not started them yet
            time.sleep(0.01)
            ranks = find_rank_processes(tmp_path)
        with suppress(ProcessLookupError, IndexError):  # it has just ended
            os.kill(ranks[int(rng.integers(len(ranks) or 1))], signal.SIGKILL)
        process.communicate(timeout=10)
    wait_for_ranks_to_end(tmp_path)
    resume_run(small_mnist, tmp_path)
    assert_same(tmp_path, folder)
