"""Subjects of other frameworks as pytest items, checked in a worker process."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from importlib.machinery import PathFinder

import cloudpickle
import pytest

from minigrad_core.errors import ArgumentError
from minigrad_core.testing.report.exemptions import Exemption, apply_exemptions, refuse_stale
from minigrad_core.testing.report.report import Report
from minigrad_core.testing.workers import check_in_workers

from ..subjects.foreign import ForeignSubject
from .selected import SelectedSubject


def contract_tests(
    subjects: Iterable[ForeignSubject], *, exempt: Iterable[Exemption] = (), timeout: float = 60.0
) -> Callable[..., None]:
    """Return a test of subjects, with one item for each subject and law.

    In a test file: `test_contract = contract_tests([subjects.torch(Square, broadcasts=True)])`. The subjects
    are checked in a separate process, which imports what it needs. If a subject kills this process, or takes
    longer than `timeout` seconds, its items fail and other subjects are not affected.

    Raises
    ------
    ArgumentError
        Two subjects have the same name: pass another one, `subjects.torch(f, name="...")`.
    UnknownNameError
        An exemption names no subject.
    """
    all_subjects, exemptions = tuple(subjects), tuple(exempt)
    twice = [name for name, count in Counter(s.name for s in all_subjects).items() if count > 1]
    if twice:
        raise ArgumentError(f'two subjects are called {twice[0]}: give one of them name="..."')
    selected = [SelectedSubject(s.name, s.package) for s in all_subjects]
    refuse_stale(exemptions, selected)  # type: ignore[arg-type]

    @cache
    def check_subjects() -> dict[str, Report]:
        pickled = [SelectedSubject(s.name, s.package, _pickle_subject(s)) for s in all_subjects]
        reports = check_in_workers(pickled, jobs=1, timeout=timeout, start="spawn")  # type: ignore[arg-type]
        return {report.subject: apply_exemptions(report, exemptions) for report in reports}

    items = [(s.name, law) for s in selected for law in s.laws]

    @pytest.mark.parametrize(("name", "law"), items, ids=[f"{name}::{law}" for name, law in items])
    def test_contract(name: str, law: str) -> None:
        report = check_subjects()[name]
        failures = [f for f in report.failures if f.check in (law, "load")]
        if failures:
            pytest.fail("\n\n".join(map(str, failures)), pytrace=False)
        if law in report.skipped:
            pytest.skip(report.skipped[law])

    return test_contract


def _pickle_subject(subject: ForeignSubject) -> bytes:
    """Return a pickled subject, with the code of its module if a worker process cannot import that."""
    module = sys.modules.get(str(getattr(subject.f, "__module__", "")))
    if module is None or _is_importable(module.__name__):
        return cloudpickle.dumps(subject)
    cloudpickle.register_pickle_by_value(module)
    try:
        return cloudpickle.dumps(subject)
    finally:
        cloudpickle.unregister_pickle_by_value(module)


def _is_importable(name: str) -> bool:
    """Whether another process can import a module; pytest may give a test module a name of its own."""
    return name != "__main__" and PathFinder.find_spec(name.partition(".")[0]) is not None
