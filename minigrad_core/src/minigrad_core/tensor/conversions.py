"""What a tensor turns into outside the graph: arrays, Python numbers, text, pickles. Never in silence."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np

from ..dispatch.functions import FUNCTIONS
from ..errors import ArgumentError, ConversionError
from .objects import as_objects, in_function

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    from ..engine.node import Context


class Conversions:
    """The conversion methods of `Tensor`. One that requires a gradient refuses, but for its text."""

    __slots__ = ()

    data: NDArray[Any]  # of the tensor
    node: Context | None
    tracked: bool

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        if self.tracked:
            objects = dtype is None or np.dtype(dtype).hasobject  # or an array of numbers is asked for
            if objects and copy is not False:
                array = as_objects(self, copied=bool(copy))  # type: ignore[arg-type]
                if array is not None:
                    return array
            raise ConversionError(
                "a tensor that requires a gradient does not turn into an array in silence; "
                "use .numpy() to leave the graph on purpose, .item() for a Python scalar, "
                "np.stack([...]), np.concatenate([...]) or np.array([...], like=tensor) to join tensors in a "
                "list or in np.r_, which NumPy does not look into, t * np.ones(shape) to fill an array, "
                "mg.ops.basic.logsumexp for SciPy's, of whose functions only ufuncs take tensors"
            )
        return np.array(self.data, dtype=dtype, copy=copy)

    def __float__(self) -> float:
        return float(self._scalar("float"))

    def __int__(self) -> int:
        return int(self._scalar("int"))

    def __complex__(self) -> complex:
        return complex(self._scalar("complex"))

    def __index__(self) -> int:
        return self._scalar("index").__index__()

    def __round__(self, digits: int | None = None) -> Any:
        if self.data.ndim:
            raise ArgumentError(
                "round() takes a single value: np.round(t, decimals) rounds those of an array"
            )
        return round(self.data.item(), digits)

    def __bool__(self) -> bool:
        return bool(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __format__(self, spec: str) -> str:
        return format(self.data.item() if self.data.ndim == 0 else self.data, spec)

    def __repr__(self) -> str:
        body = np.array2string(self.data, separator=", ", prefix="tensor(")
        usual = self.data.dtype in (np.dtype(float), np.dtype(int), np.dtype(bool))
        dtype = "" if usual and self.data.size else f", dtype={self.data.dtype}"
        return f"tensor({body}{dtype}{', requires_grad=True' if self.tracked else ''})"

    def __copy__(self) -> Any:
        if self._is_value_in_function():
            return FUNCTIONS[np.copy](self)
        make, parts = self.__reduce__()
        return make(*parts)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if self._is_value_in_function():
            return FUNCTIONS[np.copy](self)
        make, parts = self.__reduce__()
        return make(*deepcopy(parts, memo))

    def _is_value_in_function(self) -> bool:
        """Return whether this is no leaf, and stands for an array in a function that is being differentiated.

        There a copy has the gradient of what it was made of. Elsewhere whoever copies a tensor, say with the
        model that kept it, would tie the copy to the graph.
        """
        return self.node is not None and in_function()

    def __reduce__(self) -> tuple[Any, ...]:
        if self.node is not None:
            raise ConversionError(
                "a tensor in the middle of a graph cannot be copied or pickled; .detach() it, or .copy() it "
                "in the graph, and give its .numpy() to what copies arrays, as plt.plot does"
            )
        return type(self), (self.data, self.tracked)

    def _scalar(self, kind: str) -> Any:
        if self.tracked:
            ways = "use .item() for the value, .numpy() for the array"
            if kind == "float":  # which math.sin asks for, and an array that a tensor is written to
                ways += (
                    ", np.sin and its kin for math.sin, np.stack([...]) for an array filled place by place"
                )
            raise ConversionError(f"{kind}(tensor) would leave the graph in silence; {ways}")
        return self.data[()]
