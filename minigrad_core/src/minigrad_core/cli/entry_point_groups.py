"""The groups of entry points that name plugins, and groups with nearly the right name."""

from __future__ import annotations

import re
from difflib import get_close_matches

from ..plugins import PluginGroup, open_group
from ..plugins.discovery import FUNCTIONS, GROUP, HOSTS
from ..plugins.loader import PluginLoader

TRAINING = "minigrad.training"  # minigrad_train reads it, for plugins that take part in training
# Names of groups without punctuation -> the right group. A similar name is a mistake, too.
MISTAKEN = {
    "minigrad": GROUP,
    "minigradplugins": GROUP,
    "minigradfunctions": FUNCTIONS,
    "minigradtrain": TRAINING,
    "minigradtraining": TRAINING,
}


def find_other_groups(loader: PluginLoader) -> list[PluginGroup]:
    """Return the groups of plugins other than the registry, such as `minigrad.training`.

    The plugins of a group of nearly the right name have failed: no program reads their entry points.
    """
    groups = [open_group(name) for name in sorted(set(loader.scan().claims) - {GROUP})]
    for group in groups:
        right = suggest_group(group.name)
        for plugin in group.plugins() if right else ():
            fact = f"no program reads the entry-point group {group.name!r}; the right name is {right!r}"
            plugin.set_status("failed", fact, "rename it")
    return groups


def suggest_group(group: str) -> str | None:
    """Return the right name for a group of entry points with a nearly right name, else None.

    Examples
    --------
    >>> [suggest_group(group) for group in ("minigrad.plugins", "minigrad.training", "console_scripts")]
    ['minigrad', None, None]
    """
    if group in (GROUP, FUNCTIONS, TRAINING, HOSTS):
        return None
    near = get_close_matches(re.sub("[^a-z]", "", group.lower()), MISTAKEN, 1, cutoff=0.9)
    return MISTAKEN[near[0]] if near else None
