"""Load the network of a run from a file of weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import minigrad_core as mg

from .checkpoint import is_checkpoint, read_description
from .datasets import Task
from .datasets.fingerprint import Fingerprint
from .errors import SavedRunError
from .models import build_model
from .packages import check_installed, read_packages
from .run_folder import BEST, WEIGHTS, find_failed_start
from .settings import Settings
from .weights import load_arrays


def choose_weights(folder: Path, *, last: bool) -> Path:
    """Return the file with the weights of the best epoch of a run, or of those after its last step.

    Raises
    ------
    SavedRunError
        The folder has no weights.
    """
    if not last and (folder / BEST).exists():
        return folder / BEST
    if (folder / WEIGHTS).exists():
        return folder / WEIGHTS
    if failure := find_failed_start(folder):
        raise SavedRunError(f"{folder} has no weights: {failure}")
    raise SavedRunError(
        f"{folder} has no {WEIGHTS}, which minigrad train writes after the first epoch of a run; minigrad "
        f"train --resume {folder} continues a run that was killed before"
    )


def load_model(
    path: Path, model: str | None = None, *, data: bool = False
) -> tuple[Settings, Task, Fingerprint | None, mg.Module]:
    """Return settings, task, fingerprint of the data, and network from a file of weights.

    Parameters
    ----------
    path : Path
        The file of weights.
    model : str, optional
        The `package.module:callable` that makes the network, if it is not one of this package.
    data : bool
        Whether the data of the run are read too, so that the package that gave them is needed.

    Raises
    ------
    SavedRunError
        A package that gave the network is not installed. The file is missing, damaged, or not from
        `minigrad train`; it is a checkpoint; its weights are not finite; or its network is not `model`.
    StateError
        The code of the network has changed since the weights were saved.
    """
    arrays, description = load_arrays(path)
    if is_checkpoint(description):
        raise SavedRunError(f"{path}: this is a checkpoint; the weights are in {path.with_name(WEIGHTS)}")
    settings, task, examples = read_description(description, path, model)
    roles = {"model", "activation", "initializer", *(["data"] if data else [])}
    check_installed(read_packages(description.get("packages"), str(path)), path, roles)
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise SavedRunError(f"{path}: {name} is not finite everywhere; such weights predict nothing")
    network = build_model(settings, task, np.random.default_rng(settings.seed))
    network.load_state_dict(arrays)
    return settings, task, examples, network
