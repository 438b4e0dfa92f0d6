"""The recorded calls that a tensor was computed from."""

from __future__ import annotations

from ..dispatch.tables import describe
from ..engine import assignments
from ..engine.node import Context
from ..errors import FreedGraphError
from ..tensor import Tensor


class Tape:
    """The calls that `output` was computed by, in the order of recording.

    Attributes
    ----------
    output : Tensor
    nodes : list of Context
        In ascending number, so that each node comes after the nodes that its inputs come from.
    tensors : dict
        (id of a node, index of an output) -> the tensor; a node does not refer to its outputs.

    Raises
    ------
    FreedGraphError
        A `backward` without `retain_graph` has visited a node.
    """

    def __init__(self, output: Tensor) -> None:
        self.output = output
        self.tensors: dict[tuple[int, int], Tensor] = {}
        reached: dict[int, Context] = {}
        stack = [output]
        while stack:
            tensor = stack.pop()
            node = tensor.node
            if node is None:
                continue
            self.tensors[output_key(tensor)] = tensor
            if id(node) not in reached:
                _refuse_freed(node)
                if node.number <= assignments.latest:
                    assignments.restore_inputs(node)
                reached[id(node)] = node
                stack.extend(x for x in node.inputs if isinstance(x, Tensor))
        self.nodes = sorted(reached.values(), key=lambda node: node.number)

    def outputs(self, node: Context) -> list[Tensor]:
        """Return the outputs of a node that other calls used."""
        count = 1 if node.outputs is None else len(node.outputs)
        found = (self.tensors.get((id(node), index)) for index in range(count))
        return [tensor for tensor in found if tensor is not None]


def output_key(tensor: Tensor) -> tuple[int, int]:
    """Return the id of a tensor's node, and the tensor's index among the outputs."""
    node = tensor.node
    return id(node), 0 if node is None or node.outputs is None else tensor.index


def _refuse_freed(node: Context) -> None:
    if not node.inputs:
        raise FreedGraphError(
            f"backward went through {describe(node.op)} before, and freed the graph: draw before "
            "backward, or pass it retain_graph=True"
        )
