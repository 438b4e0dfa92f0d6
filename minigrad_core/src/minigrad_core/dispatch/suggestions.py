"""Messages of failed lookups: similar names, and plugins that did not load."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .loading import SLOT
from .tables import CATALOG_NAMES, TABLES

MAX_PLUGINS = 5  # the number of failed plugins in a message
MAX_NAMES = 20  # the number of names in a message where none is similar


def find_similar_names(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three of the `known` names that resemble `name`, best first, with all owners of each.

    The last part of a qualified name counts, too: `relu` is similar to `nn::relu`. A similar name that
    several plugins have is returned once for each plugin, up to `MAX_NAMES`.

    Examples
    --------
    >>> find_similar_names("rleu", ["nn::relu", "basic::add"])
    ['nn::relu']
    >>> find_similar_names("erff", ["a::erf", "b::erf", "c::erf", "d::erf"])
    ['a::erf', 'b::erf', 'c::erf', 'd::erf']
    >>> find_similar_names("nn::xavier_normal", ["nn::glorot_normal", "nn::lecun_uniform"])
    ['nn::glorot_normal']
    >>> find_similar_names("xavier_sparsed", ["mine::xavier_sparse"])
    ['mine::xavier_sparse']
    """
    from difflib import get_close_matches  # only on a miss: it costs 3 ms to import

    known = sorted(known)
    if not any("xavier" in full for full in known):
        name = name.replace("xavier", "glorot")  # PyTorch has the first name of Xavier Glorot
    parts: dict[str, list[str]] = {}
    for full in known:
        parts.setdefault(full.rpartition("::")[2], []).append(full)
    whole = get_close_matches(name, known, cutoff=0.7)
    tails = get_close_matches(name.rpartition("::")[2], parts, cutoff=0.6)
    best = list(dict.fromkeys([*whole, *(full for tail in tails for full in parts[tail])]))[:3]
    # Several plugins may have a name with the same last part, and the user may mean any of these plugins.
    owners = (full for near in best for full in parts[near.rpartition("::")[2]])
    return list(dict.fromkeys([*best, *owners]))[:MAX_NAMES]


def describe_miss(fact: str, name: str, known: Iterable[str]) -> str:
    """Return the message of a failed lookup.

    The lines are `fact`, similar names (or all names, if there are few), and the plugins that did not load.
    """
    lines = [fact]
    known = sorted({*known} - {name})  # an uninstalled plugin may have left `name` among the known names
    if similar := find_similar_names(name, known):
        lines.append(f"  near  {', '.join(similar)}")
    elif 0 < len(full := [name for name in known if "::" in name] or known) <= MAX_NAMES:
        lines.append(f"  all   {', '.join(full)}")
    return "\n".join([*lines, *describe_unavailable_plugins()])


def describe_other_kind(name: str) -> str:
    """Return ": it is an optimizer, ..." if an object of another kind has the name, else an empty text."""
    kinds = [kind for kind, table in TABLES.items() if name in table]
    return "".join(f": it is an {kind}, minigrad_core.{CATALOG_NAMES[kind]}[{name!r}]" for kind in kinds)


def describe_unsearched_plugins(name: str) -> list[str]:
    """Return a line with the plugins that no lookup has loaded: a bare name is not searched in them."""
    found = SLOT.loader.namespaces()
    idle = [each for each in sorted(found) if (p := SLOT.loader.plugin(each)) and p.status == "available"]
    if not idle:
        return []
    more = f" and {len(idle) - MAX_PLUGINS} more" if len(idle) > MAX_PLUGINS else ""
    return [f"  note  not searched: {', '.join(idle[:MAX_PLUGINS])}{more}; write {idle[0]}::{name}"]


def describe_idle_plugins(function: Callable[..., Any]) -> list[str]:
    """Return a line for each loaded plugin that declares `function` and registered no operation for it."""
    declaring = map(SLOT.loader.plugin, SLOT.loader.find_declarers(function))
    loaded = [plugin for plugin in declaring if plugin and plugin.status == "loaded"]
    fact = "declares it in its entry points, and registers no operation for it"
    return [f"  note  {plugin.title} {fact}" for plugin in loaded]


def describe_unavailable_plugins() -> list[str]:
    """Return a line for each plugin that is new or did not load: it may have the name."""
    unavailable = [*SLOT.loader.list_new(), *SLOT.loader.list_unavailable()]
    lines = [f"  note  {line}" for line in unavailable[:MAX_PLUGINS]]
    if len(unavailable) > MAX_PLUGINS:
        lines.append(f"  note  and {len(unavailable) - MAX_PLUGINS} more: minigrad plugins --doctor")
    return lines
