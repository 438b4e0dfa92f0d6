"""The protocol of subjects: functions on arrays, of any framework, with outputs and gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ...array import unbroadcast
from ...contracts.cases import Case, Floats
from ..finding import Law, Script, SubjectFailed, guard
from ..samples.sample import Sample, is_float
from .arguments import Signature


@dataclass(frozen=True)
class Declarations:
    """The facts that an author declares about a subject; the laws check them."""

    broadcasts: bool = False  # the subject is elementwise, and broadcasts as NumPy does
    # If False, the output is flat wherever it is smooth, and there is no pullback.
    differentiable: bool = True
    once_differentiable: bool | str = False  # the subject refuses second derivatives; a string is the reason
    # The reason why the gradient is not the derivative, as of a straight-through estimator.
    surrogate: str = ""
    returns_view: bool = False  # outputs may share memory with inputs
    takes_complex: bool = False  # the subject accepts complex inputs
    # Codes of findings that are conventions of the framework, and no faults.
    conventions: frozenset[str] = frozenset()
    # The author's reference: slow, obvious, of the same arguments.
    reference: Callable[..., Any] | None = None
    implemented: tuple[Callable[..., Any], ...] = ()  # NumPy functions that the subject implements

    @property
    def references(self) -> tuple[Callable[..., Any], ...]:
        """All functions with which outputs are compared: the author's reference first."""
        return self.implemented if self.reference is None else (self.reference, *self.implemented)


@dataclass(eq=False)
class ForwardPass:
    """One forward pass."""

    raw: Any  # the outputs exactly as the subject returned them
    # Takes one cotangent per output, and returns the gradients as the subject returns them.
    pullback: Callable[[Sequence[Any]], Any]
    saved: Callable[[], Sequence[Any]] = tuple  # returns the values that are saved for the pullback


@dataclass(frozen=True)
class SecondOrder:
    """The derivatives of sum(weights * J^T cotangents)."""

    weights: list[Any]  # one array for each float input
    gradients: list[Any]  # J^T cotangents, from the call that was differentiated
    by_inputs: list[Any]  # the derivatives by the float inputs
    # The derivatives by the float cotangents: J weights, the product of forward mode.
    by_cotangents: list[Any]
    # The outputs of the call that was differentiated, if forward may run differently there.
    outputs: Sequence[Any] = ()


