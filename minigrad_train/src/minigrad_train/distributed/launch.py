"""Find out whether a launcher started this process as one of several, and connect to the others."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from ..errors import LaunchError

# The variables for rank and size of MPICH, Intel MPI and Cray; Open MPI; MVAPICH; srun. SLURM_NTASKS does not
# count: Slurm sets it in a batch script too, which is one process.
VARIABLES = (
    ("PMI_RANK", "PMI_SIZE"),
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"),
    ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),
)


def read_rank_and_size(environ: Mapping[str, str] = os.environ) -> tuple[int, int]:
    """Return the rank of this process and the number of ranks; (0, 1) if no launcher started it.

    Examples
    --------
    >>> read_rank_and_size({"PMI_RANK": "3", "PMI_SIZE": "4"})
    (3, 4)
    >>> read_rank_and_size({"SLURM_NTASKS": "4", "SLURM_PROCID": "0"})  # a batch script
    (0, 1)
    """
    for rank, size in VARIABLES:
        if environ.get(rank, "").isdecimal() and environ.get(size, "").isdecimal():
            return int(environ[rank]), int(environ[size])
    return 0, 1


@cache
def world() -> Any:
    """Return mpi4py's communicator of all ranks, or None if this process was started alone.

    Raises
    ------
    LaunchError
        mpi4py or an MPI library is not installed, or the library is not that of the launcher.
    """
    _, size = read_rank_and_size()
    if size == 1:
        return None
    # MPICH: the command prints the reason itself.
    os.environ.setdefault("MPIR_CVAR_SUPPRESS_ABORT_MESSAGE", "1")
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
def connect_for_errors() -> Any:
    """Return a second communicator of the same ranks, on which they report errors.

    A rank may wait in a sum on the first communicator when another one raises.
    """
    return world().Dup()
