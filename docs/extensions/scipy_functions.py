"""Generate the table of SciPy's functions with derivatives, and of who else has them."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import minigrad_scipy
from minigrad_scipy import stats
from minigrad_scipy.binding import list_inputs
from minigrad_scipy.stats.mirrored import METHODS

STORED = json.loads(Path(__file__).with_name("scipy_peers.json").read_text(encoding="utf-8"))
COSTS = Path(__file__).with_name("scipy_costs.txt")
BY_DISPATCH = Path(__file__).parents[1] / "reference" / "scipy.md"
HEAD = """\
---
html_theme.sidebar_secondary.remove: true
---

# SciPy's functions with derivatives

{total} functions of SciPy have derivatives: {rules} by a rule of `minigrad-scipy`. The other {dispatch} need no rule: SciPy's own code takes tensors
([which functions do](../scipy.md)).

* **by**: how to call it. `ufunc`: SciPy's function, `scipy.special.erf(t)`. `mirror`: `from minigrad_scipy import linalg` and `linalg.expm(t)`. `dispatch`: SciPy's function,
  with `SCIPY_ARRAY_API=1`.
* **derivatives in**: the arguments with a derivative. For a class these are arguments of its constructor, and its method takes points that are tensors.
* **order**: the highest order of derivatives that the tests compare with differences, 2 or, if the function has no second derivative, 1. A function without a number is
  made of functions with one.
* **JAX**, **autograd**: whether `jax.scipy` {jax} and `autograd.scipy` {autograd} have the function.

| function | by | derivatives in | order | JAX | autograd |
|---|---|---|---|---|---|
"""  # noqa: E501 - lines of Markdown


class Row(NamedTuple):
    """A function by its name below `scipy`, and what the table says about it."""

    name: str
    by: str
    arguments: str
    order: str


def page() -> str:
    """Return the page."""
    rows = list_rows()
    rules = sum(row.by != "dispatch" for row in rows)
    head = HEAD.format(total=len(rows), rules=rules, dispatch=len(rows) - rules, **STORED["versions"])
    peers = [set(STORED[name]) for name in ("jax", "autograd")]
    lines = [
        f"| `{row.name}` | {row.by} | {row.arguments} | {row.order} "
        + "".join(f"| {'yes' if row.name in peer else ''} " for peer in peers)
        + "|"
        for row in rows
    ]
    costs = COSTS.read_text(encoding="utf-8")
    return "\n".join(
        [head + "\n".join(lines), costs, "**Next:** [how to use them](../../how-to/scipy.md).", ""]
    )


def list_rows() -> list[Row]:
    """Return a row for each function: those with a rule, and then those by dispatch that have none."""
    rows: dict[str, Row] = {}
    for module in minigrad_scipy.MODULES:
        for row in _list_rules(module):
            rows.setdefault(row.name, row)
    for row in _list_distributions():
        rows[row.name] = row
    for name in _list_dispatched():
        rows.setdefault(name, Row(name, "dispatch", "its arrays", "1"))
    return [rows[name] for name in sorted(rows, key=lambda name: (name.rpartition(".")[0], name))]


def find_function(name: str) -> Any:
    """Return the function, or method of a distribution, of a name below `scipy`; None if there is none."""
    module, _, attribute = name.rpartition(".")
    if find_spec(f"scipy.{module}"):
        return getattr(import_module(f"scipy.{module}"), attribute, None)
    return getattr(find_function(module), attribute, None)


def _list_rules(module: str) -> Iterator[Row]:
    mirror, original = (import_module(f"{package}.{module}") for package in ("minigrad_scipy", "scipy"))
    functions = getattr(mirror, "FUNCTIONS", {})
    for function, arguments in functions.items():
        yield Row(f"{module}.{function.__name__}", "mirror", _format(arguments), "")
    for name, arguments in getattr(mirror, "CLASSES", {}).items():
        yield Row(f"{module}.{name}", "mirror", _format(arguments), "2")
    for op in mirror.OPERATIONS:
        if not op.differentiable:
            continue
        names = [name for name in original.__all__ if getattr(original, name) in op.implements]
        name = op.name.removeprefix(f"{module.rpartition('.')[2]}_")
        if not op.implements and hasattr(original, name):
            names = [name]
        for each in names:
            order = "1" if op.once_differentiable else "2"
            yield Row(
                f"{module}.{each}", "ufunc" if op.implements else "mirror", _format(list_inputs(op)), order
            )


def _list_distributions() -> Iterator[Row]:
    """Yield a row for each method of a distribution that has a formula, or the logarithm of one."""
    for name, formulas in (stats.CONTINUOUS | stats.DISCRETE).items():
        whole = ("k", *formulas.whole) if formulas.discrete else ()
        arguments = [each for each in ("x", *formulas.shapes) if each not in whole]
        arguments = arguments[1:] if formulas.discrete else [*arguments, "loc", "scale"]
        for method in METHODS:
            other = method[3:] if method.startswith("log") else f"log{method}"
            if arguments and {method, other} & formulas.formulas.keys():
                yield Row(f"stats.{name}.{method}", "mirror", _format(arguments), "")
    for name, methods in stats.MULTIVARIATE.items():
        for method, formula in methods.items():
            arguments = [
                each for each in inspect.signature(formula).parameters if each not in ("n", "allow_singular")
            ]
            for each in dict.fromkeys([method, method.removeprefix("log")]):
                yield Row(f"stats.{name}.{each}", "mirror", _format(arguments), "")


def _list_dispatched() -> Iterator[str]:
    """Yield the functions that the page about dispatch calls right, without methods of classes."""
    module = ""
    for line in BY_DISPATCH.read_text(encoding="utf-8").splitlines():
        if line.startswith("### scipy."):
            module = line.removeprefix("### scipy.")
        elif line.startswith("| right | `"):
            names = [f"{module}.{name}" for name in re.findall(r"`(\w+)`", line)]
            yield from filter(find_function, names)


def _format(arguments: Any) -> str:
    return ", ".join(f"`{name}`" for name in arguments)
