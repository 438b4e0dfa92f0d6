"""The kit in pytest: what is registered is tested, whoever wrote the tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from minigrad_core.errors import ArgumentError, UnknownNameError
from minigrad_core.testing import Exemption, contract_tests

from tests.plugins.testbed import WORKING, Site

if TYPE_CHECKING:
    from collections.abc import Callable

EVERYTHING = Path(__file__).with_name("test_everything_installed.py")
DOCUMENTED = WORKING.format(op="scale").replace(
    "    name =", '    """2 x, any shape; d/dx = 2 grad."""\n\n    name ='
)
WRONG = DOCUMENTED.replace("return grad * 2", "return grad * 3")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    folder = tmp_path / "site-packages"
    folder.mkdir()
    return Site(folder)


def run(site: Site, *arguments: str) -> tuple[int, str]:
    """Run pytest where the site's plugins are installed."""
    options = ["-p", "no:cacheprovider", "-o", "addopts=", "--import-mode=importlib", "-q", *arguments]
    done = site.python(f"import sys, pytest; sys.exit(pytest.main({options!r}))")
    return done.returncode, done.stdout + done.stderr


def test_a_wrong_operation_fails_the_projects_own_run_by_being_installed(site: Site) -> None:
    site.add("mg-mine", namespace="mine", code=WRONG)
    code, output = run(site, str(EVERYTHING), "-k", "mine")
    assert code == 1, output
    assert "test_contract[mine::scale::vjp]" in output
    assert (
        "mine::scale fails vjp (wrong-gradient): input 0: the gradient is 3/2 times the numeric one" in output
    )


def test_a_right_operation_passes_one_item_for_each_check(site: Site, tmp_path: Path) -> None:
    site.add("mg-mine", namespace="mine", code=DOCUMENTED)
    code, output = run(site, "--minigrad-contract=mine", "-v", "--rootdir", str(tmp_path), str(tmp_path))
    assert code == 0, output
    assert "mine::scale::layout PASSED" in output
    assert "minigrad contract: 1 subjects, checks: " in output
    assert "not applicable" in output


def test_items_can_be_chosen_by_name(site: Site, tmp_path: Path) -> None:
    site.add("mg-mine", namespace="mine", code=WRONG)
    code, output = run(
        site, "--minigrad-contract=mine", "-k", "linear", "--rootdir", str(tmp_path), str(tmp_path)
    )
    assert code == 0, output
    assert "1 passed" in output


def test_a_plugin_that_does_not_load_is_a_failing_item(site: Site, tmp_path: Path) -> None:
    site.add("mg-mine", namespace="mine", code="raise ImportError('no such thing')")
    code, output = run(site, "--minigrad-contract=mine", "--rootdir", str(tmp_path), str(tmp_path))
    assert code == 1, output
    assert "mine fails load (plugin-not-loaded)" in output
    assert "ImportError: no such thing" in output


def test_the_projects_configuration_exempts_strictly(site: Site, tmp_path: Path) -> None:
    site.add("mg-mine", namespace="mine", code=DOCUMENTED)
    option = "minigrad_contract_exempt=mine::scale::vjp: known"
    code, output = run(
        site, "--minigrad-contract=mine", "-k", "vjp", "-o", option, "--rootdir", str(tmp_path), str(tmp_path)
    )
    assert code == 1, output
    assert "remove the exemption" in output


def test_an_exemption_reads_as_it_is_written() -> None:
    assert Exemption.parsed("mine::gelu::precision/imprecise: tables") == Exemption(
        "mine::gelu", "precision", "tables", "imprecise"
    )


def test_an_exemption_needs_a_reason_and_a_known_check() -> None:
    with pytest.raises(ArgumentError, match="expected SUBJECT::CHECK: REASON"):
        Exemption.parsed("mine::gelu::precision")
    with pytest.raises(UnknownNameError, match="there is no check 'precison'"):
        Exemption("mine::gelu", "precison", "why")
    with pytest.raises(ArgumentError, match="needs a reason"):
        Exemption("mine::gelu", "precision", " ")


def test_a_namespace_that_nobody_installed_is_an_error() -> None:
    with pytest.raises(UnknownNameError, match="nothing registered is called 'nobody'"):
        contract_tests("nobody")


def test_plugin_authors_get_an_isolated_registry(isolated_registry: Callable[..., object]) -> None:
    import minigrad_core as mg
    from tests.contract.hostile import Hostile
    from tests.contract.test_check_command import plugin

    isolated_registry({"mine": plugin(Hostile())})
    assert "mine::hostile" in mg.ops
