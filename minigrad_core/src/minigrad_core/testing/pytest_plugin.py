"""The contract kit in pytest: an option, `contract_tests` and a fixture. Nothing else imports pytest."""

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
    """Return a test of what a plugin registers, one item for each law.

    In its test file: `test_contract = contract_tests("mine")`.

    Parameters
    ----------
    *selectors : str
        Namespaces or full names; everything installed without any.
    exempt : iterable of Exemption
        Known failures.

    Raises
    ------
    UnknownNameError
        A selector names nothing that is installed, or an exemption nothing that is selected.
    """
    known, chosen = tuple(exempt), find_subjects(selectors)
    refuse_stale(known, chosen)
    items = [(subject, check) for subject in chosen for check in subject.laws]

    @pytest.mark.parametrize(("subject", "check"), items, ids=[f"{s.name}::{check}" for s, check in items])
    def test_contract(subject: RegisteredSubject, check: str, record_property: Any) -> None:
        record_property(MARK, subject.name)
        judge(subject, check, known)

    return test_contract


def judge(subject: RegisteredSubject, check: str, exemptions: Sequence[Exemption] = ()) -> None:
    """Fail or skip the running test as the report of the subject says."""
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
        judge(self.subject, self.check, _exemptions(self.config))

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Return what the item is called in reports."""
        return self.path, None, self.name


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--minigrad-contract[=NS,...]` and the list of exemptions."""
    explanation = (
        "also check operations, initializers and optimizers against minigrad's contract: all, or these"
    )
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
        found, exemptions = find_subjects(selectors), _exemptions(config)
        if not selectors:
            refuse_stale(exemptions, found)
    except MinigradError as error:  # a path after the bare option is taken for its value
        raise pytest.UsageError(f"--minigrad-contract={chosen}: {error}") from error
    named = [(f"{s.name}::{check}", s, check) for s in found for check in s.laws]
    made = [ContractItem.from_parent(session, name=n, nodeid=n, subject=s, check=c) for n, s, c in named]
    items += made
    config.hook.pytest_collectreport(report=pytest.CollectReport("", "passed", None, [*made]))  # it counts


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many checks ran: silence cannot pass for success."""
    counts, names = Counter[str](), set()
    for outcome, explanation in {"passed": "passed", "failed": "failed", "skipped": "not applicable"}.items():
        for report in terminalreporter.stats.get(outcome, []):
            name = dict(getattr(report, "user_properties", ())).get(MARK)
            if name and (outcome == "skipped" or report.when == "call"):
                counts[explanation] += 1
                names.add(name)
    if counts:
        checks = ", ".join(f"{count} {explanation}" for explanation, count in counts.items())
        terminalreporter.write_line(f"minigrad contract, subjects: {len(names)}, checks: {checks}")


@pytest.fixture
def isolated_registry() -> Iterator[Callable[..., Any]]:
    """Return a function that exchanges the registry for the test: `isolated_registry({"mine": module})`."""
    from ..plugins.loader import isolated_registry as exchanged

    with ExitStack() as stack:
        yield lambda plugins=None, **options: stack.enter_context(exchanged(plugins, **options))


def _exemptions(config: pytest.Config) -> list[Exemption]:
    return [Exemption.parse(line) for line in config.getini("minigrad_contract_exempt") if line.strip()]
