"""`minigrad check`: checks all that is installed against the contract."""

from __future__ import annotations

import inspect
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any
from unicodedata import normalize

import click
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from ..atomic import write_atomically
from ..dispatch import initializers, ops, optimizers
from ..errors import UnknownNameError
from ..plugins.startup import plugin_loader
from ..testing.mutants.score import score_mutants
from ..testing.registered_subjects import KINDS, RegisteredSubject, find_laws, find_subjects
from ..testing.report.exemptions import Exemption, apply_exemptions, refuse_stale
from ..testing.report.report import Report, count_checks
from ..testing.workers import check_in_workers
from .columns import fit_text, terminal_width
from .completion import complete_subjects
from .entry_point_groups import find_other_groups
from .foreign_subjects import is_foreign, load_foreign_subject
from .hosted_plugins import HostedSubject, check_hosted_plugins
from .output_file import OutputFile
from .package_lint import check_packages, select_unregistered
from .pure_output import pure_output


@click.command()
@click.argument(
    "selectors",
    nargs=-1,
    metavar="[NAMESPACE | NS::NAME | torch:MODULE:NAME]...",
    shell_complete=complete_subjects,
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: checks, failures.")
@click.option(
    "--html", type=OutputFile(".html"), metavar="FILE", help="Write the results as a page: subjects by laws."
)
@click.option("--explain", metavar="LAW", help="Explain a law, or a code, and how to fix the fault.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default=True,
    help="Worker processes.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds per subject, and per plugin to load; all subjects of a mutant share a sixth.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Draw other values for the samples.")
@click.option(
    "--mutants", is_flag=True, help="Change the code in small ways, and list the changes that no check finds."
)
@click.option(
    "--exempt",
    multiple=True,
    metavar="NAME::LAW=REASON",
    help="A known failure; if the law passes, the exemption fails.",
)
def check(
    selectors: tuple[str, ...],
    as_json: bool,
    html: Path | None,
    explain: str | None,
    jobs: int,
    timeout: float,
    seed: int,
    mutants: bool,
    exempt: tuple[str, ...],
) -> None:
    """Check the installed plugins against the contract.

    The subjects are all operations, initializers and optimizers, their packages, and the models, datasets and
    callbacks of training; or those that are named: `minigrad check nn mine::gelu`. A function of another
    framework is named by module: `minigrad check torch:package.module:name`. The exit status is 1 if a check
    fails, or nothing is checked; with --mutants, also if a mutant survives.
    """
    if sys.flags.optimize > 1:
        raise click.UsageError(
            "python -OO has removed the docstrings, which the checks read: set no PYTHONOPTIMIZE=2"
        )
    if explain is not None:
        if as_json:
            raise click.UsageError("--explain prints text only: leave out --json")
        _explain(explain)
        return
    if html is not None and mutants:
        raise click.UsageError("--html shows the results of the laws; --mutants has no page")
    known = [Exemption.parse(text) for text in exempt]
    # Each worker has a core, and small products: a second thread of BLAS would mostly wait.
    with pure_output() as show, threadpool_limits(1, user_api="blas"):
        start = perf_counter()
        names = [normalize("NFKC", selector) for selector in selectors]  # as Python reads names
        packages, hosted, found = _select(names, timeout)
        if not selectors:
            refuse_stale(known, found)
        if mutants:
            sys.exit(_show_mutants(found, show, as_json, jobs=jobs, timeout=timeout, seed=seed))
        judged = check_in_workers(found, jobs=jobs, timeout=timeout, seed=seed)
        results = [apply_exemptions(report, known) for report in (*packages, *hosted, *judged)]
        results.sort(key=lambda report: report.subject)
        seconds = perf_counter() - start
        if html is not None:
            from .report_page import report_page  # jinja2 takes as long to import as a small check

            judged_subjects = [*found, *(HostedSubject(report.subject) for report in hosted)]
            page = report_page(results, judged_subjects, seconds=seconds, seed=seed)
            write_atomically(html.resolve(), page.encode(), durable=False)  # a link stays a link
        if as_json:
            show(json.dumps(_make_json(results), indent=2))
        else:
            _print_results(results, seconds, show)
    sys.exit(0 if results and all(report.ok for report in results) else 1)


def _explain(name: str) -> None:
    """Print the docstring of a law; of the code of a fault, those of the laws whose files have the code."""
    names = dict.fromkeys(law for kind in KINDS for law in RegisteredSubject("", kind).laws)
    laws = [named for law in names for named in find_laws(law)]
    found = [(kind, law) for kind, law in laws if law.name == name] or [
        (kind, law) for kind, law in laws if f'"{name}"' in inspect.getsource(sys.modules[law.run.__module__])
    ]
    if not found:
        hint = "A failure names its law before the code, as in FAIL mine::gelu::LAW (code)"
        raise UnknownNameError(f"there is no law {name!r}; the laws are {', '.join(sorted(names))}. {hint}")
    for kind, law in found:
        title = f"{law.name} (of an {kind})" + ("" if law.name == name else f", which finds {name!r}")
        click.echo(f"{title}\n\n{fit_text(inspect.getdoc(law.run) or '', terminal_width())}\n")


def _select(selectors: Sequence[str], timeout: float) -> tuple[list[Report], list[Report], list[Any]]:
    """Return reports on packages, reports on plugins that other packages load, and the subjects to check."""
    loader = plugin_loader()
    groups = find_other_groups(loader)
    ours = [selector for selector in selectors if not is_foreign(selector)]
    packages, hosted = [], []
    if ours or not selectors:  # packages first: the time and the output of an import can be measured once
        packages = check_packages(ours, groups=[loader, *groups], timeout=timeout)
        hosted = check_hosted_plugins(groups, ours)
    others = select_unregistered(ours) | {report.subject for report in hosted if "::" in report.subject}
    rest = sorted({name for name in ours if name not in others or _is_registered(name)})
    found = find_subjects(rest) if rest or not selectors else []
    return packages, hosted, found + [load_foreign_subject(s) for s in selectors if is_foreign(s)]


def _is_registered(name: str) -> bool:
    return "::" in name and any(name in catalog for catalog in (ops, initializers, optimizers))


def _show_mutants(
    found: Sequence[RegisteredSubject], show: Callable[[str], None], as_json: bool, **options: Any
) -> int:
    def show_progress(some: Iterator[Report], length: int) -> Iterator[Report]:
        with click.progressbar(some, length=length, label="mutants", file=sys.stderr) as bar:
            yield from bar

    score = score_mutants(found, show_progress, **options)
    show(json.dumps(score.to_json(), indent=2) if as_json else str(score))
    return 0 if score.ok else 1


def _make_json(results: Sequence[Report]) -> dict[str, object]:
    failures = [
        {"subject": f.subject, "check": f.check, "code": f.code, "message": f.message}
        for report in results
        for f in report.failures
    ]
    return {"checks": count_checks(results)["checks"], "failures": failures}


def _print_results(results: Sequence[Report], seconds: float, show: Callable[[str], None]) -> None:
    for report in results:
        for failure in report.failures:
            show(
                click.style(f"FAIL {failure.subject}::{failure.check}", fg="red", bold=True)
                + f" ({failure.code})"
            )
            show("  " + failure.message.replace("\n", "\n  ") + "\n")
    count = count_checks(results)
    verdict = "all pass" if results else "nothing to check"
    if count["failed_subjects"]:
        verdict = "failed subjects: {failed_subjects}, failed checks: {failed_checks}".format_map(count)
    summary = "subjects: {subjects}, checks: {checks}, not applicable: {not_applicable}".format_map(count)
    good = results and not count["failed_subjects"]
    show(click.style(f"{summary}; {verdict} ({seconds:.1f} s)", fg="green" if good else "red"))
