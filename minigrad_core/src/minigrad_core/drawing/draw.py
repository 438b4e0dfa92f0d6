"""The public function: from a tensor to the picture of how it was computed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ..errors import ArgumentError
from ..tensor import Tensor
from .calls import group_calls
from .diagram import build_diagram
from .drawing import Drawing
from .folding import fold_tree
from .names import Names, visible_variables
from .namespaces import load_plugins
from .tape import Tape
from .values import CardValues

if TYPE_CHECKING:
    from .diagram import Diagram


def draw(output: Tensor, *, values: bool = False, max_nodes: int = 200) -> Drawing:
    """Return a picture of the computation graph of `output`, which a notebook shows by itself.

    Each operation is a card: its namespace and name, its parameters and settings, and the shape and dtype of
    what it returned. Arrows show where that goes. The calls of a module are drawn as boxes around what they
    recorded, under the names of the attributes. Where the caller's variables hold a tensor, an array or a
    module, it has their name. What was computed without recording (under `no_grad`, or of nothing that
    requires a gradient) appears as an input.

    A pattern that comes eight times or more in a row is drawn at its beginning and end, and its middle folded
    into one card. If more than `max_nodes` cards are left, shorter patterns are folded, then the calls of
    modules, innermost first, and at last what was computed first. The picture says how much it does not show.

    Nothing in the graph is changed, and the drawing holds nothing of it.

    Parameters
    ----------
    output : Tensor
        Such as a loss; draw it before `backward` frees the graph, or `backward(retain_graph=True)`.
    values : bool
        Whether arrays of up to nine elements are shown with their values, and with the gradient of `output`
        (of its sum, if it is no scalar) with respect to them. That takes the time of a `backward`.
    max_nodes : int
        At least 1.

    Returns
    -------
    Drawing
        `.save("graph.svg")`, or .png (needs matplotlib: `pip install "minigrad-core[draw]"`), or .dot, for
        Graphviz; `.mermaid()` is the text that Markdown on GitHub shows as a diagram.

    Raises
    ------
    ArgumentError
        `output` is no tensor, or nothing was recorded of it; `max_nodes` is no number from 1 up.
    FreedGraphError
        A `backward` has freed the graph, or a part of it.

    Examples
    --------
    >>> import numpy as np, minigrad_core as mg
    >>> x = mg.tensor([0.0, 1.0, 2.0], requires_grad=True)
    >>> picture = mg.draw(np.sum(np.tanh(x) ** 2))
    >>> picture
    <Drawing: 3 operations>
    >>> print(picture.mermaid())  # doctest: +ELLIPSIS
    flowchart TD
    ...
    """
    if not isinstance(output, Tensor):
        raise ArgumentError(f"draw needs the tensor that was computed, got {type(output).__name__}")
    if not isinstance(max_nodes, int) or max_nodes < 1:
        raise ArgumentError(f"max_nodes must be a whole number from 1 up, got {max_nodes!r}")
    if not output.tracked:
        raise ArgumentError(
            "nothing was recorded of this tensor: nothing it was computed from requires a gradient, or it "
            "was computed under no_grad; draw what parameters or mg.tensor(data, requires_grad=True) led to"
        )
    variables = visible_variables(sys._getframe(1))  # noqa: SLF001 - the names that the user gave
    return Drawing(_diagram(output, values, max_nodes, variables))


def _diagram(output: Tensor, values: bool, max_nodes: int, variables: dict[str, object]) -> Diagram:
    """Return what is to be drawn. Whatever refers to the graph is gone with this frame."""
    tape = Tape(output)
    load_plugins(node.op for node in tape.nodes)
    names = Names(variables)
    tree = group_calls(tape.nodes, names)
    shown = CardValues(output if values else None)
    return fold_tree(tree, max_nodes, lambda tree: build_diagram(tape, tree, names, shown))
