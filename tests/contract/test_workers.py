"""Worker processes: what ends without a report has one all the same, of each of its laws."""

from __future__ import annotations

import multiprocessing
import os
import select
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from minigrad_core.testing import Exemption
from minigrad_core.testing.report.exemptions import apply_exemptions
from minigrad_core.testing.workers import check_in_workers

if TYPE_CHECKING:
    from minigrad_core.testing.report.report import Report


@dataclass(frozen=True)
class Ending:
    """A subject as a worker takes it, that never returns a report."""

    name: str
    how: str
    laws = ("frame", "derivative", "type")

    def check(self, seed: int = 0) -> Report:
        if self.how == "died":
            os._exit(7)
        while True:
            time.sleep(1)


def ended(how: str) -> Report:
    """Return what is reported of a subject that ends so."""
    (report,) = check_in_workers([Ending("mine::ending", how)], jobs=1, timeout=1.0)  # type: ignore[list-item]
    return report


@pytest.mark.parametrize(("how", "text"), [("died", "exit code 7"), ("timed-out", "more than 1 s")])
def test_what_ends_its_process_fails_the_first_law_and_no_other_one_passes(how: str, text: str) -> None:
    report = ended(how)
    assert [(failure.check, failure.code) for failure in report.failures] == [("frame", how)]
    assert set(report.skipped) == {"derivative", "type"}
    assert all(text in reason for reason in (report.failures[0].message, *report.skipped.values()))


def test_of_what_ended_its_process_no_other_exemption_is_said_to_be_out_of_date() -> None:
    (failure,) = apply_exemptions(ended("died"), [Exemption("mine::ending", "type", "issue 12")]).failures
    assert failure.code == "died"


@dataclass(frozen=True)
class Loop:
    """A subject that writes a byte to a pipe, and never ends."""

    pipe: int
    name, laws = "mine::loop", ("frame",)

    def check(self, seed: int = 0) -> Report:
        os.write(self.pipe, b".")
        while True:
            time.sleep(1)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no signal for a lost parent")
def test_worker_ends_when_its_parent_is_killed() -> None:
    reader, writer = os.pipe()
    run = [Loop(writer)]
    parent = multiprocessing.get_context("fork").Process(
        target=lambda: list(check_in_workers(run, jobs=1, timeout=60.0))  # type: ignore[arg-type]
    )
    parent.start()
    os.close(writer)
    assert os.read(reader, 1) == b"."
    parent.kill()
    parent.join()
    ready, _, _ = select.select([reader], [], [], 10)
    assert ready  # the pipe has no writer: the worker has ended, too
    assert os.read(reader, 1) == b""
    os.close(reader)
