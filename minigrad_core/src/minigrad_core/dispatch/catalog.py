"""Names to things: `ops.nn.relu`, `ops["nn::relu"]`, `ops.relu`, `dir(ops)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar
from unicodedata import normalize

from ..errors import LookupFailure, PluginLoadError, UnknownNameError
from .loading import SLOT
from .suggestions import describe_miss

T = TypeVar("T")


class _ReadOnly:
    """Has attributes that the tables fill, and nobody else: an assignment would hide what is registered."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith(("_Catalog__", "_Namespace__")):
            raise AttributeError(
                f"{name!r} cannot be assigned: it comes from plugins, and minigrad_core.register"
            )
        super().__setattr__(name, value)


class Catalog(_ReadOnly, Generic[T]):
    """Everything of one kind that the installed plugins provide, loaded when it is first asked for.

    A name is `namespace::name`, for which that namespace is loaded and no other. A bare name is an official
    operation's: no other plugin is loaded for it, or can make it ambiguous. What was found by attribute stays
    in the instance's dict, so asking again is a plain dict hit.

    Parameters
    ----------
    kind : str
        What the things are called in messages: "operation".
    table : dict
        Qualified name -> thing; the loader fills it.

    Raises
    ------
    PluginLoadError
        The namespace did not load.
    UnknownNameError
        There is no such namespace, or it has no such name.
    """

    __slots__ = ("__dict__", "__kind", "__namespaces", "__table")  # the dict: what was found by attribute

    def __init__(self, kind: str, table: dict[str, T]) -> None:
        self.__kind = kind
        self.__table = table
        self.__namespaces: dict[str, Namespace[T]] = {}

    def __getattr__(self, name: str) -> Any:
        # Probing (copying, inspection, a notebook's `_repr_html_`) must load nothing.
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        found = vars(self)[name] = self.__namespace(name) or self.__bare(name)
        return found

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
        """Whether there is any namespace; `len` would load them all."""
        return bool(SLOT.loader.namespaces())

    def __dir__(self) -> list[str]:
        """Return the namespaces: completion with TAB is to load no plugin."""
        return sorted(SLOT.loader.namespaces())

    def __repr__(self) -> str:
        return f"<{self.__kind}s: {len(self.__table)} loaded>"

    def __reduce__(self) -> tuple[Callable[[str], Catalog[Any]], tuple[str]]:
        return get_catalog, (
            self.__kind,
        )  # there is one of each kind in a process: copies are the same object

    def __namespace(self, name: str) -> Namespace[T] | None:
        if not SLOT.loader.has(name):
            return None
        new = Namespace(self, name, self.__kind, self.__table)
        return self.__namespaces.setdefault(
            name, new
        )  # one for good, so that `clear_cached_names` reaches it

    def __find(self, name: str) -> T:
        if not isinstance(name, str):
            raise UnknownNameError(f"{self.__kind}s are asked for by name, as in 'nn::relu'; got {name!r}")
        if (read := normalize("NFKC", name)) != name:
            return self[read]  # as Python reads it behind a dot
        namespace, separator, bare = name.partition("::")
        if not separator:
            return self.__bare(name)
        SLOT.loader.load(namespace, name)
        if name in self.__table:
            return self.__table[name]
        if SLOT.loader.has(namespace):
            own = [known for known in self.__table if known.startswith(f"{namespace}::")]
            raise UnknownNameError(
                describe_miss(f"plugin {namespace!r} has no {self.__kind} {bare!r}", name, own)
            )
        fact = f"no installed plugin has the namespace {namespace!r}, so there is no {self.__kind} {name!r}"
        # Namespaces alone: a plugin that is missing is no misspelling of an operation of another one.
        raise UnknownNameError(describe_miss(fact, namespace, SLOT.loader.namespaces()))

    def __bare(self, name: str) -> T:
        asked = []
        for namespace in SLOT.loader.load_official():
            asked.append(namespace)
            if (found := self.__table.get(f"{namespace}::{name}")) is not None:
                return found
        if SLOT.loader.has(name):
            fact = f"{name!r} is a namespace, and no {self.__kind}"
            raise UnknownNameError(f"{fact}: ask for {self.__kind}s in it as in '{name}::NAME'")
        fact = f"there is no namespace {name!r}, and no {self.__kind} of that name in {' or '.join(asked)}"
        raise UnknownNameError(describe_miss(fact, name, [*self.__table, *SLOT.loader.namespaces()]))


class Namespace(_ReadOnly, Generic[T]):
    """The things of one kind that one plugin provides; the plugin is loaded when the first is asked for."""

    __slots__ = ("__dict__", "__kind", "__name", "__owner", "__table")

    def __init__(self, owner: Catalog[T], name: str, kind: str, table: dict[str, T]) -> None:
        self.__owner = owner
        self.__name = name
        self.__kind = kind
        self.__table = table

    def __getattr__(self, name: str) -> T:
        # Probing, by a mock or for a coroutine too, must load nothing; by item such a name is found.
        own = name.startswith("_Namespace__")
        if own or (name.startswith("_") and f"{self.__name}::{name}" not in self.__table):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        found = vars(self)[name] = self.__owner[f"{self.__name}::{name}"]
        return found

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


def clear_cached_names(catalog: Catalog[Any]) -> None:
    """Drop what attribute access remembered, after the tables were changed."""
    namespaces = catalog._Catalog__namespaces  # noqa: SLF001 - any name without underscores may be a thing's
    for holder in (catalog, *namespaces.values()):
        vars(holder).clear()


def get_catalog(kind: str) -> Catalog[Any]:
    """Return the catalog of a kind of thing: "operation", "initializer" or "optimizer"."""
    from .installed import CATALOGS  # a copy or a pickle of a catalog is the catalog itself

    return CATALOGS[kind]
