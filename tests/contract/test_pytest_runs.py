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
from tests.plugins.testbed import Site

if TYPE_CHECKING:
    import subprocess


class Project(Site):
    """A folder with test files, and the distributions that are installed for its tests."""

    def pytest(
        self, *args: str, plugins: str = "mine", file: str = "", ini: str = ""
    ) -> subprocess.CompletedProcess[str]:
        folder = self.folder / "project"
        folder.mkdir(exist_ok=True)
        (folder / "pytest.ini").write_text(f"[pytest]\n{ini}")
        (folder / "test_mine.py").write_text(file)
        without = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")  # Hypothesis takes 0.2 s to import
        command = [sys.executable, "-m", "pytest", *without, "-v", *args]
        return self.run(command, {"MINIGRAD_PLUGINS": plugins, "COLUMNS": "200"}, (), folder)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture(scope="module")
def project_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    """Return a project with two plugins, one of which does not load, and the output of the option."""
    project = Project(tmp_path_factory.mktemp("project_run"))
    project.add("minigrad-mine", namespace="mine", code=plugin("printing", "wrong"))
    project.add("minigrad-bad", namespace="bad", code="raise RuntimeError('broken')")
    done = project.pytest("--minigrad-contract", plugins="mine,bad")
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    return project, done.stdout


def ids(output: str) -> list[str]:
    """Return the ids of the items that ran, in order."""
    return [line.split()[0] for line in output.splitlines() if "::" in line and line.endswith("%]")]


def test_a_wrong_operation_fails_the_projects_own_tests_once_it_is_installed(site: Site) -> None:
    pytest_command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"]
    own = [*pytest_command, str(Path(__file__).with_name("test_registered.py"))]
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    done = site.run(own, {"MINIGRAD_PLUGINS": "mine"}, ())
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "test_registered.py::test_contract[mine::wrong]" in done.stdout
    assert "mine::wrong fails derivative (wrong-gradient): input 0: the sign is wrong" in done.stdout
    assert "test_contract[mine::right" not in done.stdout


def test_the_option_collects_one_item_for_each_check_in_a_stable_order(
    project_run: tuple[Project, str],
) -> None:
    found = ids(project_run[1])
    names = [name.rpartition("::")[0] for name in found]
    assert {"mine::right::same", "mine::right::derivative"} <= set(found)
    assert names == sorted(names)
    assert set(names) == {"bad", "mine::printing", "mine::right", "mine::wrong"}
    assert len(set(found)) == len(names)


def test_the_summary_says_how_many_checks_ran(project_run: tuple[Project, str]) -> None:
    assert "minigrad contract, subjects: 4, checks: " in project_run[1]
    assert " passed, 2 failed, " in project_run[1]
    assert " not applicable" in project_run[1]


def test_a_plugin_that_does_not_load_is_a_failing_item_and_no_crash(project_run: tuple[Project, str]) -> None:
    assert "FAILED bad::load" in project_run[1]
    assert "RuntimeError: broken" in project_run[1]


def test_the_command_that_a_failure_names_runs_that_check(project_run: tuple[Project, str]) -> None:
    project, output = project_run
    lines = [line for line in output.splitlines() if line.startswith("rerun: ") and "mine::wrong" in line]
    program, *args = lines[0].removeprefix("rerun: ").split()
    assert program == "pytest"
    done = project.pytest(*args)
    assert ids(done.stdout) == ["mine::wrong::derivative"]
    assert done.returncode == 1


def test_workers_collect_the_same_items_and_one_of_them_runs_each(project: Project) -> None:
    project.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    done = project.pytest("--minigrad-contract", "-n", "2", "-q", "-k", "derivative or same or frame")
    assert done.returncode == 1
    assert "Different tests were collected" not in done.stdout
    assert "minigrad contract, subjects: 2, checks: " in done.stdout
    assert done.stdout.count("FAILED mine::wrong") == 1


