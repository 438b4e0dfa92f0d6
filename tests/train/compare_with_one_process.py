"""A program: trains networks on all ranks, and prints how far they are from those of one process, as JSON.

`mpiexec -n 3 python compare_with_one_process.py FOLDER`, after `train_alone(FOLDER)`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import minigrad_core as mg
from minigrad_ops_nn import (
    LSTM,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    ReLU,
    Sequential,
    TransformerBlock,
)
from minigrad_ops_nn.clipping import clip_grad_norm
from minigrad_ops_nn.optimizers import SGD, Adam
from minigrad_train import fit

if TYPE_CHECKING:
    from minigrad_train.distributed.ranks import Communicator

EXAMPLES, BATCH, EPOCHS = 22, 10, 3  # the last batch has two: fewer than three ranks


class Images(mg.Module):
    def forward(self, x: mg.Array) -> mg.Array:
        return x.reshape(-1, 1, 4, 5)


class Convolutional(mg.Module):
    """Statistics over the batch, masks, and parameters that have a gradient in some batches or in none."""

    def __init__(self, rng: np.random.Generator, dtype: str) -> None:
        super().__init__()
        self.layers = Sequential(
            Images(),
            Conv2d(1, 3, 3, padding=1, rng=rng, dtype=dtype),
            BatchNorm2d(3, dtype=dtype),
            ReLU(),
            Flatten(),
            Dropout(0.3, rng=rng),
            Linear(60, 5, rng=rng, dtype=dtype),
            BatchNorm1d(5, dtype=dtype),
        )
        self.seldom = mg.Parameter(np.ones((20, 5), dtype))
        self.never = mg.Parameter(np.ones(3, dtype))

    def forward(self, x: Any) -> Any:
        y = self.layers(x)
        rare = x[:, :1] > 1
        return y + (x * rare) @ self.seldom * 0.1 if rare.any() else y


class Sequences(mg.Module):
    def __init__(self, rng: np.random.Generator, dtype: str) -> None:
        super().__init__()
        self.block = TransformerBlock(5, 1, 8, dropout=0.2, rng=rng, dtype=dtype)
        self.memory = LSTM(5, 6, num_layers=2, dropout=0.3, batch_first=True, rng=rng, dtype=dtype)
        self.last = Linear(6, 5, rng=rng, dtype=dtype)

    def forward(self, x: Any) -> Any:
        outputs, _ = self.memory(self.block(x.reshape(-1, 4, 5)))
        return self.last(outputs.mean(axis=1))


class Clipped(SGD):
    """Two groups, and a limit on the norm of all gradients."""

    def __init__(self, model: Convolutional) -> None:
        groups: list[dict[str, Any]] = [
            {"params": [p for p in model.parameters() if p is not model.seldom]},
            {"params": [model.seldom], "lr": 0.01},
        ]
        super().__init__(groups, lr=0.02, momentum=0.9)

    def step(self) -> None:
        clip_grad_norm(self.params, 0.5)
        super().step()


def train_network(kind: type, dtype: str, comm: Communicator | None) -> dict[str, NDArray[Any]]:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((EXAMPLES + 7, 20)).astype(dtype), rng.integers(0, 5, EXAMPLES + 7)
    model: Any = kind(rng, dtype)
    optimizer = Clipped(model) if kind is Convolutional else Adam(model.parameters(), lr=0.001, eps=1e-3)
    train, validation = (x[:EXAMPLES], y[:EXAMPLES]), (x[EXAMPLES:], y[EXAMPLES:])
    history = fit(
        model, train, validation, optimizer=optimizer, epochs=EPOCHS, batch_size=BATCH, rng=rng, comm=comm
    )
    measured = {name: np.array(history.metric(name)) for name in ("loss", "validation_accuracy")}
    return model.state_dict() | measured | {"draws": rng.random(3)}


def largest_difference(ours: Mapping[str, NDArray[Any]], theirs: Mapping[str, NDArray[Any]]) -> float:
    """Return the largest difference, relative to the largest weight."""
    largest = max(float(np.abs(value).max()) for value in ours.values())
    return max(float(np.abs(ours[name] - theirs[name]).max()) for name in ours) / largest


NETWORKS = tuple(product((Convolutional, Sequences), ("float64", "float32")))


def name_file(folder: Path, kind: type, dtype: str) -> Path:
    return folder / f"{kind.__name__}-{dtype}.npz"


def train_alone(folder: Path) -> None:
    """Write the weights of one process, and what was measured."""
    for kind, dtype in NETWORKS:
        found: dict[str, Any] = train_network(kind, dtype, None)
        np.savez(name_file(folder, kind, dtype), **found)


def main(comm: Communicator, folder: Path) -> None:
    trained = [train_network(kind, dtype, comm) for kind, dtype in NETWORKS]
    for (kind, dtype), together in zip(NETWORKS, trained, strict=True):
        with np.load(name_file(folder, kind, dtype)) as alone:
            found = {
                "dtype": dtype,
                "ranks": comm.Get_size(),
                "apart": largest_difference(alone, together),
                "accuracy": (alone["validation_accuracy"] == together["validation_accuracy"]).all().item(),
                "seldom": kind is Sequences or bool((alone["seldom"] != 1).any()),
            }
        if comm.Get_rank() == 0:
            print(json.dumps(found))
    again = train_network(*NETWORKS[-1], comm)  # with the same sums in the same order
    assert all((value == again[name]).all() for name, value in trained[-1].items())


if __name__ == "__main__":
    from mpi4py import MPI

    main(MPI.COMM_WORLD, Path(sys.argv[1]))
