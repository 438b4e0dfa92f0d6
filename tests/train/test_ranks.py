"""`fit` on several ranks of MPI: the same weights as on one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mpi4py", reason="mpi4py is not installed: the extra minigrad-train[mpi]")
MPIEXEC = Path(sys.executable).with_name("mpiexec")
PROGRAM = Path(__file__).with_name("compare_with_one_process.py")
LIMITS = {"float64": 1e-12, "float32": 1e-5}


@pytest.mark.skipif(not MPIEXEC.exists(), reason="no mpiexec beside Python: the extra minigrad-train[mpi]")
@pytest.mark.parametrize("ranks", [1, 2, 3, 4])
def test_weights_are_those_of_one_process_to_rounding_and_the_same_each_time(ranks: int) -> None:
    done = subprocess.run(
        [MPIEXEC, "-n", str(ranks), sys.executable, PROGRAM], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == 4
    for run in found:
        assert run["ranks"] == ranks
        assert run["apart"] <= LIMITS[run["dtype"]], run
        assert run["same again"], run
        assert run["accuracy"], run
        assert run["seldom"], run
