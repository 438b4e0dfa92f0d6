"""Catalogs look up registered objects by name: `ops.nn.relu`, `ops["nn::relu"]`, `ops.relu`, `dir(ops)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar
from unicodedata import normalize

from ..errors import LookupFailure, PluginLoadError, UnknownNameError
from .functions import FUNCTIONS
from .loading import SLOT
from .suggestions import describe_miss, describe_other_kind, describe_unsearched_plugins

T = TypeVar("T")


class _ReadOnly:
    """An object whose attributes come from the tables: an assignment would hide a registered object."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith(("_Catalog__", "_Namespace__")):
            raise AttributeError(
                f"{name!r} cannot be assigned: plugins and minigrad_core.register provide the names"
            )
        super().__setattr__(name, value)


class Catalog(_ReadOnly, Generic[T]):
    """All operations, initializers or optimizers of the installed plugins; a lookup loads the plugin.

    The lookup of `namespace::name` loads the plugin of that namespace and no other. A bare name is searched
    in the official plugins only, so no other plugin is loaded for it or can make it ambiguous. The
    instance's dict caches the lookups by attribute.

    Parameters
    ----------
    kind : str
        The noun for messages: "operation", "initializer" or "optimizer".
    table : dict
        Qualified name -> object; the loader fills it.

    Raises
    ------
    PluginLoadError
        The namespace did not load.
    UnknownNameError
        There is no such namespace, or it has no such name.
    """

    __slots__ = ("__dict__", "__kind", "__namespaces", "__table")  # the dict caches lookups by attribute

    def __init__(self, kind: str, table: dict[str, T]) -> None:
        self.__kind = kind
        self.__table = table
        self.__namespaces: dict[str, Namespace[T]] = {}

    def __getattr__(self, name: str) -> Any:
        # Code that copies or displays an object asks for names such as `_repr_html_`: no plugin is loaded.
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        value = vars(self)[name] = self.__get_namespace(name) or self.__find_bare(name)
        return value

    def __getitem__(self, name: str) -> T:
        try:
            return self.__table[name]
        except KeyError:
            return self.__find(name)

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        try:
            self[name]
        except LookupFailure:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        """Yield every qualified name, after loading all plugins."""
        SLOT.loader.load_all()
        return iter(sorted(self.__table))

    def __len__(self) -> int:
        SLOT.loader.load_all()
        return len(self.__table)

    def __bool__(self) -> bool:
        """Return whether there is any namespace; `len` would load all plugins."""
        return bool(SLOT.loader.namespaces())

    def __dir__(self) -> list[str]:
        """Return the namespaces only: completion with TAB loads no plugin."""
        return sorted(SLOT.loader.namespaces())

    def __repr__(self) -> str:
        return f"<{self.__kind}s: {len(self.__table)} loaded>"

    def __reduce__(self) -> tuple[Callable[[str], Catalog[Any]], tuple[str]]:
        # A process has one catalog of each kind: a copy is the same object.
        return get_catalog, (self.__kind,)

    def __get_namespace(self, name: str) -> Namespace[T] | None:
        """Return the namespace `name`, always the same object: `clear_lookups` has to reach it."""
        if not SLOT.loader.has(name):
            return None
        new = Namespace(self, name, self.__kind, self.__table)
        return self.__namespaces.setdefault(name, new)

    def __find(self, name: str) -> T:
        """Load the plugin of a name that is not in the table, and return the object."""
        if not isinstance(name, str):
            raise UnknownNameError(f"{self.__kind}s are looked up by name, as in 'nn::relu'; got {name!r}")
        if (normal := normalize("NFKC", name)) != name:
            return self[normal]  # Python normalizes attribute names so
        namespace, separator, bare = name.partition("::")
        if not separator:
            return self.__find_bare(name)
        SLOT.loader.load(namespace, name)
        if name in self.__table:
            return self.__table[name]
        if SLOT.loader.has(namespace):
            own = [known for known in self.__table if known.startswith(f"{namespace}::")]
            fact = f"plugin {namespace!r} has no {self.__kind} {bare!r}"
            raise UnknownNameError(describe_miss(f"{fact}{describe_other_kind(name)}", name, own))
        fact = f"no installed plugin has the namespace {namespace!r}, so there is no {self.__kind} {name!r}"
        # The message suggests namespaces only: the plugin may not be installed, and then no operation is
        # similar.
        raise UnknownNameError(describe_miss(fact, namespace, SLOT.loader.namespaces()))

    def __find_bare(self, name: str) -> T:
        """Return the object of that name in the first official plugin that has one."""
        official = []
        for namespace in SLOT.loader.load_official():
            official.append(namespace)
            if (value := self.__table.get(f"{namespace}::{name}")) is not None:
                return value
        if SLOT.loader.has(name):
            fact = f"{name!r} is a namespace, and no {self.__kind}"
            raise UnknownNameError(f"{fact}: look up its {self.__kind}s as in '{name}::NAME'")
        namespaces = " or ".join(official)
        fact = f"there is no namespace {name!r}, and no {self.__kind} of that name in {namespaces}"
        message = describe_miss(fact, name, [*self.__table, *SLOT.loader.namespaces()])
        raise UnknownNameError("\n".join([message, *describe_unsearched_plugins(name)]))


class Namespace(_ReadOnly, Generic[T]):
    """The operations, initializers or optimizers of one plugin; the first lookup loads the plugin."""

    __slots__ = ("__dict__", "__kind", "__name", "__owner", "__table")

    def __init__(self, owner: Catalog[T], name: str, kind: str, table: dict[str, T]) -> None:
        self.__owner = owner
        self.__name = name
        self.__kind = kind
        self.__table = table

    def __getattr__(self, name: str) -> T:
        # A mock, or a check for coroutines, asks for such names: no plugin is loaded. Item access loads it.
        own = name.startswith("_Namespace__")
        if own or (name.startswith("_") and f"{self.__name}::{name}" not in self.__table):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        value = vars(self)[name] = self.__owner[f"{self.__name}::{name}"]
        return value

    def __dir__(self) -> list[str]:
        try:
            SLOT.loader.load(self.__name, self.__name)
        except PluginLoadError:
            return []
        prefix = f"{self.__name}::"
        return sorted(full.removeprefix(prefix) for full in self.__table if full.startswith(prefix))

    def __repr__(self) -> str:
        return f"<{self.__kind}s of {self.__name!r}>"

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Catalog[T], str]]:
        return getattr, (self.__owner, self.__name)


def clear_lookups() -> None:
    """Drop the cached lookups by attribute and by function, after the tables were changed."""
    from .installed import CATALOGS  # imported here since `installed` imports this module

    FUNCTIONS.clear()
    for catalog in CATALOGS.values():
        # The attribute is private to keep all names without underscores for registered objects.
        namespaces = catalog._Catalog__namespaces  # noqa: SLF001
        for holder in (catalog, *namespaces.values()):
            vars(holder).clear()


def get_catalog(kind: str) -> Catalog[Any]:
    """Return the catalog of a kind: "operation", "initializer" or "optimizer"."""
    from .installed import CATALOGS  # imported here since `installed` imports this module

    return CATALOGS[kind]