@runtime_checkable
class Subject(Protocol):
    """A differentiable function of any framework."""

    name: str  # the name in reports
    signature: Signature  # the inputs and the settings
    declared: Declarations  # the facts that the author declares
    cases: tuple[Case, ...]  # the author's cases; empty if there are none
    docstring: str | None  # if there are no cases, the shapes in it, as in `x: (n, k)`, become a case
    file: str  # the file of the author's code; empty if there is no Python code
    framework: str  # the package in which the subject is written: NumPy, PyTorch
    engine: str  # the package that differentiates gradients: minigrad, PyTorch
    save_call: str  # the way in which the framework keeps values for the backward pass: `ctx.save`
    laws: tuple[Law, ...]  # laws of the framework beside the eight laws; each runs once for the whole study

    def forward(
        self, inputs: Sequence[Any], settings: Mapping[str, Any], needs: Sequence[bool]
    ) -> ForwardPass:
        """Return a forward pass; `needs` says for each input whether its gradient will be requested."""
        ...

    def complete_gradients(self, sample: Sample, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return one gradient per input, if the framework lets authors leave some out."""
        ...

    def differentiate_twice(
        self, sample: Sample, cotangents: Sequence[Any], weights: list[Any]
    ) -> SecondOrder:
        """Return the derivatives of a weighted sum of the gradients; raise what the framework raises."""
        ...

    def write_script(self, sample: Sample, script: Script) -> str:
        """Return the whole script that shows a fault; see `scripts.script`."""
        ...

    def layout(self, layout: Callable[..., Any]) -> Callable[..., Any]:
        """Return a memory layout, or the layout that the framework has in its place."""
        ...

    def read_state(self, *, copied: bool = False) -> dict[str, Any]:
        """Return the state of the subject by name, or copies of it: calls may not change it."""
        ...


def as_function(
    subject: Subject, sample: Sample, indices: Sequence[int]
) -> Callable[[list[Any]], NDArray[Any]]:
    """Return the float outputs, flattened, as a function of the inputs at `indices`; the others are fixed."""

    def f(xs: list[Any]) -> NDArray[Any]:
        inputs = list(sample.inputs)
        for i, x in zip(indices, xs, strict=True):
            inputs[i] = x
        raw = guard("forward", lambda: subject.forward(inputs, sample.settings, sample.needs).raw)
        return flatten_floats(raw if isinstance(raw, tuple) else (np.asarray(raw),))

    return f


def flatten_floats(arrays: Sequence[Any]) -> NDArray[Any]:
    """Return the real and complex arrays among some arrays as one vector."""
    floats = [np.ravel(y) for y in arrays if y.dtype.kind in "fc"]
    return floats[0] if len(floats) == 1 else np.concatenate(floats or [np.empty(0)])


def split_gradients(subject: Subject, sample: Sample, needs: Sequence[bool], returned: Any) -> list[Any]:
    """Return one gradient per input, in the shape of the input; None where none is needed.

    subject, sample: the subject, and the arguments of the call.
    needs: for each input, whether its gradient was requested.
    returned: the return value of the pullback: a tuple of arrays, or one array.

    Raise SubjectFailed if no engine could use the return value.
    """
    if isinstance(returned, list):
        fact = "backward returned a list: return a tuple with one gradient per input"
        raise SubjectFailed("not-a-tuple", fact)
    gradients = returned if isinstance(returned, tuple) else (returned,)
    inputs = sample.inputs
    if len(gradients) != len(inputs):
        gradients = subject.complete_gradients(sample, gradients)
    if len(gradients) != len(inputs):
        counts = f"{len(gradients)} gradients for {len(inputs)} inputs ({', '.join(sample.names)})"
        raise SubjectFailed("gradient-count", f"backward returned {counts}")
    if subject.declared.takes_complex:  # the engine takes the real part for real inputs
        pairs = zip(gradients, inputs, strict=True)
        gradients = tuple(np.real(g) if is_float(x) and np.iscomplexobj(g) else g for g, x in pairs)
    triples = zip(range(len(inputs)), gradients, needs, strict=True)
    return [_check_gradient(subject, sample, i, needed=needed, g=g) for i, g, needed in triples]


def _check_gradient(subject: Subject, sample: Sample, i: int, *, needed: bool, g: Any) -> Any:
    """Return the gradient of input `i` in the shape of the input; raise SubjectFailed if it is useless."""
    x = sample.inputs[i]
    if needed and type(g) is np.ndarray and g.shape == x.shape and g.dtype.kind in "biufc":
        return g  # nearly always
    name = f"input {i} ({sample.names[i]})"
    if not needed:
        # The gradient of a missing input is dropped; so is that of integers where floats are possible.
        if g is None or x is None or is_float(x) or isinstance(sample.domains[i], Floats):
            return None
        fact = f"{name} can have no gradient: return None for it, not an array"
        raise SubjectFailed("gradient-for-nothing", fact)
    if g is None:
        fact = f"backward returned None for {name}, which needs a gradient"
        raise SubjectFailed("missing-gradient", fact)
    if not isinstance(g, np.ndarray | np.generic) or g.dtype.kind not in "biufc":
        received = f"dtype {g.dtype}" if isinstance(g, np.ndarray) else type(g).__name__
        fact = f"the gradient for {name} is {received}: expected an array of numbers"
        raise SubjectFailed("not-an-array", fact)
    gradient = np.asarray(g)
    if subject.declared.broadcasts:
        with suppress(ValueError, IndexError):
            gradient = np.asarray(unbroadcast(gradient, x.shape))
    if gradient.shape == x.shape:
        return gradient
    fact = f"the gradient for {name} has the wrong shape: expected {x.shape}, got {g.shape}"
    raise SubjectFailed("gradient-shape", fact)
