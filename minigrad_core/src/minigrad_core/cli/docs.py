"""`minigrad docs`: writes reference pages of a plugin, in Markdown."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from inspect import signature
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from unicodedata import normalize

import click
import numpy as np

from ..atomic import write_atomically
from ..contracts.adapters import unwrap_adapter
from ..contracts.location import find_file_and_line
from ..dispatch.function_names import describe_function
from ..dispatch.suggestions import describe_miss
from ..dispatch.tables import CATALOG_NAMES, TABLES
from ..errors import UnknownNameError
from ..plugins.plugin import Plugin
from ..plugins.startup import plugin_loader
from .ops import format_call, list_facts, read_doc, strip_annotations, summarize
from .plugin_facts import read_home_page, read_summary
from .pure_output import pure_output

FANS = (784, 100)  # the fans for which a page shows the claim of an initializer
MARK = "\n<!-- written by minigrad docs, which replaces it -->\n"  # at the end of each page
MANUALS = {
    "np": "https://numpy.org/doc/stable/reference/generated/numpy",
    "scipy": "https://docs.scipy.org/doc/scipy/reference/generated/scipy",
}


@click.command()
@click.argument("namespace")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("docs"),
    show_default=True,
    help="The folder to write to.",
)
def docs(namespace: str, out: Path) -> None:
    """Write reference pages of a plugin, in Markdown.

    The pages are an index, and a page for each object that the plugin registers. The command replaces pages
    that it wrote before, and no other files.
    """
    with pure_output() as show:
        loader = plugin_loader()
        namespace = normalize("NFKC", namespace)  # as Python reads it
        loader.load(namespace, namespace)
        plugin = loader.plugin(namespace)
        if plugin is None:
            fact = f"no installed plugin has the namespace {namespace!r}"
            raise UnknownNameError(describe_miss(fact, namespace, loader.namespaces()))
        pages = {
            f"{kind}s/{obj.name}.md": _write_page(kind, plugin, obj) for kind, obj in _list_objects(plugin)
        }
        written = {
            out / path: text + MARK for path, text in {"index.md": _write_index(plugin), **pages}.items()
        }
        _refuse_to_replace_others(written)
        for path, text in written.items():
            write_atomically(path, text.encode(), durable=False)
        show(f"{out}: {len(pages) + 1} pages")


def _refuse_to_replace_others(paths: Iterable[Path]) -> None:
    """Raise unless each file is new, or was written by this command."""
    others = [path for path in paths if path.exists() and MARK.strip().encode() not in path.read_bytes()]
    if others:
        more = f", and {len(others) - 1} more" if others[1:] else ""
        raise click.UsageError(
            f"{others[0]}{more}: not written by this command, and not replaced; move it, or choose another "
            "folder by --out"
        )


def _list_objects(plugin: Plugin) -> Iterator[tuple[str, Any]]:
    prefix = f"{plugin.namespace}::"
    for kind, table in TABLES.items():
        yield from ((kind, table[full]) for full in sorted(table) if full.startswith(prefix))


def _write_index(plugin: Plugin) -> str:
    about = [line for line in (read_summary(plugin), read_home_page(plugin)) if line]
    lines = [f"# {plugin.namespace}", "", *about, *([""] if about else [])]
    for kind, objects in groupby(_list_objects(plugin), key=itemgetter(0)):
        entries = (f"- [`{obj.name}`]({kind}s/{obj.name}.md): {summarize(obj)}" for _, obj in objects)
        lines += [f"## {kind.capitalize()}s", "", *entries, ""]
    return "\n".join(lines)


def _write_page(kind: str, plugin: Plugin, obj: Any) -> str:
    parameters = signature(obj).parameters.values()
    shown = format_call(obj) if kind == "operation" else f"{obj.name}{strip_annotations(parameters)}"
    lines = [f"# {plugin.namespace}::{obj.name}", "", *_fence("python", _shorten_dtypes(shown))]
    if text := read_doc(obj):
        lines += _fence("text", text)
    found_as = ", ".join(f"`{name}`" for name in _list_names(kind, plugin, obj))
    rows = {
        "kind": kind,
        "found as": found_as,
        **_list_facts(kind, obj),
        "defined in": f"`{_locate(unwrap_adapter(obj))}`",
    }
    lines += ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())]
    if kind == "operation" and obj.cases:
        lines += ["", "The cases in which the contract kit calls it:", ""]
        lines += _fence("python", "\n".join(_shorten_dtypes(repr(case)) for case in obj.cases))
    return "\n".join(lines).rstrip() + "\n"


def _list_names(kind: str, plugin: Plugin, obj: Any) -> Iterator[str]:
    """Yield the name in the registry, and the name in the highest module of the package that lists it."""
    yield f"mg.{CATALOG_NAMES[kind]}.{plugin.namespace}.{obj.name}"
    source = unwrap_adapter(obj)
    parts = (source if isinstance(source, type) else type(source)).__module__.split(".")
    for path in (".".join(parts[:n]) for n in range(1, len(parts) + 1)):
        module = sys.modules.get(path)
        for name in getattr(module, "__all__", ()):
            if getattr(module, name, None) is source:
                yield f"{path}.{name}"
                return


def _fence(language: str, text: str) -> list[str]:
    fence = "`" * (max(map(len, re.findall("`{3,}", text)), default=2) + 1)  # the text may contain fences
    return [f"{fence}{language}", text, fence, ""]


def _shorten_dtypes(shown: str) -> str:
    """Return text of Python's with `np.float32` for `<class 'numpy.float32'>`."""
    return re.sub(r"<class 'numpy\.(\w+)'>", r"np.\1", shown)


def _list_facts(kind: str, obj: Any) -> dict[str, str]:
    if kind == "operation":
        rows = {name: value.replace("|", "\\|") for name, value in list_facts(obj).items()}
        return rows | ({"implements": ", ".join(map(_link, obj.implements))} if obj.implements else {})
    if kind == "initializer":
        claimed = obj.std(*FANS)
        return {f"`std{FANS}`": "not claimed" if claimed is None else f"{claimed:.4g}"}
    return {}


def _link(function: Any) -> str:
    """Return the name of a function, linked to its page in the manual of NumPy or SciPy."""
    name = describe_function(function)
    library, _, path = name.partition(".")
    if library not in MANUALS:
        return f"`{name}`"
    ufunc_method = isinstance(getattr(function, "__self__", None), np.ufunc)
    path = f"ufunc.{function.__name__}" if ufunc_method else path
    return f"[`{name}`]({MANUALS[library]}.{path}.html)"


def _locate(obj: Any) -> str:
    """Return file and line relative to the top-level package: the same in every installation."""
    cls = obj if isinstance(obj, type) else type(obj)
    file, line = find_file_and_line(cls)
    if file is None:
        return f"{cls.__module__}.{cls.__qualname__}"
    path = Path(file)
    depth = len(cls.__module__.split(".")) + (path.name == "__init__.py")
    return f"{'/'.join(path.parts[-depth:])}:{line}"
