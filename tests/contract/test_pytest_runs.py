"""The kit inside pytest: the option, `contract_tests`, the exemptions and the fixture."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from minigrad_core import Context, Operation, hookimpl
from minigrad_core.errors import UnknownNameError
from minigrad_core.testing import Exemption, contract_tests
from minigrad_core.testing.pytest_plugin import judge
from minigrad_core.testing.registered_subjects import RegisteredSubject
from tests.contract.faulty_plugins import plugin

if TYPE_CHECKING:
    import subprocess

    from tests.plugins.testbed import Site

    # Runs pytest in a folder of its own, on what is installed in `site`.
    Runs = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def runs(site: Site, tmp_path: Path) -> Runs:
    def run(
        *args: str, plugins: str = "mine", file: str = "", ini: str = ""
    ) -> subprocess.CompletedProcess[str]:
        folder = tmp_path / "project"
        folder.mkdir(exist_ok=True)
        (folder / "pytest.ini").write_text(f"[pytest]\n{ini}")
        (folder / "test_mine.py").write_text(file)
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", *args]
        return site.run(command, {"MINIGRAD_PLUGINS": plugins, "COLUMNS": "200"}, (), folder)

    return run


def ids(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the ids of the items that ran, in order."""
    lines = done.stdout.splitlines()
    return [line.split()[0] for line in lines if "::" in line and line.endswith("%]")]


def test_a_wrong_operation_fails_the_projects_own_tests_once_it_is_installed(site: Site) -> None:
    pytest_command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"]
    own = [*pytest_command, str(Path(__file__).with_name("test_registered.py"))]
    site.add("minigrad-mine", namespace="mine", code=plugin())
    before = site.run(own, {"MINIGRAD_PLUGINS": "mine"}, ())
    assert before.returncode == 0, before.stdout
    assert "minigrad contract, subjects: 1" in before.stdout

    (site.folder / "minigrad_mine_plugin.py").write_text(plugin("wrong"))
    after = site.run(own, {"MINIGRAD_PLUGINS": "mine"}, ())
    assert after.returncode == 1
    assert "test_registered.py::test_contract[mine::wrong::derivative]" in after.stdout
    assert "mine::wrong fails derivative (wrong-gradient): input 0: the sign is wrong" in after.stdout
    assert "test_contract[mine::right" not in after.stdout


def test_the_option_collects_one_item_for_each_check_in_a_stable_order(site: Site, runs: Runs) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("printing"))
    done = runs("--minigrad-contract", "-k", "documentation or pickling or same")
    assert done.returncode == 0, done.stdout
    names = [name.rpartition("::")[0] for name in ids(done)]
    assert "mine::right::same" in ids(done)
    assert names == sorted(names)
    assert set(names) == {"mine::printing", "mine::right"}
    assert len(set(ids(done))) == len(names)


def test_the_summary_says_how_many_checks_ran(site: Site, runs: Runs) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    done = runs("--minigrad-contract", "-q")
    assert "minigrad contract, subjects: 2, checks: " in done.stdout
    assert " passed, 1 failed, " in done.stdout
    assert " not applicable" in done.stdout


def test_workers_collect_the_same_items_and_one_of_them_runs_each(site: Site, runs: Runs) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    done = runs("--minigrad-contract", "-n", "2", "-q", "-k", "derivative or same or frame")
    assert done.returncode == 1
    assert "Different tests were collected" not in done.stdout
    assert "minigrad contract, subjects: 2, checks: " in done.stdout
    assert done.stdout.count("FAILED mine::wrong") == 1


def test_what_is_left_out_by_a_name_is_counted(site: Site, runs: Runs) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin())
    text = runs("--minigrad-contract", "-k", "derivative", file="def test_one(): pass\n").stdout
    match = re.search(r"collected (\d+) items / (\d+) deselected / 1 selected", text)
    assert match is not None, text
    assert int(match[1]) == int(match[2]) + 1


def test_a_namespace_or_a_full_name_chooses(site: Site, runs: Runs) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    site.add("minigrad-other", namespace="other", code=plugin("leaving"))
    done = runs("--minigrad-contract=mine::right,other", "--collect-only", "-q", plugins="mine,other")
    assert "mine::right::derivative" in done.stdout
    assert "other::leaving::derivative" in done.stdout
    assert "mine::wrong" not in done.stdout


def test_a_name_that_is_not_registered_is_a_usage_error(site: Site, runs: Runs) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin())
    done = runs("--minigrad-contract=nope")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: --minigrad-contract=nope: nothing registered is called 'nope'" in done.stderr + done.stdout


def test_the_command_that_a_failure_names_runs_that_check(site: Site, runs: Runs) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    text = next(
        line for line in runs("--minigrad-contract").stdout.splitlines() if line.startswith("rerun: ")
    )
    program, *args = text.removeprefix("rerun: ").split()
    assert program == "pytest"
    done = runs(*args)
    assert ids(done) == ["mine::wrong::derivative"]
    assert done.returncode == 1


