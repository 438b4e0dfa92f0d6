"""Write a Matplotlib figure to a PNG file, independently of the settings of the machine or notebook."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minigrad_core.atomic import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VARIABLES_IGNORED = ("MPLBACKEND", "MATPLOTLIBRC")  # Jupyter and users set them for figures on the screen


def write_picture(path: Path, draw: Callable[[], Figure]) -> str | None:
    """Write the figure that `draw` returns as a PNG; return a message if that fails, else None.

    The function raises no exception: a picture must not end a run of hours.
    The ground is white and opaque, so that the picture can be read on a dark page too.
    """
    try:
        with _use_matplotlib_defaults():
            png = BytesIO()
            draw().savefig(png, format="png", dpi=120)
        write_atomically(path, png.getvalue(), durable=False)
    except Exception as error:  # no fonts, no memory, no space, a folder that cannot be written, ...
        fact = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        return f"{path} could not be drawn: {fact}"
    return None


@contextmanager
def _use_matplotlib_defaults() -> Iterator[None]:
    """Use the default settings of Matplotlib, and suppress its messages about fonts and caches."""
    variables = {name: os.environ.pop(name) for name in VARIABLES_IGNORED if name in os.environ}
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
        os.environ.update(variables)
