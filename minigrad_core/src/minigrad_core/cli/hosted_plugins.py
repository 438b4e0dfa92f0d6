"""Subjects of `minigrad check` that other packages load: models, datasets and callbacks of training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..errors import PluginError
from ..plugins import Plugin, PluginGroup, describe_exception
from ..plugins.plugin import FAULTS
from ..testing.report.report import Failure, Report

LAW = "load"
KIND = "hosted"


@dataclass(frozen=True)
class HostedSubject:
    """A model, dataset or callback of a plugin, or a plugin that did not load, on the page of a check."""

    name: str
    kind: str = KIND
    laws: tuple[str, ...] = (LAW,)


def check_hosted_plugins(groups: Iterable[PluginGroup], selectors: Sequence[str]) -> list[Report]:
    """Return a report on each object that the plugins of some groups provide, or on each that does not load.

    A plugin loads here exactly if it loads where its hooks are called. selectors: as of `minigrad check`.
    """
    reports = [report for group in groups for plugin in group.plugins() for report in _check(group, plugin)]
    return [
        report
        for report in reports
        if not selectors or not {report.subject, report.subject.partition("::")[0]}.isdisjoint(selectors)
    ]


def _check(group: PluginGroup, plugin: Plugin) -> Iterator[Report]:
    group.ensure(plugin.namespace)
    namespace, fault = plugin.namespace, ""
    if plugin.status in FAULTS:
        fault = str(plugin.make_error(namespace))
    elif plugin.hooks is not None:
        try:
            for names in plugin.hooks.list_content().values():
                yield from (Report(f"{namespace}::{name}", (LAW,)) for name in names)
        except PluginError as error:
            fault = describe_exception(error)
    if fault:
        yield Report(namespace, (LAW,), (Failure(namespace, LAW, "plugin-not-loaded", fault),))
