"""`draw` and the `Drawing` that it returns: a picture of the computation graph of a tensor."""

from __future__ import annotations

import sys
from pathlib import Path

from ..errors import ArgumentError
from ..tensor import Tensor
from .calls import group_calls
from .diagram import Diagram, build_diagram
from .dot import to_dot
from .folding import fold_tree
from .mermaid import to_mermaid
from .names import Names, visible_variables
from .png import to_png
from .scene import build_scene
from .svg import to_svg
from .tape import Tape
from .values import CardValues

SUFFIXES = (".svg", ".png", ".dot", ".mmd")


class Drawing:
    """A picture of a computation graph. It holds text and positions, and no reference to the graph."""

    def __init__(self, diagram: Diagram) -> None:
        self._diagram = diagram

    def save(self, path: str | Path) -> None:
        """Write the picture in the format of the file's suffix: .svg, .png, .dot or .mmd.

        Raises
        ------
        ArgumentError
            The suffix is another one.
        MissingPackageError
            The suffix is .png, and matplotlib is not installed.
        """
        path = Path(path)
        match path.suffix.lower():
            case ".svg":
                path.write_text(self._repr_svg_(), encoding="utf-8")
            case ".dot":
                path.write_text(to_dot(self._diagram), encoding="utf-8")
            case ".mmd":
                path.write_text(self.mermaid(), encoding="utf-8")
            case ".png":
                path.write_bytes(to_png(build_scene(self._diagram)))
            case _:
                raise ArgumentError(f"a drawing is saved as {', '.join(SUFFIXES)}, got {str(path)!r}")

    def mermaid(self) -> str:
        """Return the diagram in Mermaid, for a code block of the language `mermaid` in Markdown."""
        return to_mermaid(self._diagram)

    def _repr_svg_(self) -> str:
        """Return the picture for a notebook."""
        return to_svg(build_scene(self._diagram), f"Computation graph: {self._diagram.note}")

    def __repr__(self) -> str:
        return f"<Drawing: {self._diagram.note}>"


def draw(output: Tensor, *, values: bool = False, max_nodes: int = 200) -> Drawing:
    """Return a picture of the computation graph of `output`, which a notebook displays.

    Each operation is a card with its namespace and name, its parameters and settings, and the shapes and
    dtypes of its outputs. Arrows lead from an output to the operations that use it; several arrows into one
    operation have the names of its arguments, unless the order does not matter (`add`). A call of a module is
    a box around the operations that it recorded, titled with its path in the model. A tensor, array or
    module that is the value of a variable of the caller has the name of the variable. A tensor that was
    computed without recording (under `no_grad`, or from tensors that require no gradient) is an input.

    If a pattern repeats eight times or more in a row, the first and last repetition are drawn, and the others
    are folded into one card. If more than `max_nodes` cards are left, patterns with four repetitions are
    folded, then the calls of modules, innermost first, and at last the beginning of the computation. A note
    in the picture gives the number of folded operations.

    The graph is not changed, and the drawing keeps no reference to it.

    Parameters
    ----------
    output : Tensor
        A computed tensor, such as a loss. Draw it before `backward` frees the graph, or call
        `backward(retain_graph=True)`.
    values : bool
        Whether cards show the values of arrays of up to nine elements, and the gradient of `output` (of its
        sum if it is not a scalar) with respect to these arrays. This takes the time of a `backward`.
    max_nodes : int
        At least 1.

    Returns
    -------
    Drawing
        `.save("graph.svg")`, or .png (needs matplotlib: `pip install "minigrad-core[draw]"`), or .dot, for
        Graphviz, or .mmd, for Mermaid; `.mermaid()` is the text that Markdown on GitHub shows as a diagram.

    Raises
    ------
    ArgumentError
        `output` is not a tensor, or was computed without recording; or `max_nodes` is not an integer of at
        least 1.
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
            "this tensor was computed without recording: nothing it was computed from requires a gradient, "
            "or it was computed under no_grad; draw a tensor that was computed from parameters or "
            "mg.tensor(data, requires_grad=True)"
        )
    variables = visible_variables(sys._getframe(1))  # noqa: SLF001 - the names that the user gave
    return Drawing(_diagram(output, values, max_nodes, variables))


def _diagram(output: Tensor, values: bool, max_nodes: int, variables: dict[str, object]) -> Diagram:
    """Return the diagram. All references to the graph end with this frame."""
    tape = Tape(output)
    names = Names(variables)
    names.number_shared_parameters(tape.nodes)
    tree = group_calls(tape.nodes, names)
    shown = CardValues(output if values else None)
    return fold_tree(tree, max_nodes, lambda tree: build_diagram(tape, tree, names, shown))
