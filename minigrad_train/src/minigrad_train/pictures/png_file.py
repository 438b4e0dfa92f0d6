"""From a Matplotlib figure to a file, without regard to how this machine or notebook is set up."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..atomic import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VARIABLES_IGNORED = ("MPLBACKEND", "MATPLOTLIBRC")  # what Jupyter and users set for figures on their screens


def write_picture(path: Path, draw: Callable[[], Figure]) -> str | None:
    """Write what `draw` returns as a PNG; return what went wrong, or None.

    Numbers cost hours and a picture a second: whatever goes wrong is told, and raises nothing.
    """
    try:
        with _matplotlib_alone():
            png = BytesIO()
            draw().savefig(png, format="png", dpi=120)
        write_atomically(path, png.getvalue(), durable=False)
    except Exception as error:  # no fonts, no memory, no space, a folder that cannot be written, ...
        fact = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        return f"{path} could not be drawn: {fact}"
    return None


@contextmanager
def _matplotlib_alone() -> Iterator[None]:
    """Draw as Matplotlib does by default, in silence: it speaks of fonts and caches on standard error."""
    kept = {name: os.environ.pop(name) for name in VARIABLES_IGNORED if name in os.environ}
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import matplotlib as mpl

            defaults: Any = {name: value for name, value in mpl.rcParamsDefault.items() if name != "backend"}
            with mpl.rc_context(defaults):
                yield
    finally:
        logger.setLevel(level)
        os.environ.update(kept)
