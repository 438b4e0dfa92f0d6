"""Folders of fake distributions, seen in this process or by a fresh interpreter."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from minigrad_core.plugins import Plugin
from minigrad_core.plugins.loader import PluginLoader

# The variables by keyword -> the loader of a registry that lasts as long as the test.
OpenRegistry = Callable[..., PluginLoader]

RANGE = "minigrad-core>=0.1,<0.2"

# A whole plugin; `{op}` is the name of its operation.
WORKING = """
import minigrad_core as mg

class Scale(mg.Operation):
    name = "{op}"
    broadcasts = True

    def forward(self, ctx, x):
        return x * 2

    def backward(self, ctx, grad):
        return grad * 2

@mg.hookimpl
def minigrad_operations():
    return [Scale()]
"""


class Site:
    """A folder like site-packages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(
        self,
        distribution: str,
        version: str = "1.0",
        *,
        namespace: str | None = None,
        code: str = WORKING.format(op="scale"),
        requires: Iterable[str] = (RANGE,),
        module: str | None = None,
        typed: bool = False,
        functions: Iterable[str] = (),
        metadata: Iterable[str] = (),
        group: str = "minigrad",
    ) -> Path:
        """Install a distribution whose one module is `code`, and return its dist-info folder.

        A `typed` one is a package with the marker `py.typed`; `functions` are the dotted names that it
        declares, `metadata` are further lines of its metadata, and `group` is where the namespace stands.
        """
        stem = distribution.replace("-", "_")
        module = module or f"{stem}_plugin"
        if typed:
            (self.folder / module).mkdir()
            (self.folder / module / "py.typed").touch()
        file = self.folder / module / "__init__.py" if typed else self.folder / f"{module}.py"
        file.write_text(textwrap.dedent(code))
        info = self.folder / f"{stem}-{version}.dist-info"
        info.mkdir()
        lines = ["Metadata-Version: 2.1", f"Name: {distribution}", f"Version: {version}"]
        lines += [*(f"Requires-Dist: {requirement}" for requirement in requires), *metadata]
        (info / "METADATA").write_text("\n".join(lines) + "\n\nWhat it is.\n")
        claims = [f"{function} = {module}" for function in functions]
        entries = [f"[{group}]", f"{namespace or stem} = {module}", "[minigrad.functions]", *claims]
        (info / "entry_points.txt").write_text("\n".join(entries) + "\n")
        return info

    def remove(self, info: Path) -> None:
        """Uninstall a distribution by its dist-info folder; its module stays where it is."""
        shutil.rmtree(info)

    def find(self, **context: Any) -> Iterable[Any]:
        """Find the distributions of this folder only."""
        return distributions(path=[str(self.folder)], **context)

    def python(
        self, code: str, env: Mapping[str, str] | None = None, path: Iterable[Path] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run code in a fresh interpreter that also sees this folder, before what is really installed."""
        return self.run([sys.executable, "-c", textwrap.dedent(code)], env, path)

    def minigrad(self, *args: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run the command line in a fresh interpreter."""
        return self.run([sys.executable, "-c", "from minigrad_core.cli import main; main()", *args], env, ())

    def run(
        self,
        command: list[str],
        env: Mapping[str, str] | None,
        path: Iterable[Path],
        cwd: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command with this folder on the import path."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("MINIGRAD_")}
        clean["PYTHONPATH"] = os.pathsep.join(map(str, [*path, self.folder]))
        return subprocess.run(
            command,
            cwd=cwd,
            env=clean | dict(env or {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


def record(loader: PluginLoader, namespace: str) -> Plugin:
    """Return the record of a plugin, which must be there."""
    plugin = loader.plugin(namespace)
    assert plugin is not None
    return plugin
