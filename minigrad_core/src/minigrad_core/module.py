"""The base class of models: a tree of modules and parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .engine.call_marks import mark_call, note_place
from .engine.node import node_numbers
from .engine.version_counter import next_version, watch
from .errors import ArgumentError, StateError
from .hints import MODULE, add_hints
from .parameter import Parameter, ParameterIterator

_ARRAY_ATTRIBUTES = ("ndim", "shape", "dtype", "size")


@add_hints(MODULE)
class Module(ABC):
    """A function with parameters. Subclasses define `forward`, and assign parameters and modules to `self`.

    The name of a parameter is its dotted path of attributes; the order is that of the first assignment. A
    parameter with two paths is listed once, under the first. Lists, tuples, sets and dicts are not searched:
    if one has a parameter or module that is not also an attribute, the methods below raise an error. Use a
    ModuleList, or an attribute for each.

    Examples
    --------
    >>> import numpy as np, minigrad_core as mg
    >>> class Scale(mg.Module):
    ...     def __init__(self):
    ...         self.factor = mg.Parameter(np.ones(3))
    ...     def forward(self, x):
    ...         return x * self.factor
    >>> dict(Scale().named_parameters())
    {'factor': tensor([1., 1., 1.], requires_grad=True)}
    """

    # Defaults on the class, so a subclass need not call `super().__init__()`.
    training: bool = True
    _buffers: tuple[str, ...] = ()

    def __init_subclass__(cls) -> None:
        """Refuse a parameter or module that belongs to the class: no instance would list it."""
        super().__init_subclass__()
        for name, value in vars(cls).items():
            if isinstance(value, (Parameter, Module)):
                raise ArgumentError(
                    f"{cls.__name__}.{name}: a {type(value).__name__} of the class would be neither trained "
                    f"nor saved: assign it in __init__, self.{name} = ..."
                )

    @abstractmethod
    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Return the output of the module."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the output of `forward`, and mark the call in the graph, for `mg.draw`."""
        before = next(node_numbers)
        try:
            output = self.forward(*args, **kwargs)
        except AttributeError as error:
            if error.name in _ARRAY_ATTRIBUTES and any(error.obj is x for x in (*args, *kwargs.values())):
                raise ArgumentError(
                    f"{type(self).__name__} expected an array, got {type(error.obj).__name__}: convert it, "
                    "np.asarray(x)"
                ) from error
            raise
        mark_call(self, before, output)  # number and mark take 0.3 us a call
        return output

    def __setattr__(self, name: str, value: Any) -> None:
        """Assign an attribute; only None or another parameter may replace a parameter."""
        if isinstance(vars(self).get(name), Parameter) and not isinstance(value, (Parameter, type(None))):
            raise ArgumentError(
                f"{type(self).__name__}.{name} is a parameter, and {type(value).__name__} in its place would "
                "be neither trained nor saved; to give it other values, write .data[...] = values; to "
                "replace it, assign a Parameter, or del it first"
            )
        object.__setattr__(self, name, value)
        # `isinstance` is ten times slower for a class with abstract methods.
        if Module in type(value).__mro__:
            note_place(self, name, value)

    def register_buffer(self, name: str, value: NDArray[Any]) -> None:
        """Assign the array `value` as a buffer: state that is not learned, such as a running mean."""
        setattr(self, name, value)
        if name not in self._buffers:
            self._buffers = (*self._buffers, name)

    def children(self) -> Iterator[Module]:
        """Yield the direct submodules."""
        yield from (module for _, module in self.named_children())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield (attribute, module) for each direct submodule."""
        yield from ((name, value) for name, value in self._list_members() if isinstance(value, Module))

    def modules(self) -> Iterator[Module]:
        """Yield this module and all its submodules, each once."""
        yield from (module for _, module in self.named_modules())

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """Yield (dotted name, module) for this module, named "", and for all its submodules, each once."""
        yield from ((name, value) for name, value in self._walk() if _is_module(value))

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield (dotted name, parameter) in the order of definition, each parameter once.

        Raises
        ------
        ArgumentError
            A list, tuple, set or dict has a module or parameter that is not also an attribute.
        """
        yield from ((name, value) for name, value in self._list_leaves() if isinstance(value, Parameter))

    def parameters(self) -> ParameterIterator:
        """Return an iterator over the parameters in the order of definition, each once."""
        return ParameterIterator(parameter for _, parameter in self.named_parameters())

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to None."""
        for _, parameter in self.named_parameters():
            parameter.grad = None

    def train(self, mode: bool = True) -> Module:
        """Set this module and all its submodules to training mode (or back), and return it."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Module:
        """Set this module and all its submodules to evaluation mode, and return it."""
        return self.train(False)

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """Return copies of the parameters and buffers by their dotted names."""
        return {name: array.copy() for name, array in self._iterate_state()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Copy the values of `state` into parameters and buffers, in place, if all of them fit.

        Raises
        ------
        StateError
            A name is missing or unexpected, an array has another shape or kind of dtype, an integer is out of
            range, or an array of the module cannot be written to. Then nothing is copied.
        ArgumentError
            `state` is not a mapping.
        """
        if not isinstance(state, Mapping):
            raise ArgumentError(f"expected what state_dict() returned, got {type(state).__name__}")
        own = dict(self._iterate_state())
        problems = [f"missing: {name} {own[name].shape}" for name in own if name not in state]
        problems += [f"unexpected: {name}" for name in state if name not in own]
        shared = [name for name in own if name in state]
        problems += [f"{name}: {p}" for name in shared if (p := _describe_misfit(own[name], state[name]))]
        if problems:
            raise StateError(f"the state does not fit {type(self).__name__}:\n  " + "\n  ".join(problems))
        # A cast may raise, so all casts come before the first write. They copy, since `state` may hold arrays
        # of this module under other names, as for an exchange of two weights.
        values = {name: np.asarray(state[name]).astype(array.dtype) for name, array in own.items()}
        parameters, now = list(self.parameters()), next_version()
        watch(parameters)
        for parameter in parameters:
            parameter.version = now
        for name, array in own.items():
            array[...] = values[name]

    def __repr__(self) -> str:
        """Return the tree of modules, one per line."""
        below = [f"({name}): {module!r}".replace("\n", "\n  ") for name, module in self.named_children()]
        if not below:
            return f"{type(self).__name__}({self.extra_repr()})"
        return f"{type(self).__name__}(\n  " + "\n  ".join(below) + "\n)"

    def extra_repr(self) -> str:
        """Return the text in parentheses in the `repr` of a module without submodules, such as sizes."""
        return ""

    def _walk(self) -> Iterator[tuple[str, Any]]:
        """Yield (dotted name, value) for this module and all submodules, parameters and buffers, each once.

        The order is depth first, and that of assignment within a module.
        """
        seen: dict[int, Any] = {}
        stack: list[tuple[str, Any]] = [("", self)]
        while stack:
            name, value = stack.pop()
            if id(value) not in seen:
                seen[id(value)] = value
                yield name, value
                if _is_module(value):
                    prefix = f"{name}." if name else ""
                    stack.extend((prefix + key, below) for key, below in reversed(value._list_members()))  # noqa: SLF001

    def _list_leaves(self) -> list[tuple[str, Parameter | NDArray[Any]]]:
        """Return (dotted name, value) of the parameters and buffers, or raise if some cannot be reached."""
        members = list(self._walk())
        _refuse_unreachable([value for _, value in members])
        _refuse_equal_names([name for name, _ in members])
        return [(name, value) for name, value in members if not _is_module(value)]

    def _list_members(self) -> list[tuple[str, Any]]:
        """Return (attribute, value) of the direct submodules, parameters and buffers."""
        return [
            (name, value)
            for name, value in vars(self).items()
            if isinstance(value, (Parameter, Module)) or name in self._buffers
        ]

    def _iterate_state(self) -> Iterator[tuple[str, NDArray[Any]]]:
        """Yield (dotted name, array) of the parameters and buffers, without copies."""
        for name, value in self._list_leaves():
            if isinstance(value, Parameter):
                yield name, value.data
            elif isinstance(value, np.ndarray):
                yield name, value
            elif value is not None:
                raise StateError(
                    f"{type(self).__name__}: the buffer {name!r} is a {type(value).__name__}, and a state "
                    "holds arrays: assign np.asarray(value), or t.numpy() for a tensor"
                )


def _is_module(value: Any) -> bool:
    # `isinstance` is ten times slower for a class with abstract methods, so most values are excluded before.
    return not isinstance(value, (Parameter, np.ndarray)) and isinstance(value, Module)


def _refuse_unreachable(members: list[Any]) -> None:
    """Raise if a container in a module has a module or parameter that is none of `members`.

    PyTorch silently ignores such parameters: they are neither trained nor saved.
    """
    ids = set(map(id, members))
    for module in [value for value in members if _is_module(value)]:
        for name, value in vars(module).items():
            if isinstance(value, _CONTAINERS):
                for item in _iterate_items(value):
                    if isinstance(item, (Parameter, Module)) and id(item) not in ids:
                        raise ArgumentError(
                            f"{type(module).__name__}.{name}: a {type(value).__name__} is not searched, "
                            f"so the {type(item).__name__} in it would be neither trained nor saved; use a "
                            "ModuleList of modules, or an attribute for each"
                        )


def _refuse_equal_names(names: list[str]) -> None:
    """Raise if attribute "a.w" has the name of the `w` of attribute `a`: a state would lose one of them."""
    if len(set(names)) < len(names):
        name = next(name for i, name in enumerate(names) if name in names[:i])
        raise ArgumentError(
            f"{name!r} names two parameters, buffers or modules, and a state would hold one of them; use "
            "attributes without dots, and in a ModuleList without numbers"
        )


_CONTAINERS = (list, tuple, set, frozenset, dict)


def _iterate_items(container: Any) -> Iterator[Any]:
    """Yield the items of a container and of the containers in it."""
    containers = {id(container): container}
    stack = [container]
    while stack:
        value = stack.pop()
        for item in value.values() if isinstance(value, dict) else value:
            if not isinstance(item, _CONTAINERS):
                yield item
            elif id(item) not in containers:
                containers[id(item)] = item
                stack.append(item)


def _describe_misfit(own: NDArray[Any], given: Any) -> str | None:
    """Return why `given` does not fit the array of a module, or None."""
    shape, dtype = np.shape(given), np.asarray(given).dtype
    if shape != own.shape:
        # Not for kernels: those of TensorFlow with reversed axes would fit, with exchanged height and width.
        is_matrix = own.ndim == 2 and shape == own.shape[::-1]
        advice = ": transpose it, since Linear and recurrent layers hold (in, out), unlike PyTorch's"
        return f"expected shape {own.shape}, got {shape}{advice if is_matrix else ''}"
    if not np.can_cast(dtype, own.dtype, "same_kind"):
        return f"expected {own.dtype}, got {dtype}"
    if own.dtype.kind in "iu" and not np.array_equal(np.asarray(given).astype(own.dtype), given):
        return f"a value is out of the range of {own.dtype}"
    if not own.flags.writeable:
        return "the array of the module is read-only, so assign a copy of it first"
    return None
