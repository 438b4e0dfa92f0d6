"""Everything that is registered, as subjects of the kit."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ..dispatch import initializers, ops, optimizers
from ..dispatch.suggestions import describe_miss
from ..dispatch.tables import CLAIMS, INITIALIZERS, OPERATIONS, OPTIMIZERS
from ..errors import UnknownNameError
from ..plugins.names import is_path_to
from ..plugins.plugin import FAULTS, Plugin
from ..plugins.startup import plugin_loader
from ..tensor.protocols import describe_function
from .checks import check_initializer, check_operation, check_optimizer
from .finding import Law
from .laws import LAWS
from .laws.initializers import INITIALIZER_LAWS
from .laws.operation import OWN_LAWS
from .laws.optimizers import OPTIMIZER_LAWS
from .report.report import Failure, Report

Kind: TypeAlias = Literal["operation", "initializer", "optimizer", "plugin"]
_LOADED: dict[Kind, Any] = {"operation": OPERATIONS, "initializer": INITIALIZERS, "optimizer": OPTIMIZERS}
_CATALOGS: dict[str, Any] = {"operation": ops, "initializer": initializers, "optimizer": optimizers}
_LAWS: dict[str, tuple[Callable[..., Report], tuple[Law, ...]]] = {
    "operation": (check_operation, (*LAWS, *OWN_LAWS)),
    "initializer": (check_initializer, INITIALIZER_LAWS),
    "optimizer": (check_optimizer, OPTIMIZER_LAWS),
}
PLUGIN_LAWS = ("load", "declared-functions")
_REPORTS: dict[Any, tuple[Any, Report]] = {}


@dataclass(frozen=True, order=True)
class RegisteredSubject:
    """One registered thing, or a plugin."""

    name: str  # `nn::relu`; for a plugin its namespace
    kind: Kind

    @property
    def laws(self) -> tuple[str, ...]:
        """The names of the laws of its kind, in the order in which they are asked."""
        return PLUGIN_LAWS if self.kind == "plugin" else tuple(law.name for law in _LAWS[self.kind][1])

    @property
    def thing(self) -> Any:
        """The operation, initializer or optimizer itself; of a plugin, nothing."""
        return None if self.kind == "plugin" else _CATALOGS[self.kind][self.name]

    def check(self, seed: int = 0, **options: Any) -> Report:
        """Apply the laws."""
        if self.kind == "plugin":
            return _check_plugin(self.name)
        check, _ = _LAWS[self.kind]
        return check(self.thing, seed=seed, subject=self.name, **options)


def report_once(subject: RegisteredSubject) -> Report:
    """Return the report of a subject that several test items share: it is run once in a process."""
    key = subject, id(subject.thing)  # another registry may have the name; what is kept here keeps its id
    return (_REPORTS.get(key) or _REPORTS.setdefault(key, (subject.thing, subject.check())))[1]


def find_subjects(selectors: Sequence[str] = ()) -> list[RegisteredSubject]:
    """Return what is registered, sorted: all, or what is selected, as `nn` or `nn::relu`, and must exist."""
    found = sorted(_list_registered({selector.partition("::")[0] for selector in selectors}))
    chosen = [s for s in found if not selectors or any(_is_selected(s, selector) for selector in selectors)]
    for selector in selectors:
        if not any(_is_selected(subject, selector) for subject in chosen):
            names = {subject.name for subject in _list_registered(())}
            known = ", ".join(sorted({name.partition("::")[0] for name in names})) or "none"
            fact = (
                f"nothing registered is called {selector!r}: expected a namespace ({known}) or a full name, "
                "as in nn::relu; `minigrad ops` lists them"
            )
            raise UnknownNameError(describe_miss(fact, selector, names))
    return chosen


def find_laws(name: str) -> Sequence[tuple[str, Law]]:
    """Return the laws of that name, with the kind of thing that each is for; UnknownNameError without any."""
    every = [(kind, law) for kind, (_, laws) in _LAWS.items() for law in laws]
    found = [(kind, law) for kind, law in every if law.name == name]
    if not found:
        known = sorted({law.name for _, law in every})
        raise UnknownNameError(f"there is no law {name!r}; the laws are {', '.join(known)}")
    return found


def _list_registered(namespaces: Collection[str]) -> list[RegisteredSubject]:
    """Return what is in some namespaces, and loads: in all without any."""
    loader = plugin_loader()
    loader.check_settings()
    for namespace in loader.namespaces():
        if not namespaces or namespace in namespaces:
            loader.ensure(namespace)
    filled = {name.partition("::")[0] for table in _LOADED.values() for name in table}
    # Of the others all is said by what they register.
    loaded = [
        p
        for p in loader.plugins()
        if p.status == "loaded" and (p.declares_functions or p.namespace not in filled)
    ]
    judged = [*loaded, *(p for p in loader.plugins() if p.status in FAULTS)]
    plugins = [RegisteredSubject(plugin.namespace, "plugin") for plugin in judged]
    return plugins + [RegisteredSubject(name, kind) for kind, table in _LOADED.items() for name in table]


def _is_selected(subject: RegisteredSubject, selector: str) -> bool:
    namespace = subject.name.partition("::")[0]
    if subject.kind == "plugin" and selector.startswith(f"{namespace}::"):  # what it would have, if it loaded
        plugin = plugin_loader().plugin(namespace)
        return plugin is not None and plugin.status in FAULTS
    return selector in (subject.name, namespace)


def _check_plugin(namespace: str) -> Report:
    """Say whether a plugin loads, and answers for the functions that its distribution declares."""
    plugin = plugin_loader().plugin(namespace)
    if plugin is None or plugin.status != "loaded":
        message = f"{namespace} is not installed" if plugin is None else str(plugin.make_error(namespace))
        failure = Failure(namespace, "load", "plugin-not-loaded", message)
        return Report(namespace, ("load",), (failure,), {"declared-functions": "it did not load"})
    failures = [
        Failure(namespace, PLUGIN_LAWS[1], "function-claims", line) for line in compare_claims(plugin)
    ]
    return Report(namespace, PLUGIN_LAWS, tuple(failures))


def compare_claims(plugin: Plugin) -> list[str]:
    """Return a line for each function that a loaded plugin declares and does not answer for, or vice versa.

    One that declares nothing is free to answer for what it likes.
    """
    own, declared = f"{plugin.namespace}::", [path for claim in plugin.claims for path in claim.functions]
    made = [function for full, claimed in CLAIMS.items() if full.startswith(own) for function in claimed]
    idle = [path for path in declared if not any(is_path_to(path, f) for f in made)]
    silent = [
        describe_function(f) for f in made if declared and not any(is_path_to(path, f) for path in declared)
    ]
    return [f"{path} is declared in the entry points, and no operation answers for it" for path in idle] + [
        f"{name} is answered for, and not declared" for name in silent
    ]
