"""Subjects that `minigrad check` and pytest send to worker processes."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from operator import attrgetter
from typing import Any

import cloudpickle

from minigrad_core.errors import MinigradError
from minigrad_core.testing import check_operation
from minigrad_core.testing.laws import LAWS
from minigrad_core.testing.report.report import Failure, Report

from .. import subjects
from ..subjects.foreign import ForeignSubject

FRAMEWORK_LAWS = {"torch": ("saved", "outputs"), "jax": ("compiled", "outputs"), "autograd": ()}


@dataclass(frozen=True, order=True)
class SelectedSubject:
    """A subject that its worker process imports or unpickles.

    Attributes
    ----------
    name : str
        The name in reports; on the command line, the selector `torch:package.module:name`.
    framework : str
        A key of `FRAMEWORK_LAWS`.
    pickled : bytes
        The pickled subject; empty if the name is a selector.
    """

    name: str
    framework: str
    pickled: bytes = b""
    kind = "subject"

    @cached_property
    def laws(self) -> tuple[str, ...]:
        """The names of the laws that apply."""
        return (*(law.name for law in LAWS), *FRAMEWORK_LAWS[self.framework])

    def check(self, seed: int = 0, **options: Any) -> Report:
        """Load the subject and apply the laws in this process."""
        try:
            subject: Any = cloudpickle.loads(self.pickled) if self.pickled else load_subject(self.name)
        except (Exception, SystemExit) as error:
            fact = str(error) if isinstance(error, MinigradError) else f"{type(error).__name__}: {error}"
            if isinstance(error, ModuleNotFoundError) and error.name == self.framework:
                fact += f"; pip install 'minigrad-interop[{self.framework}]'"
            failure = Failure(self.name, "load", "not-loaded", fact)
            return Report(self.name, ("load",), (failure,), dict.fromkeys(self.laws, "it did not load"))
        _limit_threads(self.framework)
        return check_operation(subject, seed=seed, subject=self.name, **options)


def load_subject(selector: str) -> ForeignSubject:
    """Return the subject with the selector `framework:module:name`; a function becomes a subject."""
    framework, module, name = selector.split(":", 2)
    sys.path[:0] = [""] * ("" not in sys.path)  # the current directory, as for `python -m`
    value: Any = attrgetter(name)(import_module(module))
    return value if hasattr(value, "declared") else getattr(subjects, framework)(value)


def _limit_threads(framework: str) -> None:
    """Give PyTorch one thread: on small arrays more threads only wait, and they do not survive a fork."""
    if framework == "torch":
        import torch

        torch.set_num_threads(1)


def select(selector: str) -> SelectedSubject:
    """Return the subject of a selector of `minigrad check`; only its worker process imports anything.

    Raises
    ------
    MinigradError
        The selector has no module or no name.
    """
    framework, _, rest = selector.partition(":")
    if not all(part.strip() for part in rest.partition(":")):
        raise MinigradError(f"{selector}: expected {framework}:package.module:name")
    return SelectedSubject(selector, framework)
