"""An operation of minigrad as a subject of the laws; for second derivatives its methods run on tensors."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from ...array import unbroadcast
from ...contracts import Operation
from ...contracts.adapters import OperationAdapter, unwrap_adapter
from ...contracts.cases import Case
from ...engine.node import Context, drop_cached, match_to_inputs
from ...errors import DifferentiabilityError, MinigradError
from ...tensor import Tensor
from ...transforms import vjp
from ..finding import DoesNotApply, Law, SubjectFailed
from ..global_state import read_attributes
from ..guard import guard
from ..laws.operation import OWN_LAWS
from ..oracle.compare import Evidence
from ..report.script import write_script
from ..samples.cases import as_cases
from ..samples.sample import Sample
from .signature import read_signature
from .subject import Declarations, ForwardPass, SecondOrder

# Each of these attributes is read once, under guard, before anything else uses it.
ATTRIBUTES = ("forward", "backward", "from_numpy", *Operation.__annotations__)


class OperationSubject:
    """The adapter for operations.

    op: an instance of `Operation`, or of any class with `name`, `forward` and `backward`.
    cases: cases that replace those of the operation.
    reference: a reference that replaces that of the operation.

    Raise SubjectFailed if the object is no operation, or raises while its attributes are read.
    """

    framework, save_call = "NumPy", "ctx.save"
    laws: tuple[Law, ...] = OWN_LAWS

    def __init__(
        self, op: Any, cases: Sequence[Case] | None = None, reference: Callable[..., Any] | None = None
    ) -> None:
        op = unwrap_adapter(op)
        if isinstance(op, type):
            raise SubjectFailed("not-an-instance", f"expected an instance, got a class: {op.__name__}()")
        attributes = {name: guard(name, partial(getattr, op, name, None)) for name in ATTRIBUTES}
        if not callable(attributes["forward"]):
            raise SubjectFailed("not-an-operation", f"expected an operation, with forward; got {type(op)!r}")
        self.op = op
        self.callable: Any = op if hasattr(op, "differentiable") else OperationAdapter(op)
        self.name = str(attributes["name"] or type(op).__name__)
        self.cases = as_cases(attributes["cases"] if cases is None else cases)
        self.declared = _read_declarations(op, attributes, reference)
        self.signature = read_signature(op)
        self.docstring: str | None = type(op).__doc__
        code = getattr(getattr(type(op), "forward", None), "__code__", None)
        self.file = "" if code is None else code.co_filename

    def forward(
        self, inputs: Sequence[Any], settings: Mapping[str, Any], needs: Sequence[bool]
    ) -> ForwardPass:
        """Return a forward pass with a context of its own."""
        op = self.op
        ctx = Context(op, tuple(inputs), dict(settings), tuple(needs))
        raw = op.forward(ctx, *inputs, **settings)
        if not self.declared.differentiable and isinstance(raw, bool | int | float):
            raw = np.asarray(raw)  # a predicate may return a Python number
        return ForwardPass(raw, lambda cotangents: op.backward(ctx, *cotangents), lambda: ctx.saved)

    def complete_gradients(self, sample: Sample, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return one gradient per input: None for optional inputs that were left out, as in the engine."""
        completed = match_to_inputs(self.op, sample.inputs, gradients)
        return gradients if completed is None else completed

    def differentiate_twice(
        self, sample: Sample, cotangents: Sequence[Any], weights: list[Any]
    ) -> SecondOrder:
        """Return the second derivatives; `forward` and `backward` run on tensors.

        Raise DifferentiabilityError if the operation is declared to be once differentiable: the engine
        refuses second derivatives, too.
        """
        if self.declared.once_differentiable:
            raise DifferentiabilityError(f"{self.name}: it is declared to be once differentiable")
        return _differentiate_gradients(self.op, sample, cotangents, weights)

    def write_script(self, sample: Sample, evidence: Evidence) -> str:
        """Return a script that imports NumPy and the operation."""
        return write_script(self.op, sample, evidence)

    def read_state(self, *, copied: bool = False) -> dict[str, Any]:
        """Return the attributes of the operation and of its class."""
        return read_attributes(self.op, copied=copied)


def _read_declarations(op: Any, attributes: Mapping[str, Any], reference: Any) -> Declarations:
    functions = attributes["implements"] if isinstance(attributes["implements"], Iterable) else ()
    reference = attributes["reference"] if reference is None else reference
    if getattr(reference, "__self__", None) is op:  # a plain function in the class body: it takes no self
        reference = reference.__func__

    def takes_own_arguments(function: Any) -> bool:
        """Return whether a function takes the arguments of the operation; np.add.reduce does not."""
        is_ufunc_method = isinstance(getattr(function, "__self__", None), np.ufunc)
        has_same_arguments = attributes["from_numpy"] is None and not is_ufunc_method
        return callable(function) and (has_same_arguments or isinstance(function, np.ufunc))

    return Declarations(
        broadcasts=bool(attributes["broadcasts"]),
        returns_view=bool(attributes["returns_view"]),
        takes_complex=bool(attributes["takes_complex"]),
        differentiable=bool(getattr(op, "differentiable", True)),
        once_differentiable=attributes["once_differentiable"] or False,
        surrogate=str(attributes["surrogate"] or ""),
        reference=reference,
        implemented=tuple(filter(takes_own_arguments, functions)),
    )


def _differentiate_gradients(
    op: Any, sample: Sample, cotangents: Sequence[Any], weights: list[Any]
) -> SecondOrder:
    """Return J^T cotangents, and the gradients of sum(weights * J^T cotangents).

    The two methods run on tensors here, and not in the engine, which may take a shortcut that hides their
    faults.

    Raise DoesNotApply if no installed plugin gives derivatives to NumPy's functions.
    """
    try:
        np.multiply(Tensor(np.ones(()), requires_grad=True), 1.0)
    except MinigradError as error:
        fact = "no installed plugin gives derivatives to NumPy's functions (minigrad-ops-basic)"
        raise DoesNotApply(fact) from error
    xs = [sample.inputs[i] for i in sample.floats]
    float_outputs = [k for k, g in enumerate(cotangents) if g.dtype.kind in "fc"]
    outputs: list[Any] = []

    def compute_gradients(*arguments: Any) -> Any:
        """Return the gradients for float inputs, followed by the cotangents of float outputs."""
        inputs = sample.replace_inputs(dict(zip(sample.floats, arguments, strict=False))).inputs
        variables = dict(zip(float_outputs, arguments[len(xs) :], strict=True))
        ctx = Context(op, inputs, sample.settings, sample.needs)
        y = op.forward(ctx, *inputs, **sample.settings)
        outputs[:] = [
            t.numpy() if isinstance(t, Tensor) else t for t in (y if isinstance(y, tuple) else (y,))
        ]
        ctx.saved = drop_cached(ctx.saved)
        gradients = op.backward(ctx, *(variables.get(k, g) for k, g in enumerate(cotangents)))
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        return tuple(_fit_to_input(gradients[i], sample.inputs[i]) for i in sample.floats)

    gradients, pullback = vjp(compute_gradients, *xs, *(cotangents[k] for k in float_outputs))
    results = pullback(tuple(weights))
    results = list(results) if isinstance(results, tuple) else [results]
    return SecondOrder(weights, list(gradients), results[: len(xs)], results[len(xs) :], outputs)


def _fit_to_input(g: Any, x: Any) -> Any:
    """Return a gradient in the shape of its input, and real if the input is real, as the engine does."""
    g = np.real(g) if g.dtype.kind == "c" and x.dtype.kind == "f" else g
    return g if g.shape == x.shape else unbroadcast(g, x.shape)
