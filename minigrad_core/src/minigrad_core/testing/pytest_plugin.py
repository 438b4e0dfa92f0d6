"""The contract kit in pytest: an option, `contract_tests` and a fixture. No other module imports pytest."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest

from ..errors import MinigradError
from .registered_subjects import RegisteredSubject, find_subjects, report_once
from .report.exemptions import Exemption, apply_exemptions, refuse_stale

MARK = "minigrad_contract"


def contract_tests(*selectors: str, exempt: Iterable[Exemption] = ()) -> Callable[..., None]:
    """Return a test of everything that a plugin registers, with one item for each law and subject.

    In its test file: `test_contract = contract_tests("mine")`.

    Parameters
    ----------
    *selectors : str
        Namespaces or full names; without any, everything that is installed.
    exempt : iterable of Exemption
        Known failures.

    Raises
    ------
    UnknownNameError
        A selector names nothing that is installed, or an exemption nothing that is selected.
    """
    exemptions, chosen = tuple(exempt), find_subjects(selectors)
    refuse_stale(exemptions, chosen)
    items = [(subject, check) for subject in chosen for check in subject.laws]

    @pytest.mark.parametrize(("subject", "check"), items, ids=[f"{s.name}::{check}" for s, check in items])
    def test_contract(subject: RegisteredSubject, check: str, request: pytest.FixtureRequest) -> None:
        # Not the fixture `record_property`, which warns under --junitxml.
        request.node.user_properties.append((MARK, subject.name))
        judge(subject, check, exemptions)

    return test_contract


def judge(subject: RegisteredSubject, check: str, exemptions: Sequence[Exemption] = ()) -> None:
    """Fail or skip the running test, according to the report of the subject."""
    report = apply_exemptions(report_once(subject), exemptions)
    if failures := [str(failure) for failure in report.failures if failure.check == check]:
        pytest.fail("\n\n".join(failures), pytrace=False)
    if check in report.skipped:
        pytest.skip(report.skipped[check])


class ContractItem(pytest.Item):
    """One check of one subject, collected without a test file."""

    def __init__(self, *, subject: RegisteredSubject, check: str, **options: Any) -> None:
        super().__init__(**options)
        self.subject, self.check = subject, check
        self.user_properties.append((MARK, subject.name))

    def runtest(self) -> None:
        """Judge the check."""
        judge(self.subject, self.check, _read_exemptions(self.config))

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Return path, line and name of the item for reports of pytest."""
        return self.path, None, self.name


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--minigrad-contract[=NS,...]` and the list of exemptions."""
    explanation = "also check operations, initializers and optimizers against the contract: all, or these"
    options: dict[str, Any] = {"nargs": "?", "const": "", "metavar": "NS,...", "help": explanation}
    parser.getgroup("minigrad").addoption("--minigrad-contract", **options)
    explanation = "known failures, one a line: SUBJECT::CHECK[/CODE]: REASON"
    parser.addini("minigrad_contract_exempt", explanation, type="linelist", default=[])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add one item for each (subject, check), before `-k` and `-m` choose among them."""
    chosen = config.getoption("--minigrad-contract")
    if chosen is None:
        return
    selectors = [name.strip() for name in chosen.split(",") if name.strip()]
    try:
        subjects, exemptions = find_subjects(selectors), _read_exemptions(config)
        if not selectors:
            refuse_stale(exemptions, subjects)
    except MinigradError as error:  # pytest takes a path after the bare option for its value
        raise pytest.UsageError(f"--minigrad-contract={chosen}: {error}") from error
    checks = [(f"{subject.name}::{law}", subject, law) for subject in subjects for law in subject.laws]
    contract_items = [
        ContractItem.from_parent(session, name=name, nodeid=name, subject=subject, check=law)
        for name, subject, law in checks
    ]
    items += contract_items
    report = pytest.CollectReport("", "passed", None, [*contract_items])
    config.hook.pytest_collectreport(report=report)  # the terminal counts these items, too


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print how many checks ran, so that a run without any check is noticed."""
    counts, names = Counter[str](), set()
    for outcome, label in {"passed": "passed", "failed": "failed", "skipped": "not applicable"}.items():
        for report in terminalreporter.stats.get(outcome, []):
            name = dict(getattr(report, "user_properties", ())).get(MARK)
            if name and (outcome == "skipped" or report.when == "call"):
                counts[label] += 1
                names.add(name)
    if counts:
        checks = ", ".join(f"{count} {label}" for label, count in counts.items())
        terminalreporter.write_line(f"minigrad contract, subjects: {len(names)}, checks: {checks}")


@pytest.fixture
def isolated_registry() -> Iterator[Callable[..., Any]]:
    """Return a function that replaces the registry during a test: `isolated_registry({"mine": module})`."""
    from ..plugins.loader import isolated_registry as isolate

    with ExitStack() as stack:
        yield lambda plugins=None, **options: stack.enter_context(isolate(plugins, **options))


def _read_exemptions(config: pytest.Config) -> list[Exemption]:
    return [Exemption.parse(line) for line in config.getini("minigrad_contract_exempt") if line.strip()]
