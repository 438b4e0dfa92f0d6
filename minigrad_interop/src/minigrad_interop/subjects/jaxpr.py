"""Evaluate a jaxpr with NumPy, since XLA would compile each shape that the kit tries.

The kit checks the gradient rules of JAX and its users, and NumPy computes the values. XLA evaluates
primitives that NumPy does not have (convolutions, decompositions, random numbers).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jax.extend.core import Literal

from .jaxpr_primitives import PRIMITIVES

# Parameters of a primitive that hold the function that it calls.
INNER = ("call_jaxpr", "jaxpr", "fun_jaxpr")


def evaluate(jaxpr: Any, consts: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
    """Return the outputs of a jaxpr, as arrays."""
    environment: dict[Any, Any] = {}

    def read(variable: Any) -> Any:
        if isinstance(variable, Literal):
            return np.asarray(variable.val, variable.aval.dtype)
        return environment[variable]

    for variable, value in zip((*jaxpr.constvars, *jaxpr.invars), (*consts, *arguments), strict=True):
        environment[variable] = np.asarray(value) if _is_plain(value) else value
    for equation in jaxpr.eqns:
        results = _apply_primitive(equation, [read(v) for v in equation.invars])
        if not equation.primitive.multiple_results:
            results = [results]
        for variable, value in zip(equation.outvars, results, strict=True):
            environment[variable] = np.asarray(value, variable.aval.dtype) if _is_plain(value) else value
    return [read(v) for v in jaxpr.outvars]


def _is_plain(value: Any) -> bool:
    """Whether a value consists of numbers; keys of random generators do not."""
    return not hasattr(value, "dtype") or isinstance(value.dtype, np.dtype)


def _apply_primitive(equation: Any, values: list[Any]) -> Any:
    name, params = equation.primitive.name, equation.params
    if name in CONTROL:
        return CONTROL[name](values, params)
    if name in PRIMITIVES:
        return PRIMITIVES[name](*values, **params)
    inner = next((params[key] for key in INNER if hasattr(params.get(key), "eqns")), None)
    if inner is not None:
        return _as_function(inner)(*values)
    return equation.primitive.bind(*values, **params)


def _as_function(jaxpr: Any) -> Callable[..., list[Any]]:
    """Return a jaxpr, closed or with constants as inputs, as a function."""
    if hasattr(jaxpr, "consts"):
        return lambda *values: evaluate(jaxpr.jaxpr, jaxpr.consts, values)
    return lambda *values: evaluate(jaxpr, (), values)


def _cond(values: list[Any], params: Any) -> list[Any]:
    branches = params["branches"]
    return _as_function(branches[int(np.clip(values[0], 0, len(branches) - 1))])(*values[1:])


def _while(values: list[Any], params: Any) -> list[Any]:
    test_consts, body_consts = params["cond_nconsts"], params["body_nconsts"]
    test, body = _as_function(params["cond_jaxpr"]), _as_function(params["body_jaxpr"])
    carry = values[test_consts + body_consts :]
    while test(*values[:test_consts], *carry)[0]:
        carry = body(*values[test_consts : test_consts + body_consts], *carry)
    return carry


def _scan(values: list[Any], params: Any) -> list[Any]:
    consts, carried, length = params["num_consts"], params["num_carry"], params["length"]
    body, fixed = _as_function(params["jaxpr"]), values[:consts]
    carry, xs = values[consts : consts + carried], values[consts + carried :]
    order = range(length - 1, -1, -1) if params["reverse"] else range(length)
    rows: list[list[Any]] = [[] for _ in range(length)]
    for k in order:
        results = body(*fixed, *carry, *(x[k] for x in xs))
        carry, rows[k] = results[:carried], results[carried:]
    if rows and rows[0]:
        return [*carry, *(np.stack(column) for column in zip(*rows, strict=True))]
    avals = params["jaxpr"].out_avals[carried:]
    return [*carry, *(np.zeros((length, *aval.shape), aval.dtype) for aval in avals)]


CONTROL: dict[str, Callable[[list[Any], Any], list[Any]]] = {"cond": _cond, "while": _while, "scan": _scan}
