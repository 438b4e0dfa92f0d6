"""The checks of `minigrad check` on a package itself."""

from __future__ import annotations

import builtins
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import minigrad_core as mg
from minigrad_core.cli.group import minigrad
from minigrad_core.cli.import_probe import probe_import
from minigrad_core.cli.package_lint import CHECKS, check_packages
from minigrad_core.errors import PluginLoadError
from minigrad_core.plugins import isolated_registry
from minigrad_core.plugins.loader import PluginLoader
from minigrad_core.testing.registered_subjects import find_subjects
from minigrad_core.testing.report.report import Failure
from tests.plugins.test_function_claims import ANSWERS
from tests.plugins.testbed import RANGE, WORKING, OpenRegistry, Site


def failures(*selectors: str) -> list[Failure]:
    return [failure for report in check_packages(selectors) for failure in report.failures]


def only(check: str, *selectors: str) -> str:
    """Return the message of the one failure, which must be of that check."""
    (failure,) = failures(*selectors)
    assert failure.check == check
    assert failure.code == f"package-{check}"
    return failure.message


def test_a_package_in_order_passes_every_check(site: Site) -> None:
    code = ANSWERS.format(function="special.erf", factor=2.0)
    requires = [RANGE, "SciPy>=1"]
    site.add("mg-a", namespace="a", code=code, requires=requires, functions=["scipy.special.erf"], typed=True)
    (report,) = check_packages(())
    assert (report.subject, report.ran, report.failures) == ("mg-a", tuple(CHECKS), ())
    assert report.ok


@pytest.mark.parametrize("typed", [True, False])
def test_a_plugin_in_a_zip_is_read(
    site: Site, typed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add("mg-a", namespace="a", code="import scipy", typed=typed)
    archive = Path(shutil.make_archive(str(tmp_path / "plugins"), "zip", site.folder))
    shutil.rmtree(site.folder)
    site.folder = archive
    monkeypatch.syspath_prepend(archive)
    with isolated_registry(environ={}, find=site.find):
        module = "mg_a_plugin/__init__.py" if typed else "mg_a_plugin.py"
        assert only("dependencies") == f"{archive / module}:1 imports scipy, and no requirement brings it"


def test_a_module_that_takes_part_in_training_is_judged_too(site: Site) -> None:
    site.add(
        "mg-a", namespace="a", code="print('hello')\nimport scipy", group="minigrad.training", requires=()
    )
    for selectors in ((), ("a",)):
        findings = [(failure.check, failure.message) for failure in failures(*selectors)]
        assert ("import", "importing mg_a_plugin prints: hello") in findings
        assert [check for check, _ in findings] == ["core-range", "import", "dependencies"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("minigrad.plugins", "minigrad"),
        ("minigrad_plugins", "minigrad"),
        ("minigrad-plugin", "minigrad"),
        ("Minigrad", "minigrad"),
        ("minigrad.function", "minigrad.functions"),
        ("minigrad.train", "minigrad.training"),
    ],
)
def test_a_group_that_no_program_reads_is_reported(site: Site, wrong: str, right: str) -> None:
    info = site.add("mg-a", namespace="a")
    (info / "entry_points.txt").write_text(f"[{wrong}]\na = mg_a_plugin\n")
    fact = f"no program reads the entry-point group {wrong!r}; the right name is {right!r}"
    assert only("entry-points") == fact


def test_namespaces_choose_packages(site: Site, open_registry: OpenRegistry) -> None:
    for name in "abc":
        site.add(f"mg-{name}", namespace=name, code="")
    open_registry(MINIGRAD_DISABLE_PLUGINS="c")
    assert [report.subject for report in check_packages(("b", "a::scale"))] == ["mg-b"]
    assert sorted(report.subject for report in check_packages(())) == ["mg-a", "mg-b"]


@pytest.mark.parametrize("requires", [(), ("minigrad-core",), ("numpy>=2",), ("minigrad-core-extras>=1",)])
def test_a_range_of_the_core_is_asked_for(site: Site, requires: list[str]) -> None:
    site.add("mg-a", namespace="a", requires=requires)
    assert only("core-range") == (
        "no range of minigrad-core is declared: a later core that breaks it would load it"
    )


@pytest.mark.parametrize(
    "later",
    [">=0.1", "!=0.3", ">=0.1,!=0.2", "~=0.1", ">=0.1,<1", "==0.*", ">=0.1,<0.3", "<=0.2", ">=0.1,<0.2.1"],
)
def test_a_range_that_a_later_core_satisfies_is_a_fault(site: Site, later: str) -> None:
    site.add("mg-a", namespace="a", requires=[f"minigrad_core[cli]{later}"])
    fact = only("core-range")
    assert "does not end before the next release that may change the contract" in fact
    assert fact.endswith("write minigrad-core>=0.1,<0.2")


