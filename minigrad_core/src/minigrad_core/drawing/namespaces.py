"""The namespaces of operations that were imported from a plugin's package before the plugin was loaded.

`from minigrad_ops_nn import relu` needs no registry, so none has been asked, and `describe` knows the bare
name alone. The package is imported by then, so that its plugin is there to be loaded.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..dispatch.tables import LABELS
from ..plugins.startup import plugin_loader


def load_plugins(operations: Iterable[object]) -> None:
    """Load the plugins whose packages the operations come from, so that `describe` names them in full."""
    unknown = [op for op in operations if id(op) not in LABELS]
    packages = {_package(type(op).__module__) for op in unknown}
    if not packages:
        return
    loader = plugin_loader()
    for plugin in loader.plugins():
        if any(_package(claim.value) in packages for claim in plugin.claims):
            loader.ensure(plugin.namespace)


def _package(module: str) -> str:
    return module.partition(".")[0]
