"""A new operation is tested because it is registered: nobody has to name it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.contract.faulty_plugins import plugin

if TYPE_CHECKING:
    from tests.plugins.testbed import Site

# What is really installed need not be checked once more here.
ONLY_MINE = {"MINIGRAD_PLUGINS": "mine"}
PYTEST = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"]


def test_a_wrong_operation_fails_the_projects_own_tests_once_it_is_installed(site: Site) -> None:
    own = [*PYTEST, str(Path(__file__).with_name("test_registered.py"))]
    site.add("minigrad-mine", namespace="mine", code=plugin())
    before = site.run(own, ONLY_MINE, ())
    assert before.returncode == 0, before.stdout
    assert "minigrad contract, subjects: 1" in before.stdout

    (site.folder / "minigrad_mine_plugin.py").write_text(plugin("wrong"))
    after = site.run(own, ONLY_MINE, ())
    assert after.returncode == 1
    assert "test_registered.py::test_contract[mine::wrong::derivative]" in after.stdout
    assert "mine::wrong fails derivative (wrong-gradient): input 0: the sign is wrong" in after.stdout
    assert "test_contract[mine::right" not in after.stdout


def test_a_wrong_operation_fails_the_option_of_pytest_once_it_is_installed(
    site: Site, tmp_path: Path
) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    done = site.run(
        [*PYTEST, "--rootdir", str(tmp_path), str(tmp_path), "--minigrad-contract"], ONLY_MINE, ()
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "mine::wrong::derivative" in done.stdout
    assert "mine::right" not in done.stdout


def test_a_wrong_operation_fails_the_command_once_it_is_installed(site: Site) -> None:
    site.add("minigrad-mine", namespace="mine", code=plugin("wrong"))
    done = site.minigrad("check", "--json", env=ONLY_MINE)
    assert done.returncode == 1
    failures = json.loads(done.stdout)["failures"]
    assert {failure["subject"] for failure in failures} == {"mine::wrong"}
    assert "derivative" in {failure["check"] for failure in failures}
