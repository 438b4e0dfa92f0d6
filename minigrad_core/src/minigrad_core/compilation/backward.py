"""Tensors whose `backward` replays the recorded backward pass."""

from __future__ import annotations

from itertools import chain, combinations
from operator import attrgetter
from typing import Any

import numpy as np

from ..contracts import Operation
from ..engine import assignments, version_counter
from ..engine.backward import make_freed_error, sweep
from ..engine.modes import retaining
from ..engine.node import Context
from ..errors import TracingError
from ..tensor import Tensor
from ..tensor.kinds import AssignedTensor
from .source import find_variables, write_function
from .tracer import Tracer

_get_node = attrgetter("node")
_MOST_OUTPUTS = 4  # that require a gradient: each set of them has a backward pass of its own


class CompiledCall(Operation):
    """A call of a compiled function, as one operation of the tensors outside.

    A tensor outside is an input once for each operation of the program that uses the tensor. The gradient of
    an input is the array that the `backward` of this operation returned. So the engine casts and adds these
    gradients as it does without a program.
    """

    name = "compiled"
    broadcasts = takes_complex = True
    once_differentiable = "compile the derivative, mg.compile(mg.grad(f)), rather than the function"

    def __init__(self, tracer: Tracer, outputs: list[Tensor], until: int) -> None:
        count = len(outputs)
        if count > _MOST_OUTPUTS:
            raise TracingError(
                f"a compiled function returns {count} tensors that require a gradient, and at most "
                f"{_MOST_OUTPUTS} are possible: join them by np.stack or np.concatenate"
            )
        self._shapes = [x.data.shape for x in outputs]
        forward = {f"v{k}" for k in range(tracer.count + 1)}
        roots = [(x, tracer.stand_in(np.ones(x.data.shape, x.data.dtype))) for x in outputs]
        uses, passes = _trace_passes(tracer, roots, until)
        texts = [tracer.name(x) + ".take_snapshot()" * isinstance(x, AssignedTensor) for x in uses.values()]
        self._inputs = f"({', '.join(texts)},)"
        self._needs, self._leaf_count = (True,) * len(uses), len(set(uses.values()))
        # A captured leaf stays a leaf until an assignment to it. An argument may have a node in a later call.
        self._may_continue = any(x.node or tracer.name(x).startswith("p") for x in uses.values())
        read = find_variables(*chain(*passes.values()))
        forward.update([x.text for _, x in tracer.tensors.values()])
        self.contexts = read & forward & tracer.contexts.keys()
        values = [v for v in read - self.contexts if v in forward or v.startswith("p")]
        self._saved = ", ".join(["contexts", *sorted(values)])
        self._functions = {
            key: self._write_pass(tracer, _select(roots, key), lines) for key, lines in passes.items()
        }

    def _write_pass(self, tracer: Tracer, roots: list[tuple[Tensor, Any]], lines: list[str]) -> Any:
        """Return the function of one backward pass. A pass that retains the graph copies the contexts."""
        *steps, result = lines
        unread = self.contexts - find_variables(*steps)
        before = [
            f"[{self._saved}] = saved",
            "if not retain: saved.clear()",
            f"[{', '.join(tracer.contexts)}] = map(duplicate, contexts) if retain else contexts",
            *[f"{v}.saved = ()" for v in sorted(unread)],
        ]
        signature = f"backward(retain, saved, {', '.join([seed.text for _, seed in roots])})"
        give_back = "if not retain: pool.append(contexts)"
        return write_function(tracer, signature, before, steps, [result], give_back=give_back)

    def write_outputs(self, tracer: Tracer, outputs: list[Tensor]) -> list[str]:
        """Return the lines that make the output tensors m0, m1, ... in a graph with one node."""
        # For an output without a gradient, the engine passes zeros to `backward`. Here the zeros have another
        # shape than the output. So `backward` recognizes them, and leaves out the output: zeros times an
        # infinite slope would be NaN.
        zeros = tuple([((0,) if x.data.shape != (0,) else (0, 0), x.data.dtype) for x in outputs])
        constants = {"op": self, "needs": self._needs, "outputs": zeros, "settings": {}}
        return [
            "node = new(Context)",
            *[f"node.{key} = {tracer.name(value)}" for key, value in constants.items()],
            f"node.number, node.inputs, node.saved = next(numbers), {self._inputs}, ([{self._saved}],)",
            *[f"m{k} = make_output(node, {tracer.express(x.data)}, {k})" for k, x in enumerate(outputs)],
        ]

    def forward(self, ctx: Context, *inputs: Any) -> tuple[Any, ...]:  # noqa: ARG002 - the contract's
        """Return nothing: the replay has computed the outputs."""
        return ()

    def backward(self, ctx: Context, *grads: Any) -> Any:
        """Replay the backward pass from the outputs that were used."""
        if not ctx.saved[0]:  # an earlier pass took the values, and raised
            raise make_freed_error(ctx)
        used = tuple([k for k, shape in enumerate(self._shapes) if grads[k].shape == shape])
        return self._functions[used](retaining.get(), ctx.saved[0], *[grads[k] for k in used])

    def backward_alone(self, output: Tensor, seed: Any, retain: bool) -> tuple[Any, list[Any]] | None:
        """Return the leaves that a sweep from `output` reaches, and for each its gradient or None.

        The result is None if the sweep has to make its checks, or reaches nodes beyond the program.
        """
        node: Any = output.node
        if not node.inputs or node.number <= version_counter.latest or node.number <= assignments.latest:
            return None
        saved = node.saved[0]
        if not saved:
            return None
        leaves = node.inputs[: self._leaf_count]
        if self._may_continue and (len(set(leaves)) < len(leaves) or any(map(_get_node, leaves))):
            return None
        grads = [*self._functions[output.index](retain, saved, seed)]
        if not retain:
            node.saved = node.inputs = ()
        return leaves, grads


