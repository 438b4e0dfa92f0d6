"""`minigrad new-plugin`: writes a plugin project from the template next to this file."""

from __future__ import annotations

import os
from keyword import iskeyword
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from unicodedata import normalize

import click
from packaging.utils import InvalidName, canonicalize_name

from ..plugins.plugin import RESERVED, explain_unusable
from ..plugins.startup import plugin_loader
from .plugin_facts import make_api_range

TEMPLATES = Path(__file__).parent / "plugin_template"
SUFFIX = ".tmpl"  # so that no tool reads a template as code
PACKAGE = "PACKAGE"  # a folder of this name gets the name of the package


@click.command("new-plugin")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--namespace", required=True, metavar="NS", help="The NS of NS::operation; an identifier.")
def new_plugin(path: Path, namespace: str) -> None:
    """Write a plugin project, with tests.

    The last part of PATH is the name of the distribution: `minigrad new-plugin minigrad-mine --namespace
    mine`.
    """
    _check_namespace(namespace)
    distribution = _make_distribution_name(path)
    if path.exists() and not (path.is_dir() and {entry.name for entry in path.iterdir()} <= {".git"}):
        raise click.ClickException(f"{path} exists and is not an empty folder")
    names = {
        "namespace": namespace,
        "distribution": distribution,
        "package": distribution.replace("-", "_"),
        "core_range": make_api_range(),
    }
    if not path.parent.exists():
        path.parent.mkdir(parents=True)
    # In a temporary folder first: half a project, after an error, would block the next attempt.
    with TemporaryDirectory(dir=path.parent) as folder:
        _write(Path(folder), names)
        path.mkdir(exist_ok=True)
        for entry in Path(folder).iterdir():
            entry.rename(path / entry.name)
    click.echo(f"{path}: {distribution}, namespace {namespace}")
    click.echo(f"next, in {path}: pip install --editable . (or uv sync), then minigrad check {namespace}")
    if (plugin := plugin_loader().plugin(namespace)) is not None:
        click.echo(
            f"note: {plugin.label} has the namespace {namespace!r} here: both together will be a conflict",
            err=True,
        )


def _write(path: Path, names: dict[str, str]) -> None:
    for template in TEMPLATES.rglob(f"*{SUFFIX}"):
        parts = template.relative_to(TEMPLATES).with_suffix("").parts
        target = path.joinpath(*(names["package"] if part == PACKAGE else part for part in parts))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(template.read_text(encoding="utf-8")).substitute(names), encoding="utf-8")


def _check_namespace(namespace: str) -> None:
    fact = explain_unusable(namespace)
    if fact:
        better = normalize("NFKC", namespace).replace("-", "_").lstrip("_")
        fact += "" if explain_unusable(better) else f"; {better!r} would do"
    elif namespace in RESERVED:
        fact = f"{namespace!r} belongs to {RESERVED[namespace]}; choose another"
    if fact:
        raise click.BadParameter(fact, param_hint="--namespace")


def _make_distribution_name(path: Path) -> str:
    name = Path(os.path.abspath(path)).name  # `resolve` raises for a symbolic link to itself
    try:
        distribution = canonicalize_name(name, validate=True)
    except InvalidName as error:
        raise click.BadParameter(f"{name!r} is not a name for a distribution", param_hint="PATH") from error
    if not distribution.replace("-", "_").isidentifier() or iskeyword(distribution):
        raise click.BadParameter(f"{name!r} gives no name for a package", param_hint="PATH")
    return distribution
