"""Two optimizers in two threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..finding import Check, DoesNotApply, Finding
from ..interleave import in_turns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .study import OptimizerStudy


def threads(study: OptimizerStudy) -> Iterator[Finding]:
    """Another optimizer that steps in another thread, between any two lines of a step, changes nothing.

    Faults: working memory on the class or the module.
    Fix: make it in `update`, or keep it in `state`.
    """
    filename = _file(study)
    if not filename:
        raise DoesNotApply("its code cannot be seen")
    for settings in study.modes:
        alone = study.params()
        expected = study.run(study.make(alone, **settings), alone, 2)
        if not all(map(np.array_equal, _interrupted(study, filename, settings), expected)):
            yield Finding(
                "not-thread-safe",
                "another optimizer that steps in another thread changes a step: they share working memory",
            )
            return


def _interrupted(study: OptimizerStudy, filename: str, settings: dict[str, Any]) -> Any:
    params, others = study.params(), study.params()
    optimizer, other = study.make(params, **settings), study.make(others, **settings)
    interrupted, _ = in_turns(
        filename,
        lambda: study.run(optimizer, params, 2),
        lambda: study.run(other, others, 1, first=5),
    )
    return interrupted


def _file(study: OptimizerStudy) -> str:
    """Return where the code of a step stands: in `update`, or in `step` where it has none."""
    method = getattr(study.cls, "update", None) or getattr(study.cls, "step", None)
    code = getattr(method, "__code__", None)
    return code.co_filename if code is not None else ""


THREADS = (Check("threads", threads, after=("in_place", "surroundings", "instances")),)
