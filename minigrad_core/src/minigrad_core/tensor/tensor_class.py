"""The class `Tensor`: an array that remembers how it was computed."""

from __future__ import annotations

from collections import deque
from itertools import repeat
from typing import TYPE_CHECKING, Any, Never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..engine import version_counter
from ..engine.backward import sweep
from ..engine.modes import active_variables
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


@add_hints(TENSOR)
class Tensor(Operators, Methods, Protocols, Conversions):
    """A NumPy array in a computation graph.

    Everything that NumPy does with an array, it does with a tensor: operators, methods, `np.` functions. What
    is done to a tensor that requires a gradient is recorded; `backward` then fills `grad` of the leaves.

    What is recorded keeps arrays, not copies. So write to `x.data[...]` after backward, not between a call
    and its backward: the gradient would be wrong in silence. (Steps of optimizers and `load_state_dict`
    write, too, and are noticed: `StaleGraphError`.) Another array, `x.data = array`, changes nothing that was
    recorded.

    Parameters
    ----------
    data : array_like
        Shared, not copied; `minigrad_core.tensor` copies. Any array that speaks NumPy's protocols will do.
    requires_grad : bool
        Whether gradients flow to this tensor. Only floating point data can require one.

    Raises
    ------
    DifferentiabilityError
        The data is not floating point and a gradient is required.
    ConversionError
        The data is a tensor that requires a gradient, and this one is to require none.
    ArgumentError
        The data is an `np.matrix`, a masked array or one of objects.

    Examples
    --------
    >>> import numpy as np, minigrad_core as mg
    >>> x = mg.tensor([1.0, 2.0], requires_grad=True)
    >>> np.sum(x * x).backward()
    >>> x.grad
    array([2., 4.])
    """

    __slots__ = ("__weakref__", "_grad", "data", "index", "node", "tracked", "version")

    data: NDArray[Any]
    # For the engine. `tracked` is what `requires_grad` shows: the property checks, the slot is fast.
    node: Context | None
    index: int
    tracked: bool
    version: int  # the number, in the order of nodes, of the last write to the data; unset if there was none
    _grad: NDArray[Any] | None

    def __init__(self, data: ArrayLike | Tensor, requires_grad: bool = False) -> None:
        array: Any = get_leaf_data(data, requires_grad) if isinstance(data, Tensor) else data
        if type(array) is not np.ndarray:
            # Not np.asarray for everything: foreign arrays that speak the protocols stay what they are.
            array = check_elementwise(array) if hasattr(array, "__array_function__") else np.asarray(array)
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
            ways = {"c": "make one for the real and one for the imaginary part, and compute with x + 1j * y"}
            way = ways.get(self.data.dtype.kind, "convert it first: x.astype(float), float(x)")
            raise DifferentiabilityError(
                f"only floating point tensors can require a gradient, this one is {self.data.dtype}; {way}"
            )
        if self.node is not None and not value:
            raise DifferentiabilityError("this tensor was computed from others; use .detach() to cut it off")
        self.tracked = value

    @property
    def grad(self) -> NDArray[Any] | None:
        """The gradient that `backward` accumulated in this leaf, or None. It shares memory with nothing.

        Raises
        ------
        AttributeError
            The tensor is no leaf: it was computed from others.
        """
        if self.node is not None:  # None would say that backward has not come by yet
            raise AttributeError(
                "this tensor was computed from others, and backward fills the grad of leaves; mg.grad gives "
                "the gradient with respect to any value. A leaf stays one if w.data -= lr * w.grad updates "
                "it, since w = w - lr * w.grad makes a new tensor"
            )
        return self._grad

    @grad.setter
    def grad(self, value: NDArray[Any] | None) -> None:
        if value is not None and np.shape(value) != self.data.shape:
            raise GradientError(
                f"a gradient has the shape of its tensor: expected {self.data.shape}, got {np.shape(value)}"
            )
        self._grad = None if value is None else np.asarray(value, self.data.dtype)

    @property
    def shape(self) -> Shape:
        """The size of each axis."""
        return self.data.shape

    @shape.setter
    def shape(self, _: Never) -> None:
        raise ArgumentError("the shape of a tensor is not assigned: y = x.reshape(shape) is a new one")

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
        """The number of elements: a plain int, since NumPy promotes float32 beside any other kind."""
        return self.data.size

    def item(self, *index: int) -> Any:
        """Return one element (the only one, without `index`) as a Python scalar, cut from the graph."""
        return self.data.item(*index)

    def numpy(self) -> NDArray[Any]:
        """Return the data, cut from the graph; memory is shared, so take a copy to write to."""
        return self.data

    def detach(self) -> Tensor:
        """Return a tensor with the same memory that is no part of the graph."""
        return Tensor(self.data)

    def zero_grad(self) -> None:
        """Forget the accumulated gradient."""
        self._grad = None

    def backward(self, grad: ArrayLike | Tensor | None = None, retain_graph: bool = False) -> None:
        """Add the gradient of this tensor to `grad` of every leaf that it was computed from.

        grad: of this tensor's shape, what the result is weighted with; ones by default, as if the tensor were
        summed. The graph is freed on the way unless `retain_graph`.

        Raises
        ------
        DifferentiabilityError
            Nothing that this tensor was computed from requires a gradient, or it is not floating point.
        GradientError
            `grad` has another shape than the tensor.
        FreedGraphError
            The graph was freed by an earlier backward.
        StaleGraphError
            An optimizer stepped, or a state was loaded, since the graph was recorded.
        """
        if not self.tracked:
            raise DifferentiabilityError(
                "this tensor requires no gradient, nor does anything it was computed from (or it was "
                "computed under no_grad): make a leaf with mg.tensor(data, requires_grad=True), and update "
                "it by leaf.data -= step, since leaf -= step makes a new tensor"
            )
        if self.data.dtype.kind != "f":
            raise DifferentiabilityError(
                f"only floating point tensors have a gradient, this one is {self.data.dtype}"
                + ("; go on to a real result, by z.real or np.abs(z)" if self.data.dtype.kind == "c" else "")
            )
        reached = sweep([(self, self._seed(grad))], retain=retain_graph)
        arguments = active_variables.get()
        if arguments is not None and not arguments.isdisjoint(reached):
            raise GradientError(
                "backward() inside a function that is being differentiated, of a value that depends on its "
                "argument: the gradients would be plain arrays, and what is made of them lose its own "
                "gradient in silence; use mg.grad or mg.value_and_grad inside"
            )
        # Of threads that add to one leaf, each would take the sum of before, and lose those of the others.
        with version_counter.lock:
            leaves, totals = [], []
            while reached:
                leaf, g = reached.popitem()
                before = leaf._grad  # noqa: SLF001 - the slot of our own kind: the setter's checks cost 1 us
                leaves.append(leaf)
                # A sum of 0-d arrays is a scalar, and `asarray` makes an array of it again.
                totals.append(copy_if_shared(g) if before is None else np.asarray(before + g))
            # In one call in C: Ctrl-C comes before all of them or behind.
            deque(map(setattr, leaves, repeat("_grad"), totals), maxlen=0)

    def _seed(self, grad: ArrayLike | Tensor | None) -> NDArray[Any]:
        """Return the gradient of this tensor that a sweep starts from."""
        if grad is None:  # for a scalar, np.array is ten times as fast
            return np.ones_like(self.data) if self.data.ndim else np.array(1, self.data.dtype)
        seed = np.asarray(grad, self.data.dtype)
        if seed.shape != self.data.shape:
            raise GradientError(
                "backward needs a gradient of the tensor's shape: "
                f"expected {self.data.shape}, got {seed.shape}"
            )
        return seed


def get_leaf_data(t: Tensor, requires_grad: bool) -> NDArray[Any]:
    """Return the data of `t` for another tensor, which is a leaf.

    Raises
    ------
    ConversionError
        `t` requires a gradient, and the leaf is to require none.
    """
    if t.tracked and not requires_grad:
        raise ConversionError(
            "a new tensor made of one that requires a gradient would leave the graph in silence; take the "
            "tensor itself to stay in it, .detach() to leave it on purpose, or requires_grad=True for a new "
            "leaf"
        )
    return t.data
