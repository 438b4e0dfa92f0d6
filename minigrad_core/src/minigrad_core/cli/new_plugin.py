"""`minigrad new-plugin`: a whole plugin project, from the template beside this file."""

from __future__ import annotations

from importlib.resources import files
from keyword import iskeyword
from pathlib import Path
from shutil import rmtree
from string import Template
from typing import TYPE_CHECKING

import click
from packaging.utils import InvalidName, canonicalize_name

from ..plugins.compatibility import api_range
from ..plugins.ownership import OFFICIAL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    Parts = tuple[str, ...]

SUFFIX = ".tmpl"  # so that no tool takes a template for code
PACKAGE = "PACKAGE"  # a folder of this name gets the package's


@click.command("new-plugin")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--namespace", required=True, metavar="NS", help="The NS of NS::operation; an identifier.")
def new_plugin(path: Path, namespace: str) -> None:
    """Start a plugin project, with tests.

    It is written to PATH, whose last part is the name of the distribution: `minigrad new-plugin minigrad-mine
    --namespace mine`.
    """
    _check_namespace(namespace)
    distribution = _distribution(path)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise click.ClickException(f"{path} exists and is not an empty folder")
    names = {
        "namespace": namespace,
        "distribution": distribution,
        "package": distribution.replace("-", "_"),
        "core_range": api_range(),
    }
    try:
        _write(path, names)
    except BaseException:  # a full disk: half a project would be in the way of the next attempt
        rmtree(path, ignore_errors=True)
        raise
    click.echo(f"{path}: {distribution}, namespace {namespace}; next:")
    click.echo(f"  cd {path} && uv sync && uv run pytest")


def _write(path: Path, names: dict[str, str]) -> None:
    for parts, template in _templates(files("minigrad_core.cli") / "plugin_template"):
        target = path.joinpath(*(names["package"] if part == PACKAGE else part for part in parts))
        target = target.with_name(target.name.removesuffix(SUFFIX))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(template.read_text(encoding="utf-8")).substitute(names), encoding="utf-8")


def _templates(folder: Traversable, above: Parts = ()) -> Iterator[tuple[Parts, Traversable]]:
    """Yield the path, part by part, and the file of each template."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        parts = (*above, entry.name)
        if entry.is_dir():
            yield from _templates(entry, parts)
        elif entry.name.endswith(SUFFIX):
            yield parts, entry


def _check_namespace(namespace: str) -> None:
    if not namespace.isidentifier() or iskeyword(namespace) or namespace.startswith("_"):
        better = namespace.replace("-", "_").lstrip("_")
        hint = f"; {better!r} would do" if better.isidentifier() and not iskeyword(better) else ""
        raise click.BadParameter(
            f"expected an identifier without an underscore first, got {namespace!r}{hint}",
            param_hint="--namespace",
        )
    if namespace in OFFICIAL:
        raise click.BadParameter(
            f"{namespace!r} belongs to {OFFICIAL[namespace]}; choose another", param_hint="--namespace"
        )


def _distribution(path: Path) -> str:
    name = path.resolve().name
    try:
        distribution = canonicalize_name(name, validate=True)
    except InvalidName as error:
        raise click.BadParameter(f"{name!r} is no name for a distribution", param_hint="PATH") from error
    if not distribution.replace("-", "_").isidentifier() or iskeyword(distribution):
        raise click.BadParameter(f"{name!r} gives no name for a package", param_hint="PATH")
    return distribution
