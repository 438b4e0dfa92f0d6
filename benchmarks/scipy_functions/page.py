"""The page of the site that lists SciPy's functions by class."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import version
from typing import TYPE_CHECKING

from .judge import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from .command import Result

COLUMNS = {
    Verdict.RIGHT: "right",
    Verdict.NO_GRADIENT: "no gradient",
    Verdict.CONVERTED: "converted",
    Verdict.OPEN: "open",
    Verdict.WRONG: "wrong",
    Verdict.SILENT: "silent",
}
HEAD = """\
# SciPy's functions on tensors

SciPy {version} declares {total} functions for arrays of other libraries. `python -m benchmarks.scipy_functions` calls each of them once on tensors, with
`SCIPY_ARRAY_API=1`, compares its gradients with differences of the same call on plain arrays, and writes this page.
[A guide](../how-to/scipy.md) shows how to use them. The program ran with `minigrad-scipy`, which has the derivatives of the special functions. `minigrad-scipy`
also has modules of its own under SciPy's names, with derivatives of many functions of the class *converted*:
[the table of all functions with derivatives](generated/scipy-functions.md) has both.

| class | functions | meaning |
|---|---|---|
| right | {right} | values and gradients are those of the plain call |
| no gradient | {no_gradient} | the result is a whole number, a boolean or piecewise constant, or the function takes no floats |
| converted | {converted} | SciPy itself makes a NumPy array or a Python number of its argument: an error, never a lost gradient |
| open | {open} | another error, listed [below](#open) |
| wrong | {wrong} | another value or gradient |
| silent | {silent} | a result that depends on the argument and requires no gradient |

`convolve` and `correlate` are called with `method="fft"`, since `"auto"` makes a Python number of the largest value. Hypothesis tests
have the gradient of the statistic. A p-value has a gradient if an installed operation implements its special function; otherwise a gradient that reaches the p-value raises.

## By module
"""  # noqa: E501 - lines of Markdown
TAIL = "\n**Next:** [with SciPy, scikit-learn and einops](../how-to/scipy.md)."


def write_page(path: Path, results: Sequence[Result]) -> None:
    """Write the page."""
    counts = Counter(result.judgement.verdict for result in results)
    numbers = {verdict.name.lower(): counts[verdict] for verdict in Verdict}
    lines = [HEAD.format(version=version("scipy"), total=len(results), **numbers)]
    modules = sorted({result.module for result in results})
    lines += _table(["module", *COLUMNS.values()], (_count(module, results) for module in modules))
    for module in modules:
        lines += [f"\n### {module}\n"]
        lines += _table(["class", "functions"], _list_functions(module, results))
    lines += ["\n## Open\n"]
    open_results = [result for result in results if result.judgement.verdict is Verdict.OPEN]
    reasons = sorted({_shorten(result.judgement.reason) for result in open_results})
    lines += _table(
        ["reason", "functions"],
        (
            (
                reason,
                ", ".join(
                    f"`{result.module.removeprefix('scipy.')}.{result.name}`"
                    for result in open_results
                    if _shorten(result.judgement.reason) == reason
                ),
            )
            for reason in reasons
        ),
    )
    path.write_text("\n".join([*lines, TAIL]) + "\n", encoding="utf-8")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _count(module: str, results: Sequence[Result]) -> list[str]:
    counts = Counter(result.judgement.verdict for result in results if result.module == module)
    return [f"`{module}`", *(str(counts[verdict] or "") for verdict in COLUMNS)]


def _list_functions(module: str, results: Sequence[Result]) -> Iterable[tuple[str, str]]:
    for verdict, column in COLUMNS.items():
        names = sorted({r.name for r in results if r.module == module and r.judgement.verdict is verdict})
        if names:
            yield column, ", ".join(f"`{name}`" for name in names)


def _shorten(reason: str) -> str:
    """Return the start of a message, up to the advice, without the name of the function."""
    if "no operation implements scipy.special" in reason:
        return "no installed operation implements the special function, or one that it calls"
    return reason.split(": ", 1)[-1].split(". ")[0].split(": ")[0].replace("|", "\\|")
