"""`fit` on several ranks of MPI: the same weights as on one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.train.compare_with_one_process import NETWORKS, train_alone
from tests.train.compare_with_one_process import __file__ as program
from tests.train.processes import needs_mpi, on_ranks, run_process

LIMITS = {"float64": 1e-12, "float32": 1e-5}


@needs_mpi
def test_weights_are_those_of_one_process_to_rounding_and_the_same_each_time(tmp_path: Path) -> None:
    """Three ranks share batches of ten unevenly, and one of them has no example of the last batch."""
    train_alone(tmp_path)
    done = run_process(on_ranks(3, [sys.executable, program, str(tmp_path)]))
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [run["dtype"] for run in found] == [dtype for _, dtype in NETWORKS]
    for run in found:
        assert run["ranks"] == 3
        assert run["apart"] <= LIMITS[run["dtype"]], run
        assert run["accuracy"], run
        assert run["seldom"], run
