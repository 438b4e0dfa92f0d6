"""Run the kit on a list of functions, each in a worker process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from minigrad_core.testing import check_operation
from minigrad_core.testing.workers import check_in_workers
from minigrad_interop import subjects

if TYPE_CHECKING:
    from minigrad_core.testing.report.report import Report

LISTS = {"torch": "benchmarks.findings.torch_functions", "jax": "benchmarks.findings.jax_functions"}


@dataclass(frozen=True, order=True)
class ListedFunction:
    """A function of a list; its worker imports the list."""

    name: str
    framework: str
    kind = "subject"
    laws = ("domain",)  # the law that fails if the function kills its process

    def subject(self) -> Any:
        """Return the function as a subject."""
        f, cases, declared = load_list(self.framework).entries[self.name]
        return getattr(subjects, self.framework)(f, cases, name=self.name, **declared)

    def check(self, seed: int = 0, **options: Any) -> Report:
        """Apply the laws."""
        if self.framework == "torch":
            import_module("torch").set_num_threads(1)
        return check_operation(self.subject(), seed=seed, subject=self.name, **options)


def load_list(framework: str) -> Any:
    """Return the list of a framework's functions."""
    return import_module(LISTS[framework]).LISTED


def run(framework: str, names: Sequence[str] = ()) -> Iterator[Report]:
    """Yield the report of each function of a list, or of those named."""
    chosen: Any = [ListedFunction(name, framework) for name in names or load_list(framework).entries]
    yield from check_in_workers(chosen, jobs=1, timeout=120.0, start="spawn")
