"""The class `Tensor`: an array that remembers how it was computed."""

from __future__ import annotations

from collections import deque
from itertools import repeat
from typing import TYPE_CHECKING, Any, Never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..array import to_array
from ..engine import version_counter
from ..engine.backward import sweep
from ..engine.modes import Block, active_variables, retaining
from ..errors import ArgumentError, ConversionError, DifferentiabilityError, GradientError
from ..hints import TENSOR, add_hints
from .conversions import Conversions
from .methods import Methods
from .operand import OBJECT_ARRAY_ADVICE, check_elementwise
from .operators import Operators
from .ownership import copy_if_shared
from .protocols import Protocols

if TYPE_CHECKING:
    from ..array import Shape
    from ..engine.node import Context

_get_blocks = active_variables.blocks.get


@add_hints(TENSOR)
class Tensor(Operators, Methods, Protocols, Conversions):
    """A NumPy array in a computation graph.

    NumPy's operators, methods and `np.` functions take tensors as they take arrays. Calls on a tensor that
    requires a gradient are recorded; `backward` then fills `grad` of the leaves.

    The graph keeps arrays, not copies. A write to `x.data[...]` between a call and its backward therefore
    silently makes the gradient wrong: write after backward. (Steps of optimizers and `load_state_dict`
    write, too; `backward` notices them and raises a `StaleGraphError`.) The assignment of another array,
    `x.data = array`, does not change a recorded graph.

    Parameters
    ----------
    data : array_like
        Shared, not copied; `minigrad_core.tensor` copies. It may be any array with NumPy's protocols.
    requires_grad : bool
        Whether gradients flow to this tensor. Only floating point data can require one.

    Raises
    ------
    DifferentiabilityError
        `requires_grad` is true, and the data is not floating point.
    ConversionError
        The data is a tensor that requires a gradient, and `requires_grad` is false.
    ArgumentError
        The data is an `np.matrix`, a masked array or an array of objects.

    Examples
    --------
    >>> import numpy as np, minigrad_core as mg
    >>> x = mg.tensor([1.0, 2.0], requires_grad=True)
    >>> np.sum(x * x).backward()
    >>> x.grad
    array([2., 4.])
    """

    __slots__ = ("__weakref__", "_grad", "data", "history", "index", "node", "snapshot", "tracked", "version")

    data: NDArray[Any]
    # The engine reads and writes these slots.
    node: Context | None  # the call that computed this tensor; None for a leaf
    index: int  # which output of that call
    tracked: bool  # the value of `requires_grad`, without the checks of that property
    version: int  # the number of the last write to the data, in the numbering of nodes; unset without one
    _grad: NDArray[Any] | None
    # Set on tensors that were assigned to. `history`: the number of the first assignment, and a tensor with
    # the value before it. `snapshot`: the tensor that calls record instead of this one.
    history: tuple[int, Tensor]
    snapshot: Tensor | None

    def __init__(self, data: ArrayLike | Tensor, requires_grad: bool = False) -> None:
        array: Any = get_leaf_data(data, requires_grad) if isinstance(data, Tensor) else data
        if type(array) is not np.ndarray:
            # An array of another library with NumPy's protocols is not converted.
            foreign = hasattr(array, "__setitem__") and hasattr(array, "__array_function__")
            array = check_elementwise(array) if foreign else to_array(array)
        if array.dtype.kind == "O":
            raise ArgumentError(f"expected numbers, got {type(data).__name__}: {OBJECT_ARRAY_ADVICE}")
        self.data = array
        self.node = None
        self.index = 0
        self._grad = None
        self.tracked = False
        if requires_grad:
            self.requires_grad = True

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to this tensor."""
        return self.tracked

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if value and self.data.dtype.kind != "f":
            advice = "convert it first: x.astype(float), float(x)"
            if self.data.dtype.kind == "c":
                advice = "make one for the real and one for the imaginary part, and compute with x + 1j * y"
            raise DifferentiabilityError(
                f"only floating point tensors can require a gradient, this one is {self.data.dtype}; {advice}"
            )
        if self.node is not None and not value:
            raise DifferentiabilityError("this tensor was computed from others; use .detach() to cut it off")
        self.tracked = value

    @property
    def grad(self) -> NDArray[Any] | None:
        """The gradient that `backward` accumulated in this leaf, or None; no other array shares its memory.

        Raises
        ------
        AttributeError
            The tensor is not a leaf: it was computed from others.
        """
        if self.node is not None:  # None would mean that no backward has run yet
            raise AttributeError(
                "this tensor was computed from others, and backward fills the grad of leaves; mg.grad gives "
                "the gradient with respect to any value. A leaf stays one if w.data -= lr * w.grad updates "
                "it, since w = w - lr * w.grad makes a new tensor"
            )
        return self._grad

    @grad.setter
    def grad(self, value: NDArray[Any] | None) -> None:
        self._grad = None if value is None else self._convert_gradient(value)

    @property
    def shape(self) -> Shape:
        """The size of each axis."""
        return self.data.shape

    @shape.setter
    def shape(self, _: Never) -> None:
        raise ArgumentError("cannot assign the shape of a tensor: y = x.reshape(shape) makes a new tensor")

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the elements."""
        return self.data.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.data.ndim

    @property
    def size(self) -> int:
        """The number of elements, as a Python int: float32 times a NumPy integer would be float64."""
        return self.data.size

    @property
    def device(self) -> str:
        """Where the data are: "cpu", as the array API standard calls it."""
        return "cpu"

    def to_device(self, device: str, /, *, stream: Any = None) -> Tensor:
        """Return this tensor: there is no other device.

        Raises
        ------
        ArgumentError
            `device` is not "cpu", or a stream is given.
        """
        if device != self.device or stream is not None:
            raise ArgumentError(f"expected device 'cpu' and no stream, got {device!r} and {stream!r}")
        return self

    def item(self, *index: int) -> Any:
        """Return the element at `index`, or the only element, as a Python scalar that is not in the graph."""
        return self.data.item(*index)

    def numpy(self) -> NDArray[Any]:
        """Return the array of this tensor itself, without the graph: copy the array before a write to it."""
        return self.data

    def detach(self) -> Tensor:
        """Return a tensor with the same memory that requires no gradient and is not in the graph."""
        return Tensor(self.data)

    def zero_grad(self) -> None:
        """Set the gradient to None."""
        self._grad = None

    def backward(self, grad: ArrayLike | Tensor | None = None, retain_graph: bool = False) -> None:
        """Add the gradient of `sum(grad * self)` to the `grad` of every leaf from which `self` was computed.

        A leaf whose `requires_grad` was set to False after the computation receives no gradient.

        Parameters
        ----------
        grad : array_like
            Weights, of this tensor's shape; ones by default.
        retain_graph : bool
            Whether the graph is kept for another backward. By default it is freed.

        Raises
        ------
        DifferentiabilityError
            No leaf from which this tensor was computed requires a gradient, or the tensor is not floating
            point.
        GradientError
            `grad` has another shape than the tensor, or is complex.
        FreedGraphError
            An earlier backward freed the graph.
        StaleGraphError
            An optimizer stepped, or a state was loaded, since the graph was recorded.
        """
        if not self.tracked:
            raise DifferentiabilityError(
                "this tensor requires no gradient, nor does any tensor that it was computed from (or it was "
                "computed under no_grad): make a leaf with mg.tensor(data, requires_grad=True), and update "
                "it by leaf.data -= step, since leaf -= step makes a new tensor"
            )
        if self.data.dtype.kind != "f":
            raise DifferentiabilityError(
                f"only floating point tensors have a gradient, this one is {self.data.dtype}"
                + ("; compute a real result: z.real or np.abs(z)" if self.data.dtype.kind == "c" else "")
            )
        # np.array is ten times faster for a scalar than np.ones_like.
        is_loss = grad is None and not self.data.ndim
        seed = np.array(1, self.data.dtype) if is_loss else self._convert_seed(grad)
        # The operation of a compiled call knows the gradients of the leaves, if `self` is its output.
        backward_alone = getattr(self.node and self.node.op, "backward_alone", None)
        results = backward_alone and backward_alone(self, seed, retain_graph)
        if results is not None:
            leaves, grads = results
        else:
            if retain_graph:
                with Block(retaining, True):
                    leaf_grads = sweep([(self, seed)], retain=True)
            else:
                leaf_grads = sweep([(self, seed)])
            leaves, grads = [*leaf_grads], [*leaf_grads.values()]
            del leaf_grads
        variables = active_variables.get() if _get_blocks() else None
        if variables is not None and not variables.isdisjoint(leaves):
            raise GradientError(
                "backward() inside a function that is being differentiated, of a value that depends on its "
                "argument: the gradients would be plain arrays, and values computed from them would lose "
                "their own gradient silently; use mg.grad or mg.value_and_grad inside"
            )
        # Without the lock, two threads that add to one leaf could read the same sum, and lose a gradient.
        with version_counter.lock:
            for i, leaf in enumerate(leaves):
                before = leaf._grad  # noqa: SLF001 - the slot: the checks of the property cost 1 us
                g, grads[i] = grads[i], before  # `copy_if_shared` counts the references to `g`
                if g is not None and leaf.tracked:
                    # NumPy returns a scalar for a sum of 0-d arrays; `asarray` makes an array of it.
                    grads[i] = (
                        copy_if_shared(g) if before is None else np.asarray(before + g, leaf.data.dtype)
                    )
            # One call in C sets all leaves: Ctrl-C raises before all of them are set, or after.
            deque(map(setattr, leaves, repeat("_grad"), grads), maxlen=0)

    def _convert_seed(self, grad: ArrayLike | Tensor | None) -> NDArray[Any]:
        """Return the gradient of this tensor with which a sweep starts."""
        if grad is None and type(self.data) is np.ndarray:
            ones = np.empty_like(self.data)
            ones.fill(1)  # np.ones_like takes 0.5 us more
            return ones
        if grad is None:
            return np.ones_like(self.data)
        return self._convert_gradient(grad)

    def _convert_gradient(self, grad: ArrayLike | Tensor) -> NDArray[Any]:
        """Return a gradient of this tensor as an array of its dtype."""
        array = np.asarray(grad)
        if array.shape != self.data.shape:
            raise GradientError(
                f"a gradient needs the tensor's shape: expected {self.data.shape}, got {array.shape}"
            )
        if array.dtype.kind == "c":
            raise GradientError(f"a gradient of {self.data.dtype} values is real, got {array.dtype}")
        return array.astype(self.data.dtype, copy=False)


def get_leaf_data(t: Tensor, requires_grad: bool) -> NDArray[Any]:
    """Return the data of `t` for a new leaf.

    Raises
    ------
    ConversionError
        `t` requires a gradient, and `requires_grad` is false.
    """
    if t.tracked and not requires_grad:
        raise ConversionError(
            "a new tensor made of one that requires a gradient would silently leave the graph; use the "
            "tensor itself to stay in the graph, .detach() to leave it on purpose, or requires_grad=True for "
            "a new leaf"
        )
    return t.data
