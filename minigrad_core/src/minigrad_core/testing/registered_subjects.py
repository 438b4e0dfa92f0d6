"""Make subjects of the kit from everything that is registered."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ..dispatch.catalog import get_catalog
from ..dispatch.function_names import describe_function, is_path_to
from ..dispatch.suggestions import describe_miss
from ..dispatch.tables import CLAIMS, TABLES
from ..errors import UnknownNameError
from ..plugins.plugin import FAULTS, Plugin
from ..plugins.startup import plugin_loader
from .checks import check_initializer, check_operation, check_optimizer
from .finding import Law
from .laws import INITIALIZER_LAWS, LAWS, OPTIMIZER_LAWS
from .laws.operation import OWN_LAWS
from .report.report import Failure, Report

Kind: TypeAlias = Literal["operation", "initializer", "optimizer", "plugin"]
KINDS: tuple[Kind, ...] = ("operation", "initializer", "optimizer")  # of registered objects
_LAWS: dict[str, tuple[Callable[..., Report], tuple[Law, ...]]] = {
    "operation": (check_operation, (*LAWS, *OWN_LAWS)),
    "initializer": (check_initializer, INITIALIZER_LAWS),
    "optimizer": (check_optimizer, OPTIMIZER_LAWS),
}
PLUGIN_LAWS = ("load", "declared-functions")
_REPORTS: dict[Any, tuple[Any, Report]] = {}


@dataclass(frozen=True, order=True)
class RegisteredSubject:
    """A registered operation, initializer or optimizer, or a plugin."""

    name: str  # the full name, `nn::relu`; for a plugin its namespace
    kind: Kind  # `operation`, `initializer`, `optimizer` or `plugin`

    @property
    def laws(self) -> tuple[str, ...]:
        """The names of the laws for this kind, in the order in which they run."""
        return PLUGIN_LAWS if self.kind == "plugin" else tuple(law.name for law in _LAWS[self.kind][1])

    @property
    def implementation(self) -> Any:
        """The operation, initializer or optimizer itself; None for a plugin."""
        return None if self.kind == "plugin" else get_catalog(self.kind)[self.name]

    def check(self, seed: int = 0, **options: Any) -> Report:
        """Apply the laws, and return their report."""
        if self.kind == "plugin":
            return _check_plugin(self.name)
        check, _ = _LAWS[self.kind]
        return check(self.implementation, seed=seed, subject=self.name, **options)


def report_once(subject: RegisteredSubject) -> Report:
    """Return the report of a subject; several test items share one run per process.

    The key contains the id of the registered object, because another registry may have another object of this
    name. The entry keeps the object alive, so that its id is not used again.
    """
    key = subject, id(subject.implementation)
    if key not in _REPORTS:
        _REPORTS[key] = (subject.implementation, subject.check())
    return _REPORTS[key][1]


def find_subjects(selectors: Sequence[str] = ()) -> list[RegisteredSubject]:
    """Return the subjects that are registered, sorted.

    selectors: namespaces or full names, as in `nn` or `nn::relu`; without any, all subjects.

    Raise UnknownNameError if a selector names nothing that is registered.
    """
    subjects = sorted(_list_subjects({selector.partition("::")[0] for selector in selectors}))
    chosen = [s for s in subjects if not selectors or any(_is_selected(s, name) for name in selectors)]
    for selector in selectors:
        if not any(_is_selected(subject, selector) for subject in chosen):
            names = {subject.name for subject in _list_subjects(())}
            known = ", ".join(sorted({name.partition("::")[0] for name in names})) or "none"
            fact = f"nothing registered is called {selector!r}: expected a namespace ({known}) "
            fact += "or a full name, as in nn::relu; `minigrad ops` lists them"
            raise UnknownNameError(describe_miss(fact, selector, names))
    return chosen


def find_laws(name: str) -> Sequence[tuple[str, Law]]:
    """Return the laws of a name as (kind, law); raise UnknownNameError if there are none."""
    all_laws = [(kind, law) for kind, (_, laws) in _LAWS.items() for law in laws]
    named = [(kind, law) for kind, law in all_laws if law.name == name]
    if not named:
        known = sorted({law.name for _, law in all_laws})
        raise UnknownNameError(f"there is no law {name!r}; the laws are {', '.join(known)}")
    return named


def _list_subjects(namespaces: Collection[str]) -> list[RegisteredSubject]:
    """Load the plugins of some namespaces, or of all; return what they registered, and the faulty plugins."""
    loader = plugin_loader()
    loader.check_settings()
    for namespace in loader.namespaces():
        if not namespaces or namespace in namespaces:
            loader.ensure(namespace)
    filled = {name.partition("::")[0] for table in TABLES.values() for name in table}
    # A loaded plugin is a subject of its own only if it declares functions, or registers nothing.
    loaded = [p for p in loader.plugins() if p.status == "loaded"]
    judged = [p for p in loaded if p.declares_functions or p.namespace not in filled]
    judged += [p for p in loader.plugins() if p.status in FAULTS]
    plugins = [RegisteredSubject(plugin.namespace, "plugin") for plugin in judged]
    return plugins + [RegisteredSubject(name, kind) for kind in KINDS for name in TABLES[kind]]


def _is_selected(subject: RegisteredSubject, selector: str) -> bool:
    namespace = subject.name.partition("::")[0]
    if subject.kind == "plugin" and selector.startswith(f"{namespace}::"):  # a name that it would register
        plugin = plugin_loader().plugin(namespace)
        return plugin is not None and plugin.status in FAULTS
    return selector in (subject.name, namespace)


def _check_plugin(namespace: str) -> Report:
    """Return whether a plugin loads, and implements the functions that its distribution declares."""
    plugin = plugin_loader().plugin(namespace)
    if plugin is None or plugin.status != "loaded":
        message = f"{namespace} is not installed" if plugin is None else str(plugin.make_error(namespace))
        failure = Failure(namespace, "load", "plugin-not-loaded", message)
        return Report(namespace, ("load",), (failure,), {"declared-functions": "it did not load"})
    law = PLUGIN_LAWS[1]
    failures = [Failure(namespace, law, "function-claims", line) for line in compare_claims(plugin)]
    return Report(namespace, PLUGIN_LAWS, tuple(failures))


def compare_claims(plugin: Plugin) -> list[str]:
    """Return a line for each function that a loaded plugin declares and does not implement, or vice versa.

    A plugin that declares no functions may implement any.
    """
    prefix = f"{plugin.namespace}::"
    declared = [path for claim in plugin.claims for path in claim.functions]
    implemented = [f for name, functions in CLAIMS.items() if name.startswith(prefix) for f in functions]
    lines = [
        f"{path} is declared in the entry points, and no operation answers for it"
        for path in declared
        if not any(is_path_to(path, f) for f in implemented)
    ]
    lines += [
        f"{describe_function(f)} is answered for, and not declared"
        for f in implemented
        if declared and not any(is_path_to(path, f) for path in declared)
    ]
    return lines
