"""The variables of a transform: the tensors that a function is evaluated at."""

from __future__ import annotations

from typing import Any

from ..array import Array
from ..contracts import Operation
from ..engine.node import Context, node_numbers
from ..tensor import ComplexTensor, Tensor, make_output


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


def make_variable(leaf: Tensor, primal: Any) -> Tensor:
    """Return a new point of the graph with the value of `leaf`, recorded under `no_grad` too."""
    node = Context(_tensor_variable if leaf is primal else _array_variable, (leaf,), {}, (True,))
    node.number = next(node_numbers)
    node.outputs = None
    return make_output(node, leaf.data)


def is_private(node: Context) -> bool:
    """Return whether the input of a node is a leaf that a transform made of a plain array."""
    return node.op is _array_variable


def make_leaf(x: Any) -> Tensor:
    """Return a tracked tensor with the value of `x`; `x` itself if it is one.

    A complex leaf may be tracked here, since no optimizer steps along its gradient.
    """
    if isinstance(x, Tensor) and x.tracked:
        return x
    leaf = Tensor(x.data if isinstance(x, Tensor) else x)
    if leaf.data.dtype.kind != "c":
        leaf.requires_grad = True
        return leaf
    leaf = ComplexTensor(leaf.data)
    leaf.tracked = True
    return leaf
