"""Optimizers and initializers under other names, which mean nothing to the contract kit."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from minigrad_core import Parameter

KEPT = {"self", "params", "lr", "shape", "rng", "dtype"}
SETTINGS = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def renamed(thing: Any, reference: Any) -> tuple[Any, Any]:
    """Return a class and its reference under other names, of all settings but lr too, and without words."""
    call = thing if hasattr(thing, "step") else thing.__call__
    names = [p.name for p in inspect.signature(call).parameters.values() if p.kind in SETTINGS]
    new = {name: f"q{k}" for k, name in enumerate(names) if name not in KEPT}
    reference = reference or getattr(thing, "reference", None)
    return (_optimizer if hasattr(thing, "step") else _initializer)(thing, reference, new)


def _signature(call: Any, new: dict[str, str]) -> inspect.Signature:
    taken = inspect.signature(call)
    return taken.replace(
        parameters=[p.replace(name=new.get(p.name, p.name)) for p in taken.parameters.values()]
    )


def _back(settings: Any, new: dict[str, str]) -> dict[str, Any]:
    old = {other: name for name, other in new.items()}
    return {old.get(str(name), str(name)): value for name, value in settings.items()}


def _optimizer(thing: Any, reference: Any, new: dict[str, str]) -> tuple[Any, Any]:
    class Q(thing):  # type: ignore[misc]
        name = "q"
        initial = tuple(new[name] for name in getattr(thing, "initial", ()))

        def __init__(self, params: Any, lr: float = 0.1, **settings: Any) -> None:
            entries = [_back(entry, new) if isinstance(entry, dict) else entry for entry in params]
            super().__init__(entries, lr, **_back(settings, new))

    Q.__signature__ = _signature(thing, new)
    made = thing([Parameter(np.ones(2))], 0.1)
    for name in (name for name in new if hasattr(made, name)):
        setattr(Q, new[name], _attribute(name))
    if reference is None:
        return Q, None
    return Q, lambda data, grad, state, settings: reference(data, grad, state, _back(settings, new))


def _attribute(name: str) -> property:
    return property(lambda self: getattr(self, name), lambda self, value: setattr(self, name, value))


def _initializer(thing: Any, reference: Any, new: dict[str, str]) -> tuple[Any, Any]:
    class Q(thing):  # type: ignore[misc]
        name = "q"

        def __call__(self, shape: Any, *, rng: Any, **settings: Any) -> Any:
            return super().__call__(shape, rng=rng, **_back(settings, new))

    Q.__call__.__signature__ = _signature(thing.__call__, new)  # type: ignore[attr-defined]
    if reference is None:
        return Q, None

    def rule(shape: Any, *, rng: Any, **settings: Any) -> Any:
        return reference(shape, rng=rng, **_back(settings, new))

    rule.__signature__ = _signature(reference, new)  # type: ignore[attr-defined]
    return Q, rule
