"""Every error that minigrad raises on purpose.

One family under `MinigradError`; each member is also the built-in error that a NumPy user would catch.
"""

from __future__ import annotations


class MinigradError(Exception):
    """The root of the family."""


class InputError(MinigradError, ValueError):
    """Inputs that an operation cannot take: shapes that do not fit, values out of range."""


class ArgumentError(MinigradError, TypeError):
    """Arguments that a call cannot take: a wrong number, an unknown setting, a tensor as a setting."""


class DifferentiabilityError(MinigradError, TypeError):
    """A derivative was asked for where there is none."""


class ConversionError(MinigradError, TypeError):
    """A tensor that needs a gradient would leave the graph in silence."""


class NoOperationError(MinigradError, TypeError):
    """No registered operation answers for a NumPy function."""


class GradientError(MinigradError, ValueError):
    """A gradient has the wrong shape, type or number, or there is none."""


class FreedGraphError(MinigradError, ValueError):
    """A graph was swept a second time after its saved values were dropped."""


class StaleGraphError(MinigradError, ValueError):
    """A parameter was changed in place between a call and its backward."""


class StateError(MinigradError, ValueError):
    """A saved state does not fit the module or optimizer that loads it."""


class LookupFailure(MinigradError, AttributeError, KeyError):  # noqa: N818 - it names an event, its subclasses are errors
    """A name could not be resolved; also AttributeError and KeyError, so that `hasattr` and `in` behave."""

    def __str__(self) -> str:  # KeyError would show the repr of the message
        return str(self.args[0]) if self.args else ""


class UnknownNameError(LookupFailure):
    """No plugin provides the name."""


class MissingPackageError(MinigradError, ImportError):
    """What was asked for needs a package that is not installed."""


class PluginError(MinigradError):
    """The root of what goes wrong with plugins."""


class PluginSettingError(PluginError, ValueError):
    """An environment variable or option about plugins names something that is not there."""


class PluginLoadError(PluginError, LookupFailure):
    """The name is unavailable because its plugin did not load."""