def test_without_the_option_nothing_is_loaded_or_collected(site: Site, runs: Runs) -> None:
    site.add("minigrad-mine", namespace="mine", code="raise AssertionError('imported')")
    done = runs(file="def test_one(): pass\n")
    assert done.returncode == 0
    assert "minigrad contract" not in done.stdout


def test_a_plugin_that_does_not_load_is_a_failing_item_and_no_crash(site: Site, runs: Runs) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin())
    site.add("minigrad-bad", namespace="bad", code="raise RuntimeError('broken')")
    done = runs("--minigrad-contract", plugins="mine,bad")
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "FAILED bad::load" in done.stdout
    assert "RuntimeError: broken" in done.stdout
    assert "mine::right::derivative" in ids(done)


def test_one_line_in_a_test_file_tests_the_plugin(site: Site, runs: Runs) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    file = 'from minigrad_core.testing import contract_tests\ntest_contract = contract_tests("mine")\n'
    done = runs(file=file)
    assert done.returncode == 1
    assert "test_mine.py::test_contract[mine::right::same]" in ids(done)
    assert "mine::wrong fails derivative (wrong-gradient): input 0: the sign is wrong" in done.stdout


def test_a_plugins_test_file_exempts_by_name_and_reason(site: Site, runs: Runs) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    file = """
from minigrad_core.testing import Exemption, contract_tests
test_contract = contract_tests("mine", exempt=[Exemption("mine::wrong", "derivative", "issue 12")])
test_stale = contract_tests("mine::right", exempt=[Exemption("mine::right", "derivative", "issue 13")])
"""
    done = runs("-rs", file=file)
    assert "exempt: issue 12" in done.stdout
    assert "mine::right fails derivative (unexpected-pass): it was exempted (issue 13)" in done.stdout
    assert "1 failed" in done.stdout


def test_the_ini_file_exempts_what_the_option_collects(site: Site, runs: Runs) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    ini = "minigrad_contract_exempt =\n    mine::wrong::derivative/wrong-gradient: issue 12\n"
    done = runs("--minigrad-contract", ini=ini)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("mine::wrong::vpj: issue 12", "there is no law 'vpj'"),
        (
            "mine::gone::derivative: issue 12",
            "the exemption of mine::gone from derivative (issue 12) is for nothing",
        ),
        ("mine::wrong::derivative", "expected SUBJECT::CHECK: REASON"),
    ],
)
def test_an_exemption_that_could_rot_is_a_usage_error(site: Site, runs: Runs, line: str, text: str) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    done = runs("--minigrad-contract", "--collect-only", ini=f"minigrad_contract_exempt =\n    {line}\n")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert text in done.stdout + done.stderr


def test_contract_tests_of_what_is_not_registered_is_an_error() -> None:
    with pytest.raises(UnknownNameError, match="nothing registered is called 'nope'"):
        contract_tests("nope")


def test_contract_tests_with_an_exemption_for_something_else_is_an_error() -> None:
    with pytest.raises(UnknownNameError, match=r"of nn::gone from derivative \(why\) is for nothing"):
        contract_tests("nn", exempt=[Exemption("nn::gone", "derivative", "why")])


def test_the_fixture_gives_a_plugin_a_registry_of_its_own(site: Site, runs: Runs) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin())
    file = """
import minigrad_core as mg
import numpy as np
import pytest

class Half(mg.Operation):
    name = "half"
    def forward(self, ctx, x): return x / 2
    def backward(self, ctx, grad): return grad / 2

class Plugin:
    @mg.hookimpl
    def minigrad_operations(self): return [Half()]

def test_inside(isolated_registry):
    isolated_registry({"fresh": Plugin()})
    assert mg.ops["fresh::half"](np.ones(2)).numpy()[0] == 0.5

def test_after():
    with pytest.raises(LookupError):
        mg.ops["fresh::half"]
"""
    done = runs("-n", "0", file=file)
    assert done.returncode == 0, done.stdout


class Times(Operation):
    """A multiple of x. d/dx = grad times what `backward` takes for the factor."""

    name = "times"
    broadcasts = True

    def __init__(self, assumed: float) -> None:
        self.assumed = assumed

    def forward(self, ctx: Context, x: Any) -> Any:
        return 3 * x

    def backward(self, ctx: Context, grad: Any) -> Any:
        return self.assumed * grad


@dataclass
class TimesPlugin:
    assumed: float

    @hookimpl
    def minigrad_operations(self) -> list[Operation]:
        return [Times(self.assumed)]


def test_what_has_one_name_in_two_registries_is_judged_in_both(isolated_registry: Callable[..., Any]) -> None:
    times = RegisteredSubject("mine::times", "operation")
    isolated_registry({"mine": TimesPlugin(2.0)})
    with pytest.raises(pytest.fail.Exception, match="wrong-gradient"):
        judge(times, "derivative")
    isolated_registry({"mine": TimesPlugin(3.0)})
    judge(times, "derivative")
