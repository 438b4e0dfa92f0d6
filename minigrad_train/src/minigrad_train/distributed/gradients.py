"""The sum of all gradients over the ranks, by one `Allreduce` for each dtype."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from minigrad_core import Parameter

    from .communicator import Communicator


class FlatGradients:
    """Two arrays for each dtype of the parameters, made once: what this rank adds, and the sum.

    After the gradients of the first dtype come the notes, and then for each parameter how many ranks have a
    gradient of it: where none has, it stays None.

    Parameters
    ----------
    parameters : iterable of Parameter
    notes : int
        How many numbers are summed beside the gradients.
    """

    def __init__(self, parameters: Iterable[Parameter], notes: int) -> None:
        self.parameters = list({id(parameter): parameter for parameter in parameters}.values())
        groups: dict[np.dtype[Any], list[int]] = {}
        for index, parameter in enumerate(self.parameters):
            # MPI has no half precision.
            groups.setdefault(np.result_type(parameter.dtype, np.float32), []).append(index)
        self._flat: list[NDArray[Any]] = []
        self._sums: list[NDArray[Any]] = []
        self._views: list[tuple[NDArray[Any], NDArray[Any]]] = [None] * len(self.parameters)  # type: ignore[list-item]  # filled below
        extra = notes + len(self.parameters)
        for dtype, members in groups.items():
            sizes = [self.parameters[index].size for index in members]
            flat, total = (np.zeros(sum(sizes) + (0 if self._flat else extra), dtype) for _ in range(2))
            self._flat.append(flat)
            self._sums.append(total)
            stop = 0
            for index, size in zip(members, sizes, strict=True):
                start, stop = stop, stop + size
                shape = self.parameters[index].shape
                self._views[index] = flat[start:stop].reshape(shape), total[start:stop].reshape(shape)
        first = slice(-extra, None)
        self._notes, self._present = np.split(self._flat[0][first], [notes])
        self._notes_sum, self._present_sum = np.split(self._sums[0][first], [notes])

    def reduce(self, comm: Communicator, notes: Sequence[float]) -> list[float]:
        """Replace each gradient by its sum over the ranks; return the sums of the notes."""
        for index, (parameter, (own, _)) in enumerate(zip(self.parameters, self._views, strict=True)):
            grad = parameter.grad
            self._present[index] = grad is not None
            own[...] = 0 if grad is None else grad
        self._notes[...] = notes
        for flat, total in zip(self._flat, self._sums, strict=True):
            comm.Allreduce(flat, total)
        present = self._present_sum.tolist()
        for parameter, (_, total), count in zip(self.parameters, self._views, present, strict=True):
            parameter.grad = total.astype(parameter.dtype, copy=False) if count else None
        summed: list[float] = self._notes_sum.tolist()
        return summed
