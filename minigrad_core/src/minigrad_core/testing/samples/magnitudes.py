"""The same shapes with other values: large, far, small, near the edges of the domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..subjects.subject import Subject
    from .sample import Recipe

STYLES = (
    ("wide", "large values (|x| > 2.5)"),
    ("small", "small values (|x| < 0.01)"),
)


def magnitudes(recipe: Recipe, subject: Subject) -> Iterator[Recipe]:
    """Yield other magnitudes; a bounded domain has ordinary values, and small distances from its edges."""
    del subject
    for style, told in STYLES:
        yield recipe.but(style=style, label=told)
