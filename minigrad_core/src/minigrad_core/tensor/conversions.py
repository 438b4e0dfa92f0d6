"""Conversions of tensors to arrays, Python numbers, text, copies and pickles."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from importlib import import_module
from operator import index
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..dispatch.functions import FUNCTIONS
from ..engine.modes import active_variables
from ..errors import ArgumentError, ConversionError, InputError

if TYPE_CHECKING:
    from ..engine.node import Context


_API_VERSIONS = ("2022.12", "2023.12", "2024.12")  # each is contained in the next one


class Conversions:
    """The conversion methods of `Tensor`.

    A tensor that requires a gradient converts to text only: an array or a number would not be in the graph.
    """

    __slots__ = ()

    data: NDArray[Any]
    node: Context | None
    tracked: bool
    _grad: NDArray[Any] | None

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        if self.tracked:
            raise ConversionError(
                "a tensor that requires a gradient is not silently converted to an array. Its values: "
                "t.numpy(), t.item(). To stay in the graph: for a list or np.r_, np.stack([...]), "
                "np.concatenate([...]) or np.array([...], like=tensor); to fill, t * np.ones(shape); to "
                "shuffle, t[rng.permutation(len(t))]; for a function of SciPy, that of minigrad_scipy, "
                "mg.ops.basic.logsumexp or mg.ops.nn.softmax"
            )
        return np.array(self.data, dtype=dtype, copy=copy)

    def __array_namespace__(self, *, api_version: str | None = None) -> ModuleType:
        """Return the namespace of the array API standard, `minigrad_core.array_api`."""
        if api_version not in (None, *_API_VERSIONS):
            raise ArgumentError(f"expected one of the versions {_API_VERSIONS}, got {api_version!r}")
        # Imported by name, since `array_api` is a higher layer.
        return import_module("minigrad_core.array_api")

    def __dlpack__(
        self,
        *,
        stream: None = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[int, int] | None = None,
        copy: bool | None = None,
    ) -> Any:
        if self.tracked:
            raise ConversionError(
                "a tensor that requires a gradient is not silently converted to another library's array: "
                "give t.detach() or t.numpy()"
            )
        return self.data.__dlpack__(stream=stream, max_version=max_version, dl_device=dl_device, copy=copy)

    def __dlpack_device__(self) -> Any:
        return self.data.__dlpack_device__()

    def __float__(self) -> float:
        return float(self._get_scalar("float"))

    def __int__(self) -> int:
        return int(self._get_scalar("int"))

    def __complex__(self) -> complex:
        return complex(self._get_scalar("complex"))

    def __index__(self) -> int:
        return index(self._get_scalar("index"))

    def __trunc__(self) -> int:
        return int(self)

    def __round__(self, digits: int | None = None) -> Any:
        if self.data.ndim:
            raise ArgumentError(
                "round() takes a single value: np.round(t, decimals) rounds those of an array"
            )
        return round(self.data.item(), digits)

    def __bool__(self) -> bool:
        if self.data.size != 1:
            raise InputError(
                f"the truth value of a tensor of shape {self.data.shape} is ambiguous: t.any(), t.all() or "
                "t is not None"
            )
        return bool(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __format__(self, spec: str) -> str:
        if spec and self.data.ndim:
            raise ArgumentError(
                f"the format {spec!r} is for a single value, this tensor has shape {self.data.shape}: "
                "np.array2string(t.numpy(), precision=3), or format t.item() if it has one element"
            )
        return format(self.data if self.data.ndim else self.data.item(), spec)

    def __repr__(self) -> str:
        body = np.array2string(self.data, separator=", ", prefix="tensor(")
        usual = self.data.dtype in (np.dtype(float), np.dtype(int), np.dtype(bool))
        dtype = "" if usual and self.data.size else f", dtype={self.data.dtype}"
        return f"tensor({body}{dtype}{', requires_grad=True' if self.tracked else ''})"

    def __copy__(self) -> Any:
        return self._copy_as_leaf(lambda parts: parts)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self._copy_as_leaf(lambda parts: deepcopy(parts, memo))

    def _copy_as_leaf(self, copy_parts: Callable[[Any], Any]) -> Any:
        """Return a leaf like this one, with the arguments of its constructor copied by `copy_parts`.

        In a function that is being differentiated, tensors stand for arrays, so there the copy of a computed
        tensor stays in the graph. Elsewhere such a copy raises: it would keep the graph alive, for example in
        the copy of a model that stores an output.
        """
        if self.node is not None and active_variables.get() is not None:
            return FUNCTIONS[np.copy](self)
        make, parts, (attributes, slots) = self.__reduce__()
        new = make(*copy_parts(parts))
        if attributes:  # of a subclass
            vars(new).update(copy_parts(attributes))
        new.tracked, new._grad = slots["tracked"], deepcopy(slots["_grad"])  # noqa: SLF001
        return new

    def __reduce__(self) -> tuple[Any, ...]:
        if self.node is not None:
            raise ConversionError(
                "a tensor in the middle of a graph cannot be copied or pickled; .detach() it, or .copy() it "
                "in the graph, and pass its .numpy() to code that copies arrays, as plt.plot does"
            )
        return (
            type(self),
            (self.data,),
            (getattr(self, "__dict__", None), {"tracked": self.tracked, "_grad": self._grad}),
        )

    def _get_scalar(self, kind: str) -> Any:
        """Return the value for a conversion to `kind`, or raise if the tensor requires a gradient."""
        if self.tracked:
            advice = "use .item() for the value, .numpy() for the array"
            if kind == "float":  # `array[i] = tensor` and math.sin convert to float
                advice += ", np.stack([...]) instead of array[i] = tensor, np.sin(t) instead of math.sin(t)"
            raise ConversionError(f"{kind}(tensor) would silently leave the graph; {advice}")
        return self.data[()]
