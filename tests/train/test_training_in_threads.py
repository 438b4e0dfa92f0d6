from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_ops_nn import MLP
from minigrad_ops_nn.optimizers import Adam
from minigrad_train import fit

THREADS = 16


def train_network(seed: int, start: Barrier | None = None) -> list[NDArray[Any]]:
    """Return the losses, and the weights of a small network trained on noise of its own."""
    rng = np.random.default_rng(seed)
    examples = rng.normal(size=(256, 20)), rng.integers(0, 5, 256)
    model = MLP((20, 16, 16, 5), activation=("relu", "tanh")[seed % 2], rng=rng, dtype=np.float64)
    if start is not None:
        start.wait()
    optimizer = Adam(model.parameters(), lr=0.01)
    history = fit(model, examples, examples, optimizer=optimizer, epochs=10, batch_size=16, rng=rng)
    return [np.array(history.loss), np.array(history.validation_accuracy), *model.state_dict().values()]


def test_sixteen_threads_that_train_their_own_networks_do_not_disturb_each_other() -> None:
    alone = [train_network(seed) for seed in range(THREADS)]
    start = Barrier(THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        together = list(pool.map(lambda seed: train_network(seed, start), range(THREADS)))
    for expected, got in zip(alone, together, strict=True):
        for before, after in zip(expected, got, strict=True):
            np.testing.assert_array_equal(before, after)
    assert len({tuple(losses[0]) for losses in alone}) == THREADS
