"""Write the names of SciPy's functions that JAX and autograd also have: `scipy_peers.json`.

Run `JAX_PLATFORMS=cpu python docs/extensions/list_scipy_peers.py` where jax and autograd are installed. The
list of jax.scipy has all its public functions, and that of autograd.scipy those with a gradient rule.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

PATH = Path(__file__).with_name("scipy_peers.json")


def walk_functions(package: str) -> Iterator[tuple[str, Any]]:
    """Yield the name below the package, and the object, of each public function."""
    root = import_module(package)
    for module in [root, *(import_module(m.name) for m in walk_packages(root.__path__, f"{package}."))]:
        for name, value in vars(module).items():
            if callable(value) and not name.startswith("_") and not inspect.isclass(value):
                yield f"{module.__name__}.{name}".removeprefix(f"{package}."), value


def main() -> None:
    """Write the file."""
    import_module("autograd.scipy")
    rules = import_module("autograd.core").primitive_vjps
    peers = {
        "jax": sorted({name for name, _ in walk_functions("jax.scipy") if "_src" not in name}),
        "autograd": sorted({name for name, f in walk_functions("autograd.scipy") if f in rules}),
    }
    stored = {"versions": {name: version(name) for name in peers}, **peers}
    PATH.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
