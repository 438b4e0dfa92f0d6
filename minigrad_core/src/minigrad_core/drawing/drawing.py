"""The picture that `draw` returns, to show or to save."""

from __future__ import annotations

from pathlib import Path

from ..errors import ArgumentError
from .diagram import Diagram
from .dot import to_dot
from .mermaid import to_mermaid
from .png import to_png
from .scene import build_scene
from .svg import to_svg

SUFFIXES = (".svg", ".png", ".dot")


class Drawing:
    """A picture of a computation graph. It holds text and positions, and no reference to the graph."""

    def __init__(self, diagram: Diagram) -> None:
        self._diagram = diagram

    def save(self, path: str | Path) -> None:
        """Write the picture in the format of the file's suffix: .svg, .png or .dot.

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