@pytest.mark.parametrize(
    "requires",
    [["minigrad-core>=0.1", "minigrad-core[cli]<0.2"], ["minigrad-core~=0.1.0"], ["Minigrad.Core==0.1.0"]],
)
def test_a_range_that_ends_is_accepted(site: Site, requires: list[str]) -> None:
    site.add("mg-a", namespace="a", requires=requires)
    assert failures() == []


def test_packages_of_a_shared_namespace_are_judged_each_by_itself(site: Site) -> None:
    for name, requires in (("mine", [RANGE, "scipy"]), ("other", [RANGE])):
        folder = site.folder / "acme_lint" / name
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
        (folder / "plugin.py").write_text(WORKING.format(op="scale"))
        info = site.add(f"acme-{name}", namespace=name, requires=requires, code="")
        (info / "entry_points.txt").write_text(f"[minigrad]\n{name} = acme_lint.{name}.plugin\n")
    (site.folder / "acme_lint" / "mine" / "py.typed").touch()
    (site.folder / "acme_lint" / "mine" / "special.py").write_text("import scipy.special")
    assert [(failure.subject, failure.check) for failure in failures()] == [("acme-other", "py-typed")]
    (site.folder / "acme_lint" / "other" / "special.py").write_text("import scipy.special")
    (site.folder / "acme_lint" / "other" / "py.typed").touch()
    assert [(failure.subject, failure.check) for failure in failures()] == [("acme-other", "dependencies")]


def test_functions_without_a_namespace_are_told(site: Site, registry: PluginLoader) -> None:
    info = site.add("mg-a")
    (info / "entry_points.txt").write_text("[minigrad.functions]\nnumpy.i0 = mg_a_plugin\n")
    fact = (
        "the group 'minigrad.functions' is ignored, since no entry point in 'minigrad' names a namespace: "
        "add NAMESPACE = MODULE, with the module of numpy.i0"
    )
    assert only("entry-points") == fact
    assert registry.scan().ignored_functions == [f"mg-a: {fact}"]
    for command in (["plugins"], ["plugins", "--doctor"]):
        assert fact in CliRunner().invoke(minigrad, command).output


def test_a_package_without_the_marker_of_types_is_told(site: Site) -> None:
    site.add("mg-a", namespace="a", typed=True, module="mg_a")
    (site.folder / "mg_a" / "py.typed").unlink()
    assert only("py-typed").startswith("mg_a has no py.typed")


@pytest.mark.parametrize("group", ["minigrad_tools.plugins", "console_scripts", "minimal"])
def test_a_group_of_somebody_else_is_nobodys_business(site: Site, group: str) -> None:
    info = site.add("mg-a", namespace="a")
    (info / "entry_points.txt").write_text(f"[{group}]\na = mg_a_plugin\n")
    assert check_packages(()) == []


def test_a_function_under_no_module_of_a_namespace_is_told(site: Site) -> None:
    info = site.add("mg-a", namespace="a")
    text = "[minigrad]\na = mg_a_plugin\n[minigrad.functions]\nnumpy.i0 = a\n"
    (info / "entry_points.txt").write_text(text)
    assert only("entry-points") == "numpy.i0 = 'a' is not a namespace's module; those are: mg_a_plugin"


@pytest.mark.parametrize(
    ("namespace", "message"),
    [
        ("train", "'train' belongs to minigrad-train: the claim is refused"),
        ("local", "'local' belongs to mg.register: the claim is refused"),
        ("my-ops", "'my-ops' is not a usable name"),
    ],
)
def test_a_namespace_that_it_cannot_have_is_told(site: Site, namespace: str, message: str) -> None:
    site.add("mg-a", namespace=namespace)
    assert only("namespace", namespace).startswith(message)


