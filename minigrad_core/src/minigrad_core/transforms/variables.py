"""The variables of a transform: the tensors that a function is evaluated at."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..array import Array
from ..contracts import Operation
from ..engine.node import Context, node_numbers
from ..errors import ArgumentError
from ..parameter import Parameter
from ..tensor import ComplexTensor, Tensor, make_output
from ..tensor.kinds import AssignedTensor
from ..tensor.operand import NON_NUMERIC_KINDS


class Variable(Operation):
    """The identity; its output is a new point of the graph, at which a function is differentiated."""

    name = "variable"
    makes_variable = True  # assignment to its output is refused
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:  # noqa: ARG002 - the contract's
        """Return `x`."""
        return x

    def backward(self, ctx: Context, grad: Array) -> Array:  # noqa: ARG002 - the contract's
        """Return `grad`."""
        return grad


_tensor_variable, _array_variable = Variable(), Variable()


def make_variable(x: Any) -> Tensor:
    """Return a new point of the graph with the value of `x`, recorded under `no_grad` too.

    A parameter that requires a gradient is its own variable.
    """
    operation, leaf = _array_variable, x
    if isinstance(x, Tensor) and x.tracked:
        if isinstance(x, Parameter):
            return x
        operation = _tensor_variable
        if isinstance(x, AssignedTensor):
            leaf = x.take_snapshot()
    else:
        leaf = _make_leaf(x)
    node = Context(operation, (leaf,), {}, (True,))
    node.number = next(node_numbers)
    node.outputs = None
    return make_output(node, leaf.data)


def get_leaf(variable: Tensor) -> Tensor:
    """Return the tensor that a variable was made of."""
    leaf: Tensor = variable if variable.node is None else variable.node.inputs[0]
    return leaf


def is_private(variable: Tensor) -> bool:
    """Return whether a transform made a variable of a plain array, or of a tensor without a gradient."""
    return variable.node is not None and is_private_node(variable.node)


def is_private_node(node: Context) -> bool:
    """Return whether the input of a node is a leaf that only a transform knows."""
    return node.op is _array_variable


def _make_leaf(x: Any) -> Tensor:
    """Return a tensor that requires a gradient, with the value of an array or of a tensor that requires none.

    A complex leaf may require one here, since no optimizer steps along its gradient.

    Raises
    ------
    ArgumentError
        `x` is of a class that is neither a tree nor an array, such as a dataclass.
    """
    is_array = isinstance(x, (Tensor, np.ndarray, np.generic, float)) or hasattr(x, "__array_function__")
    if not is_array and np.asarray(x).dtype.kind in NON_NUMERIC_KINDS:
        raise ArgumentError(
            f"cannot differentiate with respect to a {type(x).__name__}: an argument is an array, a tensor, "
            "a module, or nested lists, tuples and dicts of these; pass other values in another argument, "
            "and vars(x) for an object with attributes"
        )
    leaf = Tensor(x.data if isinstance(x, Tensor) else x)
    if leaf.data.dtype.kind != "c":
        leaf.requires_grad = True
        return leaf
    leaf = ComplexTensor(leaf.data)
    leaf.tracked = True
    return leaf
