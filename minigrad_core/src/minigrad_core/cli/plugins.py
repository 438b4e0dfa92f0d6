"""`minigrad plugins`: the installed plugins, and the status of each."""

from __future__ import annotations

import json
from typing import Any

import click

from ..dispatch.tables import TABLES
from ..plugins.loader import PluginLoader
from ..plugins.plugin import Plugin
from ..plugins.policy import DENY
from ..plugins.startup import plugin_loader
from .columns import show_columns, terminal_width
from .completion import complete_namespaces
from .doctor import examine
from .entry_point_groups import find_other_groups
from .plugin_facts import count_things, describe_source, read_home_page, read_summary
from .plugin_notes import list_notes
from .pure_output import pure_output

HEADER = ("NAMESPACE", "DISTRIBUTION", "STATUS", "OPS", "INIT", "OPT", "LOAD", "SOURCE", "ABOUT")


@click.command()
@click.option("--load", is_flag=True, help="Load every plugin first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object for each namespace.")
@click.option(
    "--doctor",
    is_flag=False,
    flag_value="",
    default=None,
    metavar="[NS]",
    shell_complete=complete_namespaces,
    help="Load a plugin (or all) and show its faults.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds that a plugin may take to load under --doctor.",
)
def plugins(load: bool, as_json: bool, doctor: str | None, timeout: float) -> None:
    """List the installed plugins. Imports none of them without --load or --doctor."""
    if as_json and doctor is not None:
        raise click.UsageError("--doctor prints text only: leave out --json")
    loader = plugin_loader()
    width = terminal_width()
    with pure_output() as show:
        if doctor is not None:
            examine(loader, doctor, timeout, show)
            return
        records: dict[str, Plugin] = {}  # of a namespace in several groups, the plugin of the registry
        for group in (loader, *find_other_groups(loader)):
            for plugin in group.plugins():
                if load:
                    # Not `load_all`: the table shows faults, in strict mode too.
                    group.ensure(plugin.namespace)
                records.setdefault(plugin.namespace, plugin)
        if as_json:
            show(json.dumps([_make_entry(loader, plugin) for plugin in records.values()], indent=2))
        else:
            rows = [_make_row(plugin) for plugin in records.values()]
            show_columns(HEADER, rows, right={3, 4, 5, 6}, width=width, show=show)
        for note in _list_notes(loader, list(records.values())):
            click.echo(f"note: {note}", err=True)
    loader.check_settings()


def _make_row(plugin: Plugin) -> list[str]:
    numbers = [str(count_things(plugin).get(kind) or "-") for kind in TABLES]
    load = "-" if plugin.load_ms is None else f"{plugin.load_ms:.0f} ms"
    state = plugin.reason or _describe_source(plugin)
    about = " ".join(filter(None, (read_summary(plugin), read_home_page(plugin))))
    return [plugin.namespace, plugin.label, plugin.status, *numbers, load, state, about]


def _make_entry(loader: PluginLoader, plugin: Plugin) -> dict[str, Any]:
    return {
        "namespace": plugin.namespace,
        "distribution": ", ".join(claim.identity.name for claim in plugin.claims),
        "version": ", ".join(claim.identity.version for claim in plugin.claims),
        "status": plugin.status,
        **{f"{kind}s": count_things(plugin).get(kind) for kind in TABLES},
        "load_ms": None if plugin.load_ms is None else round(plugin.load_ms, 1),
        "source": _describe_source(plugin),
        "description": read_summary(plugin),
        "home_page": read_home_page(plugin),
        "detail": "; ".join(filter(None, [plugin.detail, *list_notes(loader, plugin)])),
    }


def _describe_source(plugin: Plugin) -> str:
    return ", ".join(dict.fromkeys(describe_source(claim) for claim in plugin.claims)) or "this process"


def _list_notes(loader: PluginLoader, records: list[Plugin]) -> list[str]:
    notes = [note for plugin in records for note in list_notes(loader, plugin)]
    notes += [f"cannot read {line}" for line in loader.scan().unreadable]
    notes += loader.scan().ignored_functions
    unknown = sorted(loader.policy.deny - {plugin.namespace for plugin in records})
    return notes + [
        f"{DENY} names {name!r}, and no installed distribution has that namespace" for name in unknown
    ]