# Importing it takes ten seconds, by the clock of `clock`.
SLOW = "import builtins\nbuiltins.seconds += 10\n"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processor time as imported modules tell it; a forked process inherits it."""
    monkeypatch.setattr(builtins, "seconds", 0.0, raising=False)
    monkeypatch.setattr("minigrad_core.cli.import_probe.process_time", lambda: vars(builtins)["seconds"])


@pytest.mark.usefixtures("clock")
def test_an_import_that_takes_long_is_told(site: Site) -> None:
    site.add("mg-a", namespace="a", code=SLOW + WORKING.format(op="scale"))
    assert only("import").startswith("importing mg_a_plugin takes 10.0 s of processor time, and should take")


@pytest.mark.usefixtures("clock")
def test_what_owns_the_declared_functions_is_not_counted(site: Site) -> None:
    (site.folder / "library.py").write_text(SLOW)
    requires = [RANGE, "library"]
    site.add("mg-a", namespace="a", code="import library\n" + WORKING.format(op="scale"), requires=requires)
    site.add("mg-b", namespace="b", code="import library", requires=requires, functions=["library.f"])
    assert [failure.subject for failure in failures() if failure.check == "import"] == ["mg-a"]


PRINTING = ["print('hello')", "import sys; sys.stderr.write('hello')", "import os; os.write(1, b'hello')"]


@pytest.mark.parametrize("how", PRINTING)
def test_an_import_that_prints_is_told(site: Site, how: str, capfd: pytest.CaptureFixture[str]) -> None:
    site.add("mg-a", namespace="a", code=f"{how}\n" + WORKING.format(op="scale"))
    assert only("import") == "importing mg_a_plugin prints: hello"


def test_a_module_that_ends_the_process_is_left_to_loading(site: Site) -> None:
    site.add("mg-a", namespace="a", code="raise SystemExit(3)")
    assert failures() == []


@pytest.mark.parametrize(
    ("code", "timeout", "fault"),
    [
        ("import os\nos._exit(3)", 60, "importing mg_a_plugin ended the process with status 3"),
        ("import os\nos.kill(os.getpid(), 9)", 60, "importing mg_a_plugin ended the process by SIGKILL"),
        ("import time\ntime.sleep(60)", 0.5, "importing mg_a_plugin did not end within 0.5 s"),
    ],
)
def test_an_import_that_hangs_or_ends_the_process_is_a_fault(
    site: Site, registry: PluginLoader, code: str, timeout: float, fault: str
) -> None:
    site.add("mg-a", namespace="a", code=code)
    (report,) = check_packages((), groups=[registry], timeout=timeout)
    assert [(failure.check, failure.message) for failure in report.failures] == [("import", fault)]
    with pytest.raises(PluginLoadError, match=fault):  # nobody imports the plugin in this process
        _ = mg.ops.a.scale


def test_an_import_that_takes_long_is_named_meanwhile_and_no_fault(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    (site.folder / "slow.py").write_text("import time\ntime.sleep(0.2)\n")
    assert probe_import("slow", timeout=60, quiet_seconds=0.0).fault == ""
    assert capsys.readouterr().err == "importing slow, for at most 60 s\n"


def test_declared_functions_are_held_to_what_is_registered(site: Site) -> None:
    code = ANSWERS.format(function="np.i0", factor=2.0).replace("from scipy import special\n", "")
    site.add("mg-a", namespace="a", code=code, functions=["numpy.sinc"])
    reports = [subject.check() for subject in find_subjects(["a"]) if subject.kind == "plugin"]
    assert [(failure.check, failure.message) for failure in reports[0].failures] == [
        ("declared-functions", "numpy.sinc is declared in the entry points, and no operation answers for it"),
        ("declared-functions", "np.i0 is answered for, and not declared"),
    ]


@pytest.mark.parametrize(
    ("code", "package"),
    [
        ("import scipy.linalg", "scipy"),
        ("def f():\n    from scipy import linalg", "scipy"),
        ("import not_there_at_all", "not_there_at_all"),
        ("import numpy, pluggy, os, mg_a_plugin", None),  # the core's own, the interpreter's, its own
        ("import minigrad_command", None),  # the core's other module, of an editable install
        ("try:\n    import scipy\nexcept ImportError:\n    pass", None),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import scipy", None),
        ("try:\n    pass\nfinally:\n    import scipy", "scipy"),
    ],
)
def test_an_import_without_a_requirement_is_reported(site: Site, code: str, package: str | None) -> None:
    site.add("mg-a", namespace="a", code=WORKING.format(op="scale") + code)
    if package is None:
        assert failures() == []
    else:
        assert f"imports {package}, and no requirement brings it" in only("dependencies")


def test_the_command_tells_and_counts_them(site: Site) -> None:
    site.add("mg-mine", namespace="mine", requires=())
    done = CliRunner().invoke(minigrad, ["check", "mine", "--json", "--jobs", "1"])
    report = json.loads(done.stdout)
    assert done.exit_code == 1
    failures = [f for f in report["failures"] if f["subject"] == "mg-mine"]
    assert [(f["check"], f["code"]) for f in failures] == [("core-range", "package-core-range")]


def test_a_package_that_cannot_be_read_costs_no_other(site: Site) -> None:
    site.add("mg-a", namespace="a", typed=True, module="mg_a")
    (site.folder / "mg_a" / "old.py").write_text("print 'hello'")
    site.add("mg-b", namespace="b", requires=())
    findings = [(f.subject, f.check, f.message.partition(":")[0]) for f in failures()]
    assert ("mg-a", "dependencies", "it cannot be checked") in findings
    assert "mg-b" in {subject for subject, _, _ in findings}
