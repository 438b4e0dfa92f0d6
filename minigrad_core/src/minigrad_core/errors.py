"""The errors that minigrad raises.

All derive from `MinigradError`. Each also derives from the built-in error that a NumPy user would catch.
"""

from __future__ import annotations


class MinigradError(Exception):
    """The base class of all errors of minigrad."""


class InputError(MinigradError, ValueError):
    """An operation cannot take its inputs: shapes do not fit, or values are out of range."""


class ArgumentError(MinigradError, TypeError):
    """A call cannot take its arguments: a wrong number, an unknown setting, or a tensor as a setting."""


class OperandError(ArgumentError):
    """An operand of another library has operators of its own, through which gradients cannot flow."""


class DifferentiabilityError(MinigradError, TypeError):
    """A derivative does not exist, for example of integers or of an operation for real numbers."""


class ConversionError(MinigradError, TypeError):
    """A conversion of a tensor that requires a gradient would silently leave the graph."""


class NoOperationError(MinigradError, TypeError):
    """No registered operation implements a NumPy function that was called on tensors."""


class GradientError(MinigradError, ValueError):
    """Gradients have the wrong shape, dtype or number, or are missing."""


class FreedGraphError(MinigradError, ValueError):
    """A second backward went through a graph whose saved values the first one had freed."""


class StaleGraphError(MinigradError, ValueError):
    """An optimizer or `load_state_dict` changed a parameter between a call and its backward."""


class TracingError(MinigradError, TypeError):
    """`mg.compile` cannot record a function: a replay would repeat a value that should be computed again."""


class StateError(MinigradError, ValueError):
    """A saved state does not fit the module or optimizer that loads it."""


class LookupFailure(MinigradError, AttributeError, KeyError):  # noqa: N818 - the subclasses end in Error
    """A name could not be resolved. As AttributeError and KeyError it makes `hasattr` and `in` work."""

    def __str__(self) -> str:  # that of KeyError would return the repr of the message
        return str(self.args[0]) if self.args else ""


class UnknownNameError(LookupFailure):
    """No plugin provides the name."""


class MissingPackageError(MinigradError, ImportError):
    """A function needs a package that is not installed."""


class PluginError(MinigradError):
    """The base class of errors of plugins."""


class PluginSettingError(PluginError, ValueError):
    """An environment variable or option names a plugin, name or value that does not exist."""


class PluginLoadError(PluginError, LookupFailure):
    """A name is not available because its plugin did not load."""
