"""The reference describes each public name of the four packages, once."""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import minigrad_core as mg

if TYPE_CHECKING:
    from collections.abc import Iterator

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PUBLIC = [
    "minigrad_core",
    "minigrad_core.cases",
    "minigrad_core.contracts",
    "minigrad_core.errors",
    "minigrad_core.plugins",
    "minigrad_core.testing",
    "minigrad_core.testing.references",
    "minigrad_ops_basic",
    "minigrad_ops_nn",
    "minigrad_ops_nn.activations",
    "minigrad_ops_nn.clipping",
    "minigrad_ops_nn.convolution",
    "minigrad_ops_nn.initializers",
    "minigrad_ops_nn.layers",
    "minigrad_ops_nn.losses",
    "minigrad_ops_nn.normalization",
    "minigrad_ops_nn.optimizers",
    "minigrad_ops_nn.pooling",
    "minigrad_ops_nn.recurrent",
    "minigrad_ops_nn.schedules",
    "minigrad_train",
    "minigrad_train.datasets",
    "minigrad_train.errors",
    "minigrad_train.hooks",
]
DIRECTIVE = re.compile(r"^\.\. (?:auto|py:)?(?P<kind>\w+):: (?P<name>[\w.]+)", re.MULTILINE)


def public_names(module: str) -> list[str]:
    """Return what a module lists, or defines itself if it has no list."""
    found = import_module(module)
    own = [name for name, value in vars(found).items() if getattr(value, "__module__", "") == module]
    names = getattr(found, "__all__", own)
    return [name for name in names if not name.startswith("_")]


def described() -> Iterator[tuple[str, Any]]:
    """Yield what a page describes, and what the registry's own pages do."""
    for page in REFERENCE.glob("*.md"):
        module = ""
        for directive in DIRECTIVE.finditer(page.read_text(encoding="utf-8")):
            if directive["kind"] == "currentmodule":
                module = directive["name"]
            elif directive["kind"] != "click":
                yield f"{module}.{directive['name']}", getattr(import_module(module), directive["name"])
    for catalog in (mg.ops, mg.initializers, mg.optimizers):
        yield from ((name, catalog[name]) for name in catalog if name.startswith(("basic::", "nn::")))


def test_each_public_name_is_described_exactly_once() -> None:
    names = {id(thing): name for name, thing in described()}  # one object has one page, whatever it is called
    times = Counter(id(thing) for _, thing in described())
    wanted = {}
    for module in PUBLIC:
        for name in public_names(module):
            thing = getattr(import_module(module), name)
            if not isinstance(thing, ModuleType):
                wanted[id(thing)] = f"{module}.{name}"
    assert sorted(wanted[key] for key in wanted.keys() - times.keys()) == [], "nowhere"
    assert sorted(names[key] for key, count in times.items() if count > 1) == [], "more than once"


def test_what_is_described_is_public() -> None:
    public = {f"{module}.{name}" for module in PUBLIC for name in public_names(module)}
    assert sorted(name for name, _ in described() if "::" not in name and name not in public) == []
