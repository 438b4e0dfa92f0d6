"""A function evaluated on fresh variables, ready to be swept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..array import shape_of
from ..engine.backward import sweep
from ..engine.modes import Recording
from ..errors import ArgumentError, GradientError
from ..tensor import Tensor, apply
from ..tensor.ownership import owned
from . import trees
from .internal import alias
from .replay import replay

# How many transforms are being evaluated around this call. Inside another one, results stay in the graph.
_depth: ContextVar[int] = ContextVar("minigrad_depth", default=0)


@dataclass(frozen=True)
class Trace:
    """What came of one evaluation.

    variables: the fresh tensors that `f` was given; output: the tree that it returned; linked: whether results
    belong to a graph around this one, since the arguments were tensors or another transform is at work.
    """

    primals: Any
    variables: list[Tensor]
    output: Any
    linked: bool

    @property
    def value(self) -> Any:
        """The output, in tensors if linked, else in plain arrays."""
        return trees.mirrored(self.output, [self._shown(leaf) for leaf in trees.leaves(self.output)])

    def pullback(self, cotangents: Any, *, linked: bool | None = None) -> list[Any]:
        """Return, for each variable, the cotangents times the Jacobian: one sweep. The graph is kept."""
        linked = self.linked if linked is None else linked
        roots = self._roots(cotangents, linked)
        until = max((v.node.number for v in self.variables if v.node), default=0)
        with Recording(linked):
            grads = sweep(roots, retain=True, until=until, rule=replay if linked else None)
        primals = trees.leaves(self.primals)
        return [
            self._result(x, v, grads.get(v.node), linked) for x, v in zip(primals, self.variables, strict=True)
        ]

    def _roots(self, cotangents: Any, linked: bool) -> list[tuple[Tensor, Any]]:
        outs, given = trees.leaves(self.output), trees.leaves(cotangents)
        if len(outs) != len(given):
            raise GradientError(f"the function returned {len(outs)} arrays, and got {len(given)} cotangents")
        roots = []
        for out, g in zip(outs, given, strict=True):
            if shape_of(g) != shape_of(out):
                raise GradientError(f"a cotangent has the shape of its output: expected {shape_of(out)}, got {shape_of(g)}")
            if isinstance(out, Tensor) and out.tracked:
                raw = g if isinstance(g, Tensor) else np.asarray(g, dtype=out.dtype)
                roots.append((out, raw if linked or not isinstance(raw, Tensor) else raw.data))
        return roots

    @staticmethod
    def _result(primal: Any, variable: Tensor, g: Any, linked: bool) -> Any:
        if g is None:
            g = np.zeros_like(variable.data)
        if linked:
            return g if isinstance(g, Tensor) else Tensor(g)
        return owned(g) if isinstance(primal, np.ndarray) else owned(g)[()]

    def _shown(self, leaf: Any) -> Any:
        return leaf.data[()] if isinstance(leaf, Tensor) and not self.linked else leaf


def trace(f: Callable[..., Any], args: Sequence[Any], argnums: Sequence[int], kwargs: dict[str, Any] | None = None) -> Trace:
    """Evaluate `f` with fresh variables in the place of the arguments `argnums`."""
    for i in argnums:
        if not -len(args) <= i < len(args):
            raise ArgumentError(f"argnums {i} is out of range: the function was called with {len(args)} positional arguments")
    primals = [args[i] for i in argnums]
    old = trees.leaves(primals)
    linked = _depth.get() > 0 or any(isinstance(x, Tensor) for x in old)
    token = _depth.set(_depth.get() + 1)
    try:
        with Recording(True):
            variables = [_variable(x) for x in old]
            new = list(args)
            for i, arg in zip(argnums, trees.filled(primals, variables), strict=True):
                new[i] = arg
            output = f(*new, **(kwargs or {}))
    finally:
        _depth.reset(token)
    return Trace(primals, variables, output, linked)


def _variable(x: Any) -> Tensor:
    """Return a new tensor with the value of `x`, behind a node of its own, so that a sweep can stop there."""
    leaf = x if isinstance(x, Tensor) and x.tracked else Tensor(x, requires_grad=True)
    variable: Tensor = apply(alias, leaf)
    return variable
