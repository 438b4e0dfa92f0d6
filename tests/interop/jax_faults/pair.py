"""Add pairs of `jax.custom_vjp` and `jax.custom_jvp`."""

from __future__ import annotations

from typing import Any

import jax

from minigrad_interop import subjects

from ..fault_pairs import ANY, MATRIX, FaultPairs

__all__ = ["ANY", "MATRIX", "PAIRS", "binary", "pair", "unary", "with_rule"]
PAIRS = FaultPairs(subjects.jax)
pair = PAIRS.add


def with_rule(value: Any, rule: Any) -> Any:
    """Return a function of some arrays with the gradient rule `rule(*arrays, grad)`, which returns a tuple."""
    f: Any = jax.custom_vjp(value)
    f.defvjp(lambda *xs: (value(*xs), xs), lambda xs, grad: rule(*xs, grad))
    return f


def unary(name: str, value: Any, wrong: Any, right: Any, **declared: Any) -> None:
    """Add a pair of rules, `rule(x, grad)`, for one function."""
    wrong, right = (with_rule(value, lambda x, g, rule=rule: (rule(x, g),)) for rule in (wrong, right))
    pair(name, wrong, right, **(declared or ANY))


def binary(name: str, value: Any, wrong: Any, right: Any, **declared: Any) -> None:
    """Add a pair of rules, `rule(x, y, grad)`, for a function of two arrays."""
    pair(name, with_rule(value, wrong), with_rule(value, right), **declared)
