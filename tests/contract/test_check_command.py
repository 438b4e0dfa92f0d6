"""`minigrad check`: what it selects, prints and returns, and what it survives."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from types import SimpleNamespace
from typing import Any, TypeAlias

import click
import pytest
from click.testing import CliRunner, Result

from minigrad_core.cli.group import minigrad
from minigrad_core.testing.laws import INITIALIZER_LAWS, LAWS, OPTIMIZER_LAWS
from minigrad_core.testing.laws.operation import OWN_LAWS
from minigrad_core.testing.registered_subjects import find_laws
from tests.contract.faulty_plugins import plugin
from tests.plugins.testbed import Site

Checked: TypeAlias = tuple[int, dict[str, Any], str]
NAMES = sorted({law.name for law in (*LAWS, *OWN_LAWS, *INITIALIZER_LAWS, *OPTIMIZER_LAWS)})
ONLY_MINE = {"MINIGRAD_PLUGINS": "mine"}


def run(*args: str) -> Result:
    """Run the command in this process: for what starts no worker."""
    return CliRunner().invoke(minigrad, ["check", *args])


def checked(site: Site, *args: str, env: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    """Return the exit status and the object that `--json` prints."""
    done = site.minigrad("check", "--json", *args, env=ONLY_MINE if env is None else env)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def misbehaving(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """One run over every way to misbehave: the exit status, the JSON, and standard error."""
    site = Site(tmp_path_factory.mktemp("site-packages"))
    site.add(
        "minigrad-mine", namespace="mine", code=plugin("wrong", "endless", "leaving", "dying", "printing")
    )
    done = site.minigrad("check", "--json", "--timeout", "3", "--jobs", "2", env=ONLY_MINE)
    return done.returncode, json.loads(done.stdout), done.stderr


def of(report: dict[str, Any], subject: str) -> list[dict[str, str]]:
    return [failure for failure in report["failures"] if failure["subject"] == subject]


def test_status_and_summary_tell_that_all_is_well(site: Site) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin())
    done = site.minigrad("check", env=ONLY_MINE)
    assert done.returncode == 0
    assert done.stdout.startswith("subjects: 2, checks: ")  # the package, too
    assert "; all pass (" in done.stdout


def test_a_failure_is_told_with_name_check_and_code_and_sets_the_status(site: Site) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    done = site.minigrad("check", "mine", env=ONLY_MINE)
    assert done.returncode == 1
    assert "FAIL mine::wrong::derivative (wrong-gradient)\n  input 0: the sign is wrong" in done.stdout
    assert "FAIL mine::right" not in done.stdout
    assert "subjects: 3, " in done.stdout
    assert "; failed subjects: 1, failed checks: 1 (" in done.stdout


def test_json_has_the_number_of_checks_and_the_failures_and_nothing_else(misbehaving: Checked) -> None:
    status, report, _ = misbehaving
    assert status == 1
    assert list(report) == ["checks", "failures"]
    assert type(report["checks"]) is int
    assert report["checks"] > 20
    for failure in report["failures"]:
        assert list(failure) == ["subject", "check", "code", "message"]
        assert all(type(value) is str for value in failure.values())


def test_a_full_name_selects_one_operation(site: Site) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    status, report = checked(site, "mine::right")
    assert (status, report["failures"]) == (0, [])
    status, both = checked(site, "mine::right", "mine::wrong")
    assert status == 1
    assert both["checks"] > report["checks"]


def test_a_namespace_selects_what_it_has_and_loads_no_other(site: Site) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin())
    site.add("minigrad-bad", namespace="bad", code="raise RuntimeError('broken')")
    status, report = checked(site, "mine", env={"MINIGRAD_PLUGINS": "mine,bad"})
    assert (status, report["failures"]) == (0, [])


def test_a_plugin_that_does_not_load_is_a_failure_that_gives_the_cause(site: Site) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin())
    site.add("minigrad-bad", namespace="bad", code="raise RuntimeError('broken')")
    status, report = checked(site, env={"MINIGRAD_PLUGINS": "mine,bad"})
    assert status == 1
    (failure,) = report["failures"]
    assert (failure["subject"], failure["check"], failure["code"]) == ("bad", "load", "plugin-not-loaded")
    assert "RuntimeError: broken" in failure["message"]


@pytest.mark.parametrize("code", ["import sys\nsys.exit(0)", "raise KeyError('x')", "import no_such_module"])
def test_no_way_of_not_loading_passes_for_success(site: Site, code: str) -> None:
    site.add("minigrad-bad", namespace="bad", code=code)
    status, report = checked(site, env={"MINIGRAD_PLUGINS": "bad"})
    assert status == 1
    assert of(report, "bad")[0]["check"] == "load"


@pytest.mark.parametrize(
    ("name", "law", "code", "fact"),
    [
        ("wrong", "derivative", "wrong-gradient", "input 0: the sign is wrong"),
        ("endless", "frame", "timed-out", "it took more than 3 s, and was ended"),
        ("leaving", "domain", "forward-exits", "forward called sys.exit(3)"),
        ("dying", "frame", "died", "its process ended with exit code 7"),
    ],
)
def test_an_operation_that_misbehaves_is_a_failure_of_its_own_only(
    misbehaving: Checked, name: str, law: str, code: str, fact: str
) -> None:
    first = of(misbehaving[1], f"mine::{name}")[0]
    assert (first["check"], first["code"]) == (law, code)
    assert fact in first["message"]
    assert not of(misbehaving[1], "mine::right")


def test_what_operations_print_stays_out_of_the_json(misbehaving: Checked) -> None:
    _, report, stderr = misbehaving
    assert not of(report, "mine::printing")
    assert "noise" in stderr


def test_the_number_of_jobs_changes_nothing_in_the_report(site: Site) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    assert checked(site, "--jobs", "1") == checked(site, "--jobs", "3")


def test_nothing_registered_is_no_success(site: Site) -> None:
    done = site.minigrad("check", env={"MINIGRAD_PLUGINS": ""})
    assert done.returncode == 1
    assert "subjects: 0, checks: 0, not applicable: 0; nothing to check" in done.stdout


def test_an_exemption_on_the_command_line_is_strict(site: Site) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    status, report = checked(site, "--exempt", "mine::right::derivative=no reason at all")
    assert status == 1
    assert [failure["code"] for failure in of(report, "mine::right")] == ["unexpected-pass"]
    _, report = checked(site, "--exempt", "mine::wrong::derivative/wrong-gradient=issue 12")
    assert "derivative" not in {failure["check"] for failure in report["failures"]}


def test_what_is_not_registered_is_an_error_that_names_the_namespaces() -> None:
    result = run("nope")
    assert result.exit_code == 1
    assert "nothing registered is called 'nope': expected a namespace (basic, nn" in result.stderr


@pytest.mark.parametrize("name", NAMES)
def test_every_law_is_explained_with_a_remedy(name: str) -> None:
    result = run("--explain", name)
    assert result.exit_code == 0
    for kind, _ in find_laws(name):
        assert f"{name} (of an {kind})" in result.stdout
    assert " ".join(result.stdout.split()).count("Fix: ") == len(find_laws(name))


def test_a_code_is_explained_by_its_law() -> None:
    result = run("--explain", "overflow")
    assert result.exit_code == 0
    assert result.stdout.startswith("domain (of an operation), which finds 'overflow'\n\n")


def test_an_explanation_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    narrow = run("--explain", "domain").stdout
    assert max(map(len, narrow.splitlines())) <= 80
    monkeypatch.delenv("COLUMNS")
    assert run("--explain", "domain").stdout.split() == narrow.split()


def test_an_unknown_law_is_an_error_that_lists_the_laws() -> None:
    result = run("--explain", "vpj")
    assert result.exit_code == 1
    assert "there is no law 'vpj'; the laws are " in click.unstyle(result.stderr)
    assert "names its law before the code, as in FAIL mine::gelu::LAW (code)" in result.stderr


def test_lack_of_memory_is_an_error_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhaust(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("minigrad_core.cli.check.check_packages", exhaust)
    result = run("nn::relu")
    assert (result.exit_code, result.stderr) == (1, "Error: out of memory\n")


def test_python_without_docstrings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    optimized = SimpleNamespace(flags=SimpleNamespace(optimize=2))
    monkeypatch.setattr("minigrad_core.cli.check.sys", optimized)
    result = run("nn::relu")
    assert result.exit_code == 2
    assert "python -OO has removed the docstrings" in result.stderr


@pytest.mark.parametrize("option", [("--jobs", "0"), ("--timeout", "0"), ("--jobs", "many")])
def test_options_out_of_range_are_usage_errors(option: tuple[str, str]) -> None:
    assert run(*option).exit_code == 2


def test_an_interrupt_is_told_once_and_by_no_worker(site: Site) -> None:
    """Ctrl-C reaches the whole process group, so the workers too."""
    site.add("minigrad-mine", namespace="mine", code=plugin("announced"))
    command = [sys.executable, "-c", "from minigrad_core.cli import main; main()", "check", "mine::announced"]
    environment = os.environ | ONLY_MINE | {"PYTHONPATH": str(site.folder)}
    with subprocess.Popen(
        command,
        env=environment,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "running\n"
        os.killpg(process.pid, signal.SIGINT)
        errors = process.stderr.read()
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert "Aborted!" in errors
