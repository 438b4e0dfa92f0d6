"""The errors of minigrad_train."""

from __future__ import annotations

from minigrad_core.errors import MinigradError


class DatasetError(MinigradError, ValueError):
    """A file of images or labels is missing, damaged, or in another format than its name says."""


class SavedRunError(MinigradError, ValueError):
    """Saved weights or a saved run are missing, damaged, of another model, or cannot be written."""


class DivergedError(MinigradError, ArithmeticError):
    """The loss is no longer a finite number: further steps would only spread the NaN."""


class RanksDifferError(MinigradError, ValueError):
    """The ranks of a run have different versions, settings, examples or weights."""


class LaunchError(MinigradError, RuntimeError):
    """A process was started as one of several ranks and cannot reach the others."""


class CallbackError(MinigradError, RuntimeError):
    """The code of a plugin raised in a hook whose error ends the run."""


class EndedRun(MinigradError):  # noqa: N818 - it is raised on purpose, and no fault
    """A callback ends the run before its last epoch; the message says why."""
