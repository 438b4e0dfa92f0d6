"""What a subject may refuse, and what it refused though it may not."""

from dataclasses import dataclass

from ..errors import MinigradError
from .finding import Broken
from .guarded import on_purpose
from .samples.sample import Recipe, Sample


@dataclass(frozen=True)
class Refused:
    """A sample at which the subject raised, though it may not."""

    sample: Sample
    broken: Broken


def may_refuse(recipe: Recipe, broken: Broken, *, elementwise: bool) -> bool:
    """Whether raising is an answer to these arguments.

    What the author promised must work; sizes and values that the kit made up may be refused with a ValueError
    or an error of ours, settings that it made up with anything.
    """
    cause = broken.cause
    if recipe.family == "extremes" and isinstance(cause, Exception):
        return True
    if recipe.promised:
        size = bool(recipe.sizes) and isinstance(cause, ValueError) and on_purpose(cause)
        return size or isinstance(cause, MinigradError)
    if recipe.settings:
        return isinstance(cause, Exception)
    refusals: tuple[type[BaseException], ...] = (ValueError, MinigradError)
    if not elementwise:
        refusals = (*refusals, IndexError, TypeError)
    if recipe.family in ("indices", "integers", "odd"):
        refusals = (*refusals, TypeError, IndexError, ArithmeticError)
    return isinstance(cause, refusals)
