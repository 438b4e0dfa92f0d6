"""An operation of minigrad as a subject of the laws; for second derivatives its methods run on tensors."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from ...contracts import Operation
from ...contracts.adapters import OperationAdapter, unwrap_adapter
from ...contracts.cases import Case
from ...engine.node import Context, match_to_inputs
from ...errors import DifferentiabilityError, MinigradError
from ...tensor import Tensor
from ...transforms import vjp
from ..finding import DoesNotApply, Law, Script, SubjectFailed, guard
from ..global_state import read_attributes
from ..laws.operation import OWN_LAWS
from ..samples.sample import Sample
from ..scripts.literals import write_import
from ..scripts.script import write_script
from .arguments import as_cases, read_signature
from .subject import Declarations, ForwardPass, SecondOrder

# Each of these attributes is read once, under guard, before anything else uses it.
ATTRIBUTES = ("forward", "backward", "from_numpy", *Operation.__annotations__)
# In scripts: the call of an operation.
CALL = """\
class Context:  # holds what forward saves for backward
    saved = ()
    def save(self, *values):
        self.saved = saved[:] = values
def call(*inputs, needs=needs):  # the outputs, and a function from grads to the gradients
    ctx = Context()
    ctx.needs = needs
    out = op.forward(ctx, *inputs, **settings)
    def pull(*grads):
        received = op.backward(ctx, *grads)
        return received if isinstance(received, tuple) else (received,)
    return (out if isinstance(out, tuple) else (out,)), pull"""


# In scripts: the derivatives of gradients; the source of `differentiate_gradients` takes the place.
DIFFERENTIATE = """\
from minigrad_core import vjp
from minigrad_core.contracts.adapters import adapt_operation
{source}
def differentiate(weights):
    return differentiate_gradients(adapt_operation(op), inputs, settings, needs, grads, weights)"""


class OperationSubject:
    """An operation as a subject.

    op: an instance of `Operation`, or of any class with `name`, `forward` and `backward`.
    cases: cases that replace those of the operation.
    reference: a reference that replaces that of the operation.

    Raise SubjectFailed if the object is not an operation, or raises while its attributes are read.
    """

    framework, engine, save_call = "NumPy", "minigrad", "ctx.save"
    laws: tuple[Law, ...] = OWN_LAWS

    def __init__(
        self, op: Any, cases: Sequence[Case] | None = None, reference: Callable[..., Any] | None = None
    ) -> None:
        op = unwrap_adapter(op)
        if isinstance(op, type):
            raise SubjectFailed("not-an-instance", f"expected an instance, got a class: {op.__name__}()")
        attributes = {name: guard(name, partial(getattr, op, name, None)) for name in ATTRIBUTES}
        if not callable(attributes["forward"]):
            raise SubjectFailed(
                "not-an-operation",
                f"expected an operation, an object with forward and backward, got {op!r:.100}; "
                "mg.ops['nn::relu'] is one",
            )
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
        refuses second derivatives, too. Raise DoesNotApply if no installed plugin gives derivatives to
        NumPy's functions.
        """
        if self.declared.once_differentiable:
            raise DifferentiabilityError(f"{self.name}: it is declared to be once differentiable")
        try:
            np.multiply(Tensor(np.ones(()), requires_grad=True), 1.0)
        except MinigradError as error:
            fact = "no installed plugin gives derivatives to NumPy's functions (minigrad-ops-basic)"
            raise DoesNotApply(fact) from error
        arguments = sample.inputs, sample.settings, sample.needs, cotangents, weights
        return SecondOrder(weights, *differentiate_gradients(self.callable, *arguments))

    def write_script(self, sample: Sample, script: Script) -> str:
        """Return a script that imports NumPy and the operation, and minigrad for second derivatives."""
        differentiate = DIFFERENTIATE.format(source=inspect.getsource(differentiate_gradients))
        return write_script("", write_import(self.op, "op"), sample, script, CALL, differentiate)

    def layout(self, layout: Callable[..., Any]) -> Callable[..., Any]:
        """Return the layout: NumPy has all of them."""
        return layout

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


def differentiate_gradients(
    op: Any,
    inputs: Sequence[Any],
    settings: Mapping[str, Any],
    needs: Sequence[bool],
    grads: Sequence[Any],
    weights: Sequence[Any],
) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Return the gradients, the derivatives of their weighted sum by inputs and by grads, and the outputs.

    op: the operation, to be called on tensors. Scripts contain the source of this function.
    """
    moving = [k for k, need in enumerate(needs) if need]
    floats = [k for k, g in enumerate(grads) if g.dtype.kind in "fc"]
    outputs: list[Any] = []

    def run(*xs: Any) -> tuple[Any, ...]:
        arguments = list(inputs)
        for k, x in zip(moving, xs, strict=True):
            arguments[k] = x
        y = op(*arguments, **settings)
        tensors = y if isinstance(y, tuple) else (y,)
        outputs[:] = [t.numpy() for t in tensors]
        return tuple([tensors[k] for k in floats])

    def compute_gradients(*xs: Any) -> Any:
        return vjp(run, *xs[: len(moving)])[1](xs[len(moving) :])

    gradients, pullback = vjp(compute_gradients, *[inputs[k] for k in moving], *[grads[k] for k in floats])
    by = pullback(tuple(weights) if len(moving) > 1 else weights[0])
    gradients, by = (list(x) if isinstance(x, tuple) else [x] for x in (gradients, by))
    return gradients, by[: len(moving)], by[len(moving) :], outputs
