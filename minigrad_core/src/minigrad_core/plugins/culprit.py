"""The plugin whose code raised an exception, found in the traceback."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from traceback import walk_tb
from typing import TYPE_CHECKING

from ..contracts.location import shorten_path
from .ownership import RESERVED
from .startup import plugin_loader

if TYPE_CHECKING:
    from .group import PluginGroup


def find_culprit(error: BaseException, groups: Iterable[PluginGroup] = ()) -> str | None:
    """Return the innermost function of a plugin that an exception passed through, with its file and line.

    The plugins are those of the registry and of `groups`; None if no function is of a plugin's package.
    For example: "Sgd.update of plugin 'mine' (minigrad-mine 0.1.0) (src/minigrad_mine/sgd.py:17)".
    """
    plugins = [plugin for group in (plugin_loader(), *groups) for plugin in group.plugins()]
    others = [plugin for plugin in plugins if plugin.namespace not in RESERVED]
    owners = {claim.module.partition(".")[0]: plugin for plugin in others for claim in plugin.claims}
    for frame, line in reversed(list(walk_tb(error.__traceback__))):
        code = frame.f_code
        plugin = owners.get(frame.f_globals.get("__name__", "").partition(".")[0])
        # pluggy throws the exceptions of others into a wrapper, which is a generator.
        if plugin is not None and not code.co_flags & inspect.CO_GENERATOR:
            owner = f"plugin {plugin.namespace!r} ({plugin.label})"
            return f"{code.co_qualname} of {owner} ({shorten_path(code.co_filename)}:{line})"
    return None
