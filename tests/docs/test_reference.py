"""The reference describes each public name of all packages exactly once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import minigrad_core as mg

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PUBLIC = [
    "minigrad_core",
    "minigrad_core.cases",
    "minigrad_core.contracts",
    "minigrad_core.drawing",
    "minigrad_core.errors",
    "minigrad_core.plugins",
    "minigrad_core.testing",
    "minigrad_core.testing.references",
    "minigrad_interop",
    "minigrad_interop.subjects",
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
    """Return `__all__` of a module, or the names that its own package defines if there is no list."""
    found = import_module(module)
    package = module.partition(".")[0]
    homes = {name: str(getattr(value, "__module__", "")) for name, value in vars(found).items()}
    own = [name for name, home in homes.items() if home.partition(".")[0] == package]
    return [name for name in getattr(found, "__all__", own) if not name.startswith("_")]


def identity(module: str, name: str) -> int | str | None:
    """Return a key that is equal for two names of the same object; None for a module."""
    try:
        thing = getattr(import_module(module), name)
    except ImportError:  # the object needs a framework that is not installed
        return f"{module}.{name}"
    return None if isinstance(thing, ModuleType) else id(thing)


def find_described() -> Iterator[tuple[str, int | str | None]]:
    """Yield the name and the identity of each object that a hand-written or a generated page describes."""
    for page in REFERENCE.glob("*.md"):
        module = ""
        for directive in DIRECTIVE.finditer(page.read_text(encoding="utf-8")):
            if directive["kind"] == "currentmodule":
                module = directive["name"]
            elif directive["kind"] != "click":
                yield f"{module}.{directive['name']}", identity(module, directive["name"])
    for catalog in (mg.ops, mg.initializers, mg.optimizers):
        yield from ((name, id(catalog[name])) for name in catalog if name.startswith(("basic::", "nn::")))


def test_each_public_name_is_described_exactly_once() -> None:
    names = {key: name for name, key in find_described()}
    times = Counter(key for _, key in find_described())
    public = [(module, name) for module in PUBLIC for name in public_names(module)]
    expected = {identity(module, name): f"{module}.{name}" for module, name in public}
    expected.pop(None)  # modules
    assert sorted(expected[key] for key in expected.keys() - times.keys()) == [], "nowhere"
    assert sorted(names[key] for key, count in times.items() if count > 1) == [], "more than once"


def test_each_described_name_is_public() -> None:
    public = {f"{module}.{name}" for module in PUBLIC for name in public_names(module)}
    assert sorted(name for name, _ in find_described() if "::" not in name and name not in public) == []
