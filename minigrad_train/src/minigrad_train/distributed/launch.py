"""Whether this process was started as one of several, and the communicator of those."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from ..errors import LaunchError

# Rank and size, as each launcher tells them: MPICH, Intel MPI and Cray's; Open MPI; MVAPICH; srun. Slurm sets
# SLURM_NTASKS in a batch script too, which is one process; a step is what srun starts.
VARIABLES = (
    ("PMI_RANK", "PMI_SIZE"),
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"),
    ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),
)


def rank_and_size(environ: Mapping[str, str] = os.environ) -> tuple[int, int]:
    """Return rank and number of the processes that a launcher started with this one; (0, 1) if it is alone.

    Examples
    --------
    >>> rank_and_size({"PMI_RANK": "3", "PMI_SIZE": "4"})
    (3, 4)
    >>> rank_and_size({"SLURM_NTASKS": "4", "SLURM_PROCID": "0"})  # a batch script
    (0, 1)
    """
    for rank, size in VARIABLES:
        if environ.get(rank, "").isdecimal() and environ.get(size, "").isdecimal():
            return int(environ[rank]), int(environ[size])
    return 0, 1


@cache
def world() -> Any:
    """Return mpi4py's communicator of all that were started together, or None if this process is alone.

    Raises
    ------
    LaunchError
        mpi4py or an MPI is not installed; or the MPI found is not the launcher's.
    """
    _, size = rank_and_size()
    if size == 1:
        return None
    os.environ.setdefault("MPIR_CVAR_SUPPRESS_ABORT_MESSAGE", "1")  # MPICH: we tell why ourselves
    try:
        from mpi4py import MPI
    except (ImportError, RuntimeError) as error:
        raise LaunchError(
            f"started as one of {size} processes, which needs MPI for Python ({error}); install it: "
            "pip install 'minigrad-train[mpi]'"
        ) from error
    if MPI.COMM_WORLD.Get_size() != size:
        library = " ".join(MPI.Get_library_version().splitlines()[0].partition(",")[0].split())
        raise LaunchError(
            f"the launcher started {size} processes, but {library} "
            f"sees {MPI.COMM_WORLD.Get_size()}: take the launcher of the same MPI, or srun with its --mpi"
        )
    return MPI.COMM_WORLD


@cache
def error_communicator() -> Any:
    """Return a second communicator of the same processes, for what does not wait for the first one."""
    return world().Dup()
