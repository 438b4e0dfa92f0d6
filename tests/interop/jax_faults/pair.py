"""How a fault of a custom rule and its right twin are entered."""

from __future__ import annotations

from typing import Any

import jax

from minigrad_core.cases import Case, real
from minigrad_interop import subjects

PAIRS: dict[str, tuple[Any, Any]] = {}
ANY = {"broadcasts": True}
MATRIX = {"cases": [Case(x=real("n k"))]}


def pair(name: str, wrong: Any, right: Any, **declared: Any) -> None:
    """Enter a fault and its twin under a name."""
    PAIRS[name] = (subjects.jax(wrong, **declared), subjects.jax(right, **declared))


def with_rule(value: Any, rule: Any) -> Any:
    """Return a function of one array with `rule(x, grad)` for its gradient."""
    f: Any = jax.custom_vjp(value)
    f.defvjp(lambda x: (value(x), x), lambda x, grad: (rule(x, grad),))
    return f


def unary(name: str, value: Any, wrong: Any, right: Any, **declared: Any) -> None:
    """Enter two rules for one function."""
    pair(name, with_rule(value, wrong), with_rule(value, right), **(declared or ANY))


def binary(name: str, value: Any, wrong: Any, right: Any, **declared: Any) -> None:
    """Enter two rules for a function of two arrays."""

    def with_binary_rule(rule: Any) -> Any:
        f: Any = jax.custom_vjp(value)
        f.defvjp(lambda x, y: (value(x, y), (x, y)), lambda saved, grad: rule(*saved, grad))
        return f

    pair(name, with_binary_rule(wrong), with_binary_rule(right), **declared)
