"""Functions of PyTorch, including `torch.autograd.Function`, as subjects."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import local
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.autograd import Function

from minigrad_core.cases import Case
from minigrad_core.testing.finding import DoesNotApply, Law, Script
from minigrad_core.testing.samples.sample import Sample
from minigrad_core.testing.subjects.arguments import read_parameters
from minigrad_core.testing.subjects.subject import ForwardPass, SecondOrder
from minigrad_core.testing.variations import fortran_order, negative_strides

from .foreign import SHARED_MEMORY, ForeignSubject
from .laws import TORCH_LAWS
from .scripts import TORCH, TORCH_TWICE, write_foreign_script
from .torch_tensors import as_arrays, as_tensor, conjugate

ARRAYS = (np.ndarray, np.generic)  # arithmetic on 0-d arrays returns NumPy scalars
# Parts of PyTorch's messages for a gradient without a derivative.
REFUSALS = ("once_differentiable", "not implemented")
WRITES_TO_LEAF = "leaf Variable that requires grad"  # in PyTorch's message
SEED = 2_718_281_828
# Codes of findings about random numbers that are drawn in another dtype.
DRAWN_BY_DTYPE = frozenset({"imprecise", "depends-on-dtype"})
_returned = local()


@dataclass(eq=False)
class TorchForwardPass(ForwardPass):
    """A forward pass with its tensors: the inputs, and the float outputs."""

    tensors: Sequence[Any] = ()
    outputs: Sequence[torch.Tensor] = ()


class TorchSubject(ForeignSubject):
    """A function of PyTorch, called with tensors that share memory and strides with the arrays.

    Views and gradients that share memory are a convention of PyTorch, which counts versions of tensors. If
    `seeded`, `torch.manual_seed` precedes each call, so that dropout is a function of its inputs. PyTorch
    draws in the order of memory, and other numbers in another dtype: neither of them varies then. A function
    that writes to an argument, as after `ctx.mark_dirty`, gets copies that are not leaves.
    """

    framework = engine = "PyTorch"
    package, save_call = "torch", "ctx.save_for_backward"
    laws: tuple[Law, ...] = TORCH_LAWS
    conventions = SHARED_MEMORY

    def __init__(
        self,
        f: Callable[..., Any],
        cases: Sequence[Case] | None = None,
        *,
        seeded: bool = False,
        **declared: Any,
    ) -> None:
        owner = getattr(f, "__self__", None)
        if isinstance(owner, type) and issubclass(owner, Function):
            f = owner  # Square.apply is accepted for Square
        self.seeded = seeded
        self.is_in_place = False  # whether a call failed because it writes to a leaf
        if seeded:
            declared["conventions"] = {*declared.get("conventions", ()), *DRAWN_BY_DTYPE}
        if isinstance(f, type) and issubclass(f, Function):
            function: Any = f
            parameters = read_parameters(function.forward)
            if function.setup_context is Function.setup_context:
                parameters = parameters[1:]  # the context
            code = [function.forward, function.backward, function.setup_context]
            super().__init__(f, code, cases, parameters=parameters, by_position=True, **declared)
            self.call: Callable[..., Any] = _record_dtypes(function).apply
        else:
            super().__init__(f, [f if inspect.isroutine(f) else type(f).__call__], cases, **declared)
            self.call = f
        self.options["seeded"] = seeded

    def forward(
        self, inputs: Sequence[Any], settings: Mapping[str, Any], needs: Sequence[bool]
    ) -> ForwardPass:
        """Return a recorded forward pass."""
        tensors = _leaves(inputs, needs)
        given_tensors, outputs = self._call(tensors, settings, inputs)
        raw, floats = as_arrays(outputs)
        leaves = {i: t for i, t in enumerate(tensors) if needs[i]}
        positional = self.bind_arguments(given_tensors, settings)[0]
        positions = {k: i for i in leaves for k, given in enumerate(positional) if given is given_tensors[i]}
        kinds = [y.dtype for y in (raw if isinstance(raw, tuple) else (raw,))]
        count = len(tensors)

        def pullback(cotangents: Sequence[Any]) -> tuple[Any, ...]:
            try:
                received = _gradients(floats, kinds, leaves, positions, cotangents)
            except (RuntimeError, IndexError) as error:
                if (excuse := self.excuse(error, inputs)) is not None:
                    raise excuse from error
                raise
            return tuple([received.get(i) for i in range(count)])

        return TorchForwardPass(raw, pullback, tensors=tensors, outputs=floats)

    def _call(self, tensors: Sequence[Any], settings: Mapping[str, Any], inputs: Sequence[Any]) -> Any:
        """Return the tensors that the function received, and the outputs."""
        if self.seeded:
            torch.manual_seed(SEED)
        try:
            with torch.enable_grad():
                is_copied = self.is_in_place
                given = [t.clone() if is_copied and isinstance(t, torch.Tensor) else t for t in tensors]
                positional, named = self.bind_arguments(given, settings)
                return given, self.call(*positional, **named)
        except Exception as error:
            if WRITES_TO_LEAF in str(error) and not self.is_in_place:
                self.is_in_place = True
                return self._call(tensors, settings, inputs)
            refusal = self.refusal(error, inputs)
            if refusal is error:
                raise
            raise refusal from error

    def single_output_gradients(self, sample: Sample, k: int, cotangent: NDArray[Any]) -> tuple[Any, ...]:
        """Return the gradients of the float inputs if only output `k` is used."""
        run: Any = self.forward(sample.inputs, sample.settings, sample.needs)
        whole = run.raw if isinstance(run.raw, tuple) else (run.raw,)
        position = sum(isinstance(y, np.ndarray) and y.dtype.kind in "fc" for y in whole[:k])
        leaves = {i: run.tensors[i] for i in sample.floats}
        gradients = _gradients(
            run.outputs[position : position + 1], [cotangent.dtype], leaves, {}, [cotangent]
        )
        return tuple([gradients.get(i) for i in range(len(sample.inputs))])

    def differentiate_twice(
        self, sample: Sample, cotangents: Sequence[Any], weights: list[Any]
    ) -> SecondOrder:
        """Return PyTorch's double backward."""
        tensors = _leaves(sample.inputs, sample.needs)
        xs = [tensors[i] for i in sample.floats]
        outputs = as_arrays(self._call(tensors, sample.settings, sample.inputs)[1])[1]
        grads = [as_tensor(g).requires_grad_() for g in cotangents if g.dtype.kind in "fc"]
        try:
            received = _differentiate(outputs, grads, xs, create_graph=True)
            recorded = _keep_recorded(received, map(as_tensor, weights))
            if recorded[0]:  # accumulate into leaves: grad(inputs=...) omits the node of once_differentiable
                torch.autograd.backward(*recorded)
        except RuntimeError as error:
            if any(text in str(error) for text in REFUSALS):
                raise DoesNotApply(f"PyTorch refuses second derivatives: {error}") from error
            raise
        by = [
            [(torch.zeros_like(x) if x.grad is None else x.grad).numpy(force=True) for x in each]
            for each in (xs, grads)
        ]
        return SecondOrder(weights, [g.numpy(force=True) for g in received], *by)

    def write_script(self, sample: Sample, script: Script) -> str:
        """Return a script that imports PyTorch and the function."""
        seed = f"    torch.manual_seed({SEED})\n    out = " if self.seeded else "    out = "
        call = TORCH.replace("    out = ", seed, 1)
        method = ".apply" * isinstance(self.f, type)
        return write_foreign_script(self, sample, script, call, TORCH_TWICE, method)

    def layout(self, layout: Callable[..., Any]) -> Callable[..., Any]:
        """Return the layout; Fortran order instead of negative strides, which PyTorch does not have.

        Random numbers are drawn in the order of memory: with a seed the layout stays.
        """
        if self.seeded:
            return np.copy
        return fortran_order if layout is negative_strides else layout

    def global_state(self) -> dict[str, Any]:
        """Return the global settings of PyTorch."""
        return {
            "torch.get_default_dtype()": str(torch.get_default_dtype()),
            "torch.is_grad_enabled()": torch.is_grad_enabled(),
            "torch.get_num_threads()": torch.get_num_threads(),
            **({} if self.seeded else {"torch.initial_seed()": torch.initial_seed()}),
        }