def _trace_passes(
    tracer: Tracer, roots: list[tuple[Tensor, Any]], until: int
) -> tuple[dict[Any, Tensor], dict[Any, list[str]]]:
    """Return the tensors outside by their uses, and the lines of the backward passes by their keys.

    A use is a pair of a node and the number of an input. The pass with the key (0, 2) starts from the outputs
    0 and 2, and returns the gradient of each use. The pass with the key 0 is for `output.backward()`: it
    starts from output 0, and returns for each tensor the sum of these gradients.
    """
    uses: dict[Any, Tensor] = {}
    passes: dict[Any, list[str]] = {}
    numbers = range(len(roots))
    sets = [chosen for n in reversed(numbers) for chosen in combinations(numbers, n + 1)]
    for key in (*sets, *numbers):  # the first set is that of all outputs
        start = len(tracer.steps)
        if key in numbers:
            sums = sweep(_select(roots, key), retain=True, until=until)
            gradients = [sums.get(x) for x in dict.fromkeys(uses.values())]
        else:
            found = _sweep_to_uses(_select(roots, key), until)
            uses = uses or _order_uses(found) or {None: Tensor(np.empty(0))}
            gradients = [found[use][1] if use in found else None for use in uses]
        passes[key] = [*tracer.steps[start:], f"return {tracer.express(tuple(gradients), anew=True)}"]
        del tracer.steps[start:]
    return uses, passes


def _select(roots: list[Any], key: Any) -> list[Any]:
    """Return the roots of the backward pass from one output, or from a set of outputs."""
    return [roots[k] for k in (key if isinstance(key, tuple) else [key])]


def _sweep_to_uses(roots: list[tuple[Tensor, Any]], until: int) -> dict[Any, tuple[Tensor, Any]]:
    """Return, for each use, the tensor outside and the gradient that the operation of the use returned."""
    found = {}

    def rule(node: Context, output_grads: tuple[Any, ...]) -> Any:
        returned = node.op.backward(node, *output_grads)
        results = list(returned if type(returned) is tuple else (returned,))
        for i, (x, needed, g) in enumerate(zip(node.inputs, node.needs, results, strict=False)):
            if needed and g is not None and (x.node is None or x.node.number <= until):
                found[node, i], results[i] = (x, g), None
        return tuple(results)

    sweep(roots, retain=True, until=until, rule=rule)
    return found


def _order_uses(found: dict[Any, tuple[Tensor, Any]]) -> dict[Any, Tensor]:
    """Return the tensor of each use: the first uses of all tensors, and then the others."""
    first = {x: use for use, (x, _) in reversed(found.items())}
    return {use: found[use][0] for use in (*first.values(), *found)}
