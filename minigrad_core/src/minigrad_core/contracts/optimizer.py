"""The contract of an optimizer: its rule, `update`. The base keeps parameters, groups, state and settings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..array import copy_aligned
from ..engine.version_counter import next_version, watch
from ..errors import ArgumentError, GradientError, InputError, StateError
from ..hints import OPTIMIZER, add_hints

if TYPE_CHECKING:
    from ..parameter import Parameter

State: TypeAlias = dict[str, Any]
Params: TypeAlias = "Iterable[Parameter] | Iterable[Mapping[str, Any]]"


@add_hints(OPTIMIZER)
class Optimizer(ABC):
    """Updates parameters in place from their gradients.

    Subclasses pass their settings to `__init__` by keyword and define `update`. Every setting becomes an
    attribute; `step` reads it, so it may be assigned between steps.

    Parameters
    ----------
    params : iterable of Parameter, or of dicts
        A dict is a group, as in PyTorch: `{"params": [...], "lr": 0.01}` overrides settings for its
        parameters.
    lr : float
        The learning rate, at least 0; at 0 a step changes nothing.

    Attributes
    ----------
    name : str
        An identifier, unique in its namespace.
    reference : callable, optional
        The rule of the paper, `reference(data, grad, state, settings) -> new data`, slow and obvious. The
        contract kit compares each step with it. `state` is a dict per parameter that starts empty.
        `minigrad_core.testing.references` has published rules: `reference = staticmethod(references.adam)`.
    initial : sequence of str
        Settings that `update` reads only when it initializes the state: a later assignment has no effect.
    coupled : str
        The reason why the step of one parameter depends on the others, for example because `step` clips the
        norm of all gradients; empty by default: the steps are independent.

    Raises
    ------
    InputError
        There are no parameters, one is listed twice, or the learning rate is negative.
    ArgumentError
        An entry is not a parameter, a group has an unknown setting, or the learning rate is not a number.
    """

    name: str
    reference: ClassVar[Callable[..., Any] | None] = None
    initial: ClassVar[Sequence[str]] = ()
    coupled: ClassVar[str] = ""

    def __init__(self, params: Params, *, lr: float, **settings: Any) -> None:
        self._settings = ("lr", *settings)
        for name, value in {"lr": lr, **settings}.items():
            setattr(self, name, value)
        self.groups = self._make_groups(_list_params(self.name, params))
        self.params: list[Parameter] = [param for params, _ in self.groups for param in params]
        self.state: list[list[State]] = [[{} for _ in params] for params, _ in self.groups]
        watch(self.params)

    @abstractmethod
    def update(
        self, data: NDArray[Any], grad: NDArray[Any], state: State, settings: Mapping[str, Any]
    ) -> None:
        """Change `data` in place.

        grad: of the shape of `data`, read-only. state: the dict of this parameter, which starts empty.
        settings: by name, with the overrides of the parameter's group.
        """

    @property
    def lr(self) -> float:
        """The learning rate."""
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        self._lr = _check_rate(value)

    def step(self) -> None:
        """Update every parameter that has a gradient.

        Raises
        ------
        GradientError
            No parameter has a gradient.
        """
        now = next_version()
        changed = False
        defaults = {name: getattr(self, name) for name in self._settings}
        update = self.update
        for (params, overrides), states in zip(self.groups, self.state, strict=True):
            settings = {**defaults, **overrides} if overrides else defaults
            for param, state in zip(params, states, strict=True):
                grad = param.grad
                if grad is not None:
                    changed = True
                    param.version = now
                    update(param.data, grad, state, settings)
        if not changed:
            raise GradientError(
                f"{self.name}: no parameter has a gradient; call backward() on a loss that depends on them "
                "before step()"
            )

    def zero_grad(self) -> None:
        """Set every gradient to None."""
        for param in self.params:
            param.grad = None

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of settings and state; another instance that loads it continues bit for bit."""
        return {
            "settings": {name: getattr(self, name) for name in self._settings},
            "groups": [dict(overrides) for _, overrides in self.groups],
            "shapes": [param.shape for param in self.params],
            "state": [_copy_state(state) for states in self.state for state in states],
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Copy the settings and state of a `state_dict`, in the dtype of each parameter.

        Raises
        ------
        StateError
            `state` is from another class of optimizer, or for other parameters.
        """
        self._check_fits(state)
        pairs = zip(self.params, state["state"], strict=True)
        states = iter([_copy_state(entry, param.dtype) for param, entry in pairs])
        for name, value in state["settings"].items():
            setattr(self, name, value)
        self.state = [[next(states) for _ in group] for group, _ in self.groups]
        groups = zip(self.groups, state["groups"], strict=True)
        self.groups = [(params, dict(overrides)) for (params, _), overrides in groups]

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        watch(self.params)  # a copy has other parameters

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._settings)
        return f"{type(self).__name__}({len(self.params)} parameters, {settings})"

    def _make_groups(self, params: list[Any]) -> list[tuple[list[Parameter], dict[str, Any]]]:
        """Return (parameters, overridden settings) of each group; plain parameters are one group."""
        if not any(isinstance(entry, Mapping) for entry in params):
            params = [{"params": params}]
        groups = [_make_group(self.name, entry, self._settings) for entry in params]
        counts = Counter(param for group, _ in groups for param in group)
        for param, count in counts.items():
            if count > 1:
                raise InputError(f"{self.name}: a parameter of shape {param.shape} is listed twice")
        if not counts:
            raise InputError(f"{self.name}: no parameters to optimize; pass model.parameters()")
        return groups

    def _check_fits(self, state: Mapping[str, Any]) -> None:
        """Raise a StateError if `state` is not a state of this optimizer."""
        if not isinstance(state, Mapping):
            raise StateError(f"{self.name}: expected what state_dict() returned, got {type(state).__name__}")
        if missing := [key for key in ("settings", "groups", "shapes", "state") if key not in state]:
            raise StateError(f"{self.name}: expected what state_dict() returned; it lacks {missing}")
        if set(state["settings"]) != set(self._settings) or len(state["groups"]) != len(self.groups):
            raise StateError(
                f"{self.name}: the state has other settings or groups: {sorted(state['settings'])}"
            )
        if len(state["state"]) != len(self.params):
            raise StateError(
                f"{self.name}: the state is for {len(state['state'])} parameters, "
                f"this optimizer has {len(self.params)}"
            )
        for i, (param, shape) in enumerate(zip(self.params, map(tuple, state["shapes"]), strict=True)):
            if shape != param.shape:
                raise StateError(
                    f"{self.name}: parameter {i} has shape {param.shape}, the state is for {shape}"
                )


def _make_group(name: str, entry: Any, known: tuple[str, ...]) -> tuple[list[Parameter], dict[str, Any]]:
    """Return the parameters of a group, and the settings that it overrides."""
    if not isinstance(entry, Mapping):
        raise ArgumentError(
            f"{name}: expected only parameters, or only groups, got {type(entry).__name__} among groups; put "
            'it into a group, {"params": [...]}'
        )
    entry = dict(entry)
    if "params" not in entry:
        raise InputError(f"{name}: a group lacks its 'params'; it has {sorted(entry)}")
    params = _list_params(name, entry.pop("params"))
    for param in params:
        _check_param(name, param)
    if unknown := sorted(set(entry) - set(known)):
        raise ArgumentError(f"{name}: unknown settings in a group: {unknown}; known are {sorted(known)}")
    if "lr" in entry:
        _check_rate(entry["lr"])
    return params, entry


def _check_param(name: str, param: Any) -> None:
    """Raise unless `param` is a leaf with an array that a step can write to."""
    if getattr(param, "node", None) is not None:
        raise ArgumentError(
            f"{name}: a tensor of shape {param.shape} is not a leaf but was computed from others: it "
            "gets no gradient, and each step computes it again; optimize the leaves from which it is "
            "computed"
        )
    if not hasattr(param, "grad") or not hasattr(param, "data"):
        raise ArgumentError(
            f"{name}: expected a Parameter, got {type(param).__name__}; pass model.parameters()"
        )
    if isinstance(param.data, np.ndarray) and not param.data.flags.writeable:
        raise InputError(
            f"{name}: the array of a parameter of shape {param.shape} is read-only, and a step writes to "
            "it; make the parameter of a copy, Parameter(array.copy())"
        )


def _list_params(name: str, params: Any) -> list[Any]:
    """Return the parameters or groups in a list.

    Raises
    ------
    ArgumentError
        `params` is a tensor, whose rows are not parameters, or not an iterable.
    """
    if hasattr(params, "requires_grad") or not isinstance(params, Iterable):
        raise ArgumentError(
            f"{name}: expected parameters in a list or another iterable, got {type(params).__name__}; pass "
            "model.parameters(), or [parameter]"
        )
    return list(params)


def _check_rate(value: float) -> float:
    """Return a learning rate, or raise if it is not a number, or negative."""
    try:
        is_valid = bool(value >= 0)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"lr must be a number, got {value!r}") from error
    if not is_valid:
        raise InputError(f"lr must be at least 0, got {value}")
    return value


def _copy_state(state: State, dtype: np.dtype[Any] | None = None) -> State:
    """Return a copy of the state of one parameter, with its floating-point arrays as `dtype` if given."""
    return {
        key: copy_aligned(value, dtype if value.dtype.kind == "f" else None)
        if isinstance(value, np.ndarray)
        else value
        for key, value in state.items()
    }
