from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrad_core.errors import InputError
from minigrad_train.datasets import batches


@given(count=st.integers(0, 50), size=st.integers(1, 60), seed=st.integers(0, 5))
def test_every_example_comes_once_with_its_label_and_the_last_short_batch_is_kept(
    count: int, size: int, seed: int
) -> None:
    numbers = np.arange(count)
    images = numbers[:, None] * np.ones(3)
    got = list(batches(images, numbers, size, np.random.default_rng(seed)))
    assert [len(labels) for _, labels in got] == [min(size, count - start) for start in range(0, count, size)]
    assert sorted(np.concatenate([labels for _, labels in got], dtype=int) if got else []) == list(
        range(count)
    )
    assert all(np.array_equal(images[:, 0], labels) for images, labels in got)


def test_order_is_the_seeds_and_changes_with_each_pass() -> None:
    labels = np.arange(100)

    def order(rng: np.random.Generator) -> list[int]:
        return [int(label) for _, batch in batches(labels, labels, 7, rng) for label in batch]

    rng = np.random.default_rng(3)
    first, second = order(rng), order(rng)
    assert first == order(np.random.default_rng(3))
    assert first != second
    assert first != sorted(first)


def test_full_batch_is_everything_as_it_stands_without_a_copy() -> None:
    images, labels = np.ones((4, 2)), np.arange(4)
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    [(batch, targets)] = batches(images, labels, None, rng)
    assert batch is images
    assert targets is labels
    assert rng.bit_generator.state == before


@pytest.mark.parametrize(
    ("labels", "size", "message"),
    [
        (4, 0, "a whole number from 1 up, or None for all; got 0"),
        (3, 2, "expected as many images as labels, got 4 and 3"),
    ],
)
def test_wrong_size_and_other_number_of_labels_are_refused(labels: int, size: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        next(batches(np.ones((4, 2)), np.arange(labels), size, np.random.default_rng(0)))
