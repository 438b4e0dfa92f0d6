"""Subjects of `minigrad check` outside of the registry: hosted plugins, and functions of frameworks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import PluginError, UnknownNameError
from ..plugins import Plugin, PluginGroup, describe_exception
from ..plugins.discovery import NamespaceClaim, read_section
from ..plugins.plugin import FAULTS
from ..plugins.startup import plugin_loader
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


GROUP = "minigrad_subjects"
_SELECTOR = re.compile(r"(\w+):(?!:)(.+)")


def is_foreign(selector: str) -> bool:
    """Return whether a selector names a function of another framework; `nn::relu` does not."""
    return _SELECTOR.fullmatch(selector) is not None


def load_foreign_subject(selector: str) -> Any:
    """Return the subject that the package for a framework makes of a selector, with a name and a `check`.

    Raises
    ------
    UnknownNameError
        No installed package knows the framework.
    """
    framework = selector.partition(":")[0]
    known: dict[str, NamespaceClaim] = {}
    for distribution in plugin_loader().find():
        text = distribution.read_text("entry_points.txt") or ""
        known |= {
            name: NamespaceClaim(name, value, distribution, text) for name, value in read_section(text, GROUP)
        }
    if framework not in known:
        listed = ", ".join(sorted(known)) or "none"
        raise UnknownNameError(
            f"{selector}: no installed package knows the framework {framework!r} (known: {listed}); "
            "PyTorch, JAX and autograd come with minigrad-interop"
        )
    return known[framework].load()(selector)
