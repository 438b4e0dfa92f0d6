"""The table of the site: what a gradient costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .measure import Cost

BOUND = 4.0
HEAD = """
## What a gradient costs

The value and the gradient in all arguments of the call, as a multiple of SciPy's value alone, and of the value and gradient of the peers. `python -m benchmarks.scipy_costs`
writes this table: processor time of one thread, float64, in turns, the fastest of {rounds} turns ({versions}; JAX is compiled). Below 1 minigrad is faster. Each call with
more than {bound:.0f} times SciPy's value has its reason below.

| function | size | SciPy's value | of it | of JAX | of autograd |
|---|---|---|---|---|---|
"""  # noqa: E501 - lines of Markdown


def write_table(path: Path, costs: Sequence[Cost], rounds: int) -> None:
    """Write the table, and the reasons of those above the bound."""
    lines = [_format_row(cost) for cost in costs]
    versions = ", ".join(_list_versions())
    head = HEAD.format(bound=BOUND, rounds=rounds, versions=versions)
    reasons: dict[str, list[str]] = {}
    for cost in costs:
        if is_above(cost):
            reasons.setdefault(cost.call.reason, []).append(cost.call.title)
    bullets = [f"* {'; '.join(titles)}: {reason}." for reason, titles in reasons.items()]
    text = head + "\n".join(lines) + f"\n\nThose above {BOUND:.0f}:\n\n" + "\n".join(bullets) + "\n"
    path.write_text(text, encoding="utf-8")


def is_above(cost: Cost) -> bool:
    """Return whether the ratio to SciPy's value, as the table shows it, is above the bound."""
    return round(cost.ratios["SciPy"], 1) > BOUND


def _format_row(cost: Cost) -> str:
    ratios = [
        _format_number(cost.ratios[name]) if name in cost.ratios else ""
        for name in ("SciPy", "JAX", "autograd")
    ]
    return (
        f"| {cost.call.title} | {cost.call.size} | {_format_seconds(cost.seconds)} | {' | '.join(ratios)} |"
    )


def _format_number(x: float) -> str:
    return f"{x:.2f}" if x < 0.1 else f"{x:.1f}" if x < 10 else f"{x:.0f}"


def _format_seconds(x: float) -> str:
    return f"{x * 1e6:.0f} µs" if x < 1e-3 else f"{x * 1e3:.1f} ms" if x < 1e-2 else f"{x * 1e3:.0f} ms"


def _list_versions() -> Iterator[str]:
    for name in ("SciPy", "JAX", "autograd"):
        try:
            yield f"{name} {version(name.lower())}"
        except PackageNotFoundError:
            yield f"without {name}"