def _leaves(inputs: Sequence[Any], needs: Sequence[bool]) -> list[Any]:
    pairs = zip(inputs, needs, strict=True)
    return [as_tensor(x).requires_grad_(need) if isinstance(x, ARRAYS) else x for x, need in pairs]


def _record_dtypes(function: Any) -> Any:
    """Return the Function with a `backward` that records dtypes, since the engine casts gradients."""
    if "backward" not in vars(function):
        return function

    def backward(ctx: Any, *grads: Any) -> Any:
        received = function.backward(ctx, *grads)
        each = received if isinstance(received, tuple | list) else (received,)
        _returned.dtypes = [g.dtype if isinstance(g, torch.Tensor) else None for g in each]
        return received

    return type(function.__name__, (function,), {"backward": staticmethod(backward)})


def _gradients(
    outputs: Sequence[Any],
    kinds: Sequence[np.dtype[Any]],
    leaves: Mapping[int, Any],
    positions: Mapping[int, int],
    cotangents: Sequence[Any],
) -> dict[int, Any]:
    """Return the gradient of each leaf, as an array with the dtype that `backward` returned."""
    pairs = [(g, kind) for g, kind in zip(cotangents, kinds, strict=True) if kind.kind in "fc"]
    floats = [as_tensor(g.astype(kind, copy=False)) for g, kind in pairs]
    _returned.dtypes = []
    gradients = _differentiate(outputs, [conjugate(g) for g in floats], list(leaves.values()), again=True)
    arrays = {i: conjugate(g).numpy(force=True) for i, g in zip(leaves, gradients, strict=True)}
    for position, dtype in enumerate(_returned.dtypes):
        i = positions.get(position)
        if i is not None and dtype is not None and dtype != leaves[i].dtype and dtype.is_floating_point:
            arrays[i] = arrays[i].astype(str(dtype).removeprefix("torch."))
    return arrays


def _keep_recorded(outputs: Iterable[Any], grads: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """Return the outputs that have a graph, and their gradients."""
    pairs = [(y, g) for y, g in zip(outputs, grads, strict=True) if y.requires_grad]
    return [y for y, _ in pairs], [g for _, g in pairs]


def _differentiate(
    outputs: Any, grads: Any, inputs: Sequence[Any], *, again: bool = False, create_graph: bool = False
) -> list[Any]:
    """Return the gradients of the inputs; a missing gradient is zero."""
    ys, gs = _keep_recorded(outputs, grads)
    if not ys or not inputs:
        return [torch.zeros_like(x) for x in inputs]
    gradients = torch.autograd.grad(
        ys,
        inputs,
        gs,
        allow_unused=True,
        retain_graph=again or None,
        create_graph=create_graph,
    )
    return [torch.zeros_like(x) if g is None else g for g, x in zip(gradients, inputs, strict=True)]
