"""A list of modules that is a module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, overload

from .engine.call_marks import note_place
from .errors import ArgumentError
from .module import Module

if TYPE_CHECKING:
    from typing import Self


class ModuleList(Module):
    """A list of modules, named by their positions."""

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        self._items: list[Module] = []
        for module in modules:
            self.append(module)

    def append(self, module: Module) -> ModuleList:
        """Add a module at the end, and return the list."""
        if not isinstance(module, Module):
            raise ArgumentError(f"a {type(self).__name__} holds modules, got {_describe_kind(module)}")
        note_place(self, str(len(self._items)), module)
        self._items.append(module)
        return self

    def forward(self, *_: Any, **__: Any) -> Any:
        """Raise an ArgumentError: a list does not define an order of computation."""
        kind = type(self).__name__
        raise ArgumentError(f"a {kind} is not called; call its modules, or use minigrad_ops_nn.Sequential")

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._items)

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...

    def __getitem__(self, index: int | slice) -> Module:
        """Return a module; for a slice, return a list of the same class with the same module objects."""
        if not isinstance(index, slice):
            return self._items[index]
        part = type(self).__new__(type(self))
        vars(part).update(vars(self), _items=self._items[index])
        vars(part).pop("_place", None)  # the place of this list, to which its modules refer
        return part

    def __copy__(self) -> Self:
        """Return a list with the same modules, as a copy of a Python list: `append` changes one of them."""
        return self[:]

    def _list_members(self) -> list[tuple[str, Any]]:
        return [*super()._list_members(), *((str(i), module) for i, module in enumerate(self._items))]


def _describe_kind(obj: object) -> str:
    """Return the type of an object that is not a module, with advice."""
    name = type(obj).__name__
    if isinstance(obj, type):
        return f"the class {obj.__name__}; make one: {obj.__name__}(...)"
    if isinstance(obj, (list, tuple)):
        return f"a {name}; unpack it: *modules"
    return f"{name}; write a Module whose forward calls it" if callable(obj) else name