def test_a_namespace_or_a_full_name_chooses_and_the_items_left_out_are_counted(project: Project) -> None:
    project.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    project.add("minigrad-other", namespace="other", code=plugin("leaving"))
    options = ("--minigrad-contract=mine::right,other", "--collect-only", "-k", "derivative")
    text = project.pytest(*options, plugins="mine,other", file="def test_one(): pass\n").stdout
    assert re.findall(r"<ContractItem (\S+)>", text) == [
        f"{name}::derivative" for name in ("mine::right", "other::leaving", "other::right")
    ]
    match = re.search(r"collected (\d+) items / (\d+) deselected / 3 selected", text)
    assert match is not None, text
    assert int(match[1]) == int(match[2]) + 3


def test_a_name_that_is_not_registered_is_a_usage_error(project: Project) -> None:
    project.add("minigrad-mine", namespace="mine", code=plugin())
    done = project.pytest("--minigrad-contract=nope")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: --minigrad-contract=nope: nothing registered is called 'nope'" in done.stderr + done.stdout


def test_without_the_option_nothing_is_loaded_or_collected(project: Project) -> None:
    project.add("minigrad-mine", namespace="mine", code="raise AssertionError('imported')")
    done = project.pytest(file="def test_one(): pass\n")
    assert done.returncode == 0
    assert "minigrad contract" not in done.stdout


def test_a_plugins_test_file_tests_it_and_exempts_by_name_and_reason(project: Project) -> None:
    project.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    file = """
from minigrad_core.testing import Exemption, contract_tests
test_contract = contract_tests("mine")
test_exempt = contract_tests("mine", exempt=[Exemption("mine::wrong", "derivative", "issue 12")])
test_stale = contract_tests("mine::right", exempt=[Exemption("mine::right", "derivative", "issue 13")])
"""
    # `record_property` of pytest would warn under --junitxml.
    done = project.pytest("-rs", "--junitxml=report.xml", "-W", "error", file=file)
    assert done.returncode == 1
    assert "error" not in done.stdout.splitlines()[-1]
    assert "test_mine.py::test_contract[mine::right::same]" in ids(done.stdout)
    assert "mine::wrong fails derivative (wrong-gradient): input 0: the sign is wrong" in done.stdout
    assert "exempt: issue 12" in done.stdout
    assert "mine::right fails derivative (unexpected-pass): it was exempted (issue 13)" in done.stdout
    assert "2 failed" in done.stdout


def test_the_ini_file_exempts_what_the_option_collects(project: Project) -> None:
    project.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    ini = "minigrad_contract_exempt =\n    mine::wrong::derivative/wrong-gradient: issue 12\n"
    done = project.pytest("--minigrad-contract", "-k", "derivative", ini=ini)
    assert done.returncode == 0, done.stdout


def test_an_exemption_that_could_rot_is_a_usage_error(project: Project) -> None:
    project.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    ini = "minigrad_contract_exempt =\n    mine::gone::derivative: issue 12\n"
    done = project.pytest("--minigrad-contract", "--collect-only", ini=ini)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    text = "the exemption of mine::gone from derivative (issue 12) is for nothing"
    assert text in done.stdout + done.stderr


def test_contract_tests_of_what_is_not_registered_is_an_error() -> None:
    with pytest.raises(UnknownNameError, match="nothing registered is called 'nope'"):
        contract_tests("nope")


def test_contract_tests_with_an_exemption_for_something_else_is_an_error() -> None:
    with pytest.raises(UnknownNameError, match=r"of nn::gone from derivative \(why\) is for nothing"):
        contract_tests("nn", exempt=[Exemption("nn::gone", "derivative", "why")])


def test_the_fixture_gives_a_plugin_a_registry_of_its_own(project: Project) -> None:
    project.add("minigrad-mine", namespace="mine", code=plugin())
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
    done = project.pytest("-n", "0", file=file)
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
