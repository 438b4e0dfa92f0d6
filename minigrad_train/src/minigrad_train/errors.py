"""What can go wrong with a file of data, a saved run, or a training run."""

from __future__ import annotations

from minigrad_core.errors import MinigradError


class DatasetError(MinigradError, ValueError):
    """A file of images or labels is missing, damaged, or not what its name promises."""


class SavedRunError(MinigradError, ValueError):
    """Saved weights or a saved run is missing, damaged, of another model, or cannot be written."""


class DivergedError(MinigradError, ArithmeticError):
    """The loss is no longer a finite number: going on would only spread the NaN."""


class RanksDifferError(MinigradError, ValueError):
    """Processes that should train together would not train the same."""


class LaunchError(MinigradError, RuntimeError):
    """A process was started as one of several, and cannot reach the others."""


class CallbackError(MinigradError, RuntimeError):
    """A plugin's code raised, and its hook does not say that the run goes on."""


class EndedRun(MinigradError):  # noqa: N818 - it is raised on purpose, and no fault
    """A callback ends the run before its last epoch; the message says why."""
