"""Tensors whose `backward` replays the recorded backward pass."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from ..contracts import Operation
from ..engine import assignments, version_counter
from ..engine.backward import sweep
from ..engine.modes import retaining
from ..engine.node import Context, node_numbers
from ..errors import TracingError
from ..tensor import Tensor, make_output
from ..transforms.checkpointing import Segment
from .source import Writer, drop_unused
from .steps import Kind, Slot, Step

if TYPE_CHECKING:
    from .tracer import Tracer

_MOST = 4  # tensors that require a gradient: each set of them has its own backward pass

# (the calls, the number of the input of the node -> the value that is its gradient)
Pass = tuple[list[Step], dict[int, Slot]]


class BackwardProgram:
    """The backward passes from the output tensors of a program to the tensors outside.

    Each use of a tensor outside is an input of the node. So the engine adds the gradients of the uses one by
    one, in the order in which it adds them without a program, also to gradients that come from elsewhere.

    Attributes
    ----------
    uses : list of Tensor
        The tensor outside, as the trace has it, for each use.
    passes : dict from a set of outputs to Pass
        Returns the gradients of the uses.
    direct : list of Pass
        For each output alone, returns the sums for the tensors outside, for `output.backward()`.
    saved : list of Slot
        The values of the forward pass that the backward passes read.
    """

    def __init__(self, tracer: Tracer, outputs: list[Tensor], until: int) -> None:
        if len(outputs) > _MOST:
            raise TracingError(
                f"a compiled function returns {len(outputs)} tensors that require a gradient, and at most "
                f"{_MOST} are possible: join them by np.stack or np.concatenate"
            )
        self.tracer, self.until = tracer, until
        self.shapes = [x.data.shape for x in outputs]
        # An output that is not used arrives at a node as zeros. Here these zeros have another shape than the
        # output, so that the backward pass can tell: zeros would make NaN where a slope is infinite.
        self.outputs = tuple([((0,) if x.data.shape != (0,) else (0, 0), x.data.dtype) for x in outputs])
        self.needs: dict[Any, Any] = {x.context: x.needs for x in tracer.steps if x.kind is Kind.FORWARD}
        self.seeds = [tracer.stand_in(np.ones(x.data.shape, x.data.dtype)) for x in outputs]
        uses = self._find_uses(outputs)
        self.uses = [x for _, _, x in uses]
        ids = [id(x) for x in self.uses]
        self.first = [k for k, key in enumerate(ids) if ids.index(key) == k]
        leaves = [self.uses[k] for k in self.first]
        self.direct = [self._record(outputs, (k,), leaves) for k in range(len(outputs))]
        handles = [_replace_input(*use) for use in uses]
        positions = range(len(outputs))
        chosen = chain(*[combinations(positions, n + 1) for n in positions])
        self.passes = {frozenset(k): self._record(outputs, k, handles, handles=True) for k in chosen}
        self.operation = CompiledCall(self)

    def _find_uses(self, outputs: list[Tensor]) -> list[tuple[Context, int, Tensor]]:
        """Return (node, number of the input, tensor outside), in the order in which a sweep reaches them."""
        nodes = {x.node for x in outputs if x.node is not None}
        stack, uses = list(nodes), []
        while stack:
            node = stack.pop()
            if node.number <= assignments.latest:
                assignments.restore_inputs(node)
            for i, (x, needed) in enumerate(zip(node.inputs, node.needs, strict=True)):
                if needed and x.node is not None and x.node.number > self.until:
                    stack.extend({x.node} - nodes)
                    nodes.add(x.node)
                elif needed:
                    uses.append((node, i, x))
        return sorted(uses, key=lambda use: (-use[0].number, use[1]))

    def _record(
        self, outputs: list[Tensor], chosen: tuple[int, ...], leaves: list[Tensor], *, handles: bool = False
    ) -> Pass:
        """Return the backward pass from the chosen outputs, for the gradients of the leaves."""
        before = len(self.tracer.steps)
        grads = sweep([(outputs[k], self.seeds[k]) for k in chosen], retain=True, until=self.until)
        found = {k: self.tracer.lower(grads.pop(x)) for k, x in enumerate(leaves) if x in grads}
        steps = self.tracer.steps[before:]
        del self.tracer.steps[before:]
        if handles:
            found = {k: _skip_cast(x, steps) for k, x in found.items()}
        return drop_unused(steps, found.values()), found

    def list_passes(self) -> list[Pass]:
        """Return all backward passes."""
        return [*self.direct, *self.passes.values()]

    def write(self, constants: dict[Slot, Any], variables: set[Slot]) -> None:
        """Write the backward passes. variables: those of the forward pass."""
        read: set[Slot] = set()
        for steps, results in self.list_passes():
            read.update(results.values(), *[step.inputs() for step in steps])
        self.saved = sorted(read & variables)
        count = len(self.first)
        self.alone = [self._write_pass((k,), x, count, constants) for k, x in enumerate(self.direct)]
        self.functions = {
            chosen: self._write_pass(sorted(chosen), x, len(self.uses), constants)
            for chosen, x in self.passes.items()
        }

    def _write_pass(
        self, chosen: Any, recorded: Pass, count: int, constants: dict[Slot, Any]
    ) -> Callable[..., Any]:
        steps, results = recorded
        seeds = [Slot(self.seeds[k].slot) for k in chosen]
        writer = Writer(constants, self.tracer.errors)
        writer.needs.update(self.needs)
        writer.write(f"[{', '.join(f'v{int(x)}' for x in self.saved)}] = saved")
        writer.write("if not retain: saved.clear()")
        writer.write_steps(steps, results.values(), owned=[*self.saved, *seeds])
        writer.write(f"return {writer.express(tuple([results.get(k) for k in range(count)]))}")
        return writer.compile(["retain", "saved", *[f"v{int(x)}" for x in seeds]])

    def make_outputs(self, uses: tuple[Tensor, ...], saved: list[Any], data: tuple[Any, ...]) -> list[Tensor]:
        """Return the output tensors of a replay, with the arrays `data`, in a graph with one node."""
        node = Context(self.operation, uses, {}, (True,) * len(uses))
        node.number, node.outputs, node.saved = next(node_numbers), self.outputs, (saved,)
        return [make_output(node, array, k) for k, array in enumerate(data)]


def _skip_cast(slot: Slot, steps: list[Step]) -> Slot:
    """Return the gradient before its cast to the dtype of the input: the engine casts, or adds in place."""
    producers = {x: step for step in steps for x in step.outputs()}
    cast = producers.get(slot)
    if cast is not None and cast.name == "astype" and cast.kind is Kind.METHOD:
        source = producers.get(cast.args[0])
        if source is not None and source.kind is Kind.BACKWARD:
            return cast.args[0]
    return slot


def _replace_input(node: Context, i: int, x: Tensor) -> Tensor:
    """Put a leaf of its own in the place of one input of a node, and return the leaf.

    A segment of `checkpoint` recognizes its inputs when it runs again, so it keeps them.
    """
    if isinstance(node.op, Segment):
        return x
    leaf = make_output(node, x.data)
    leaf.node = None
    node.inputs = (*node.inputs[:i], leaf, *node.inputs[i + 1 :])
    return leaf


class CompiledCall(Operation):
    """One call of a compiled function, as one operation of the tensors outside."""

    name = "compiled"
    once_differentiable = "compile the derivative, mg.compile(mg.grad(f)), rather than the function"

    def __init__(self, program: BackwardProgram) -> None:
        self.program = program

    def forward(self, ctx: Context, *inputs: Any) -> tuple[Any, ...]:  # noqa: ARG002 - the contract's
        """Return nothing: the replay has computed the outputs."""
        return ()

    def backward(self, ctx: Context, *grads: Any) -> tuple[Any, ...]:
        """Replay the backward pass from the outputs that were used."""
        used = [k for k, shape in enumerate(self.program.shapes) if grads[k].shape == shape]
        function = self.program.functions[frozenset(used)]
        return function(retaining.get(), ctx.saved[0], *[grads[k] for k in used])

    def backward_alone(self, output: Tensor, seed: Any, retain: bool) -> dict[Tensor, Any] | None:
        """Return what a sweep from `output` returns; None if the sweep has to make its checks, or goes on."""
        node: Any = output.node
        leaves = dict.fromkeys([node.inputs[k] for k in self.program.first] if node.inputs else ())
        is_last = len(leaves) == len(self.program.first) and all(x.node is None for x in leaves)
        if not is_last or node.number <= max(version_counter.latest, assignments.latest):
            return None
        grads = self.program.alone[output.index](retain, node.saved[0], seed)
        if not retain:
            node.saved = node.inputs = ()
        return {x: g for x, g in zip(leaves, grads, strict=True) if g is not None}
