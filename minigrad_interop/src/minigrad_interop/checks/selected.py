"""Subjects as `minigrad check` and pytest hand them to worker processes."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import cloudpickle

from minigrad_core.errors import MinigradError
from minigrad_core.testing import check_operation
from minigrad_core.testing.laws import LAWS
from minigrad_core.testing.report.report import Failure, Report

from .. import subjects

if TYPE_CHECKING:
    from ..subjects.foreign import ForeignSubject

OWN_LAWS = {"torch": ("saved", "outputs"), "jax": ("compiled", "outputs"), "autograd": ()}


@dataclass(frozen=True, order=True)
class SelectedSubject:
    """A subject that its worker finds, or unpacks.

    Attributes
    ----------
    name : str
        What it is called in reports; of the command line the selector, `torch:package.module:name`.
    framework : str
        A key of `OWN_LAWS`.
    pickled : bytes
        The subject, pickled; empty if the name is a selector.
    """

    name: str
    framework: str
    pickled: bytes = b""
    kind = "subject"

    @cached_property
    def laws(self) -> tuple[str, ...]:
        """The names of its laws."""
        return (*(law.name for law in LAWS), *OWN_LAWS[self.framework])

    def check(self, seed: int = 0, **options: Any) -> Report:
        """Apply the laws, here."""
        try:
            subject: Any = cloudpickle.loads(self.pickled) if self.pickled else load_subject(self.name)
        except (Exception, SystemExit) as error:
            fact = str(error) if isinstance(error, MinigradError) else f"{type(error).__name__}: {error}"
            failure = Failure(self.name, "load", "not-loaded", fact)
            return Report(self.name, ("load",), (failure,), dict.fromkeys(self.laws, "it did not load"))
        _limit_threads(self.framework)
        return check_operation(subject, seed=seed, subject=self.name, **options)


def load_subject(selector: str) -> ForeignSubject:
    """Return the subject that `framework:module:name` names, made of a function if it is none."""
    framework, module, name = selector.split(":", 2)
    sys.path[:0] = [""] * ("" not in sys.path)  # as `python -m` has it: modules beside the shell
    value: Any = attrgetter(name)(import_module(module))
    return value if hasattr(value, "declared") else getattr(subjects, framework)(value)


def _limit_threads(framework: str) -> None:
    """Give PyTorch one thread: for arrays of this size more only wait, and fork badly."""
    if framework == "torch":
        import torch

        torch.set_num_threads(1)


def select(selector: str) -> SelectedSubject:
    """Return what `minigrad check` is given: nothing is imported before a worker does it.

    Raises
    ------
    MinigradError
        The selector has no module or no name.
    """
    framework, _, rest = selector.partition(":")
    if not all(part.strip() for part in rest.partition(":")):
        raise MinigradError(f"{selector}: expected {framework}:package.module:name")
    return SelectedSubject(selector, framework)
