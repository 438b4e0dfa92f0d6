"""Compare the examples and the weights of the ranks, and say in words how they differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from minigrad_core import Module

from ..datasets.mapped_images import MappedImages
from ..errors import RanksDifferError
from ..evaluation import Pair
from .ranks import Ranks

MOST_CHECKED = 2**24  # numbers of an array in memory
MOST_MAPPED = 2**22  # numbers of a mapped array: a rank reads them in addition to its share
BLOCKS = 256  # of consecutive examples: single images at equal distances read six times as many pages
ADVICE = "give every rank the whole set, in the same order: each batch is divided among the ranks"


class _Part(NamedTuple):
    """The shape, the type and a checksum of the inputs or the targets of a rank."""

    shape: tuple[int, ...]
    dtype: str
    checksum: int


def check_same_examples(ranks: Ranks, data: Mapping[str, Pair | None]) -> None:
    """Compare the examples of the ranks: shapes, types, and checksums of inputs and targets.

    The checksum of an array covers all examples, if they are at most 16 million numbers, or 4 million in a
    memory-mapped file. For a larger array it covers 256 blocks of examples at equal distances, with this many
    numbers in total and at least one example each.

    Parameters
    ----------
    ranks : Ranks
    data : mapping of str to (inputs, targets)
        The examples by the name of their split.

    Raises
    ------
    RanksDifferError
        A rank has other examples than rank 0, or another order. All ranks raise it, with the same message.
    """
    own = {
        f"{name} {part}": _describe_part(values)
        for name, pair in data.items()
        if pair is not None
        for part, values in zip(("inputs", "targets"), pair, strict=True)
    }
    first, *others = ranks.comm.allgather(own)
    for rank, other in enumerate(others, 1):
        if other.keys() != first.keys():
            raise RanksDifferError(f"rank {rank} has other splits than rank 0; {ADVICE}")
        for name, part in other.items():
            if fact := _describe_difference(name, first[name], part, rank):
                raise RanksDifferError(f"{fact}; {ADVICE}")


def _describe_part(values: Any) -> _Part:
    checksum = 0
    for block in _choose_blocks(values):
        checksum = crc32(np.ascontiguousarray(values[block]).view(np.uint8).data, checksum)
    return _Part(tuple(values.shape), str(values.dtype), checksum)


def _choose_blocks(values: Any) -> list[slice]:
    """Return the examples to compare."""
    most = MOST_MAPPED if isinstance(values, np.memmap | MappedImages) else MOST_CHECKED
    count, numbers = len(values), values[:1].size
    if count * numbers <= most or count <= BLOCKS:
        return [slice(0, count)]
    length = most // numbers // BLOCKS or 1
    starts = np.linspace(0, count - length, BLOCKS).astype(int)
    return [slice(start, start + length) for start in starts.tolist()]


def _describe_difference(name: str, first: _Part, other: _Part, rank: int) -> str | None:
    split = name.partition(" ")[0]
    if first.shape[:1] != other.shape[:1]:
        return f"rank {rank} has {other.shape[0]:,} {split} examples, rank 0 has {first.shape[0]:,}"
    if first.shape != other.shape:
        return f"the {name} of rank {rank} have the shape {other.shape}, those of rank 0 {first.shape}"
    if first.dtype != other.dtype:
        return f"the {name} of rank {rank} are {other.dtype}, those of rank 0 {first.dtype}"
    if first.checksum != other.checksum:
        return f"the {name} of rank {rank} are not those of rank 0, or are in another order"
    return None


def check_same_weights(ranks: Ranks, model: Module) -> None:
    """Compare the parameters of the ranks.

    Raises
    ------
    RanksDifferError
        The weights of a rank are not those of rank 0. All ranks raise it.
    """
    checksum = 0
    for parameter in model.parameters():
        checksum = crc32(parameter.data.tobytes(), checksum)
    first, *others = ranks.comm.allgather(checksum)
    for rank, other in enumerate(others, 1):
        if other != first:
            raise RanksDifferError(
                f"the weights of rank {rank} are no longer those of rank 0: something, such as a hook, "
                "changed them on some ranks only; a run of minigrad train continues from its last epoch by "
                "--resume"
            )
