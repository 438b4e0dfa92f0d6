"""An operation of minigrad as the laws see it; for second derivatives, its two methods on tensors."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
from ..finding import Broken, DoesNotApply, Law
from ..guarded import guarded
from ..laws.operation import OWN_LAWS
from ..oracle.compare import Evidence
from ..report.script import script
from ..samples.cases import sequence_of
from ..samples.sample import Sample
from ..surroundings import attributes
from .signature import read_signature
from .subject import Declared, Run, Second

# What an operation says of itself is read once, by name, before anything builds on it.
READ = ("forward", "backward", "from_numpy", *Operation.__annotations__)


class OperationSubject:
    """The adaptor; `reference` and `cases` take the place of the operation's own.

    Broken, if it is no operation, or does not let itself be read.
    """

    framework, keeping = "NumPy", "ctx.save"
    laws: tuple[Law, ...] = OWN_LAWS

    def __init__(
        self, op: Any, cases: Sequence[Case] | None = None, reference: Callable[..., Any] | None = None
    ) -> None:
        op = unwrap_adapter(op)
        if isinstance(op, type):
            raise Broken("not-an-instance", f"expected an instance, got a class: {op.__name__}()")
        said = {name: guarded(name, lambda name=name: getattr(op, name, None)) for name in READ}  # type: ignore[misc]
        if not callable(said["forward"]):
            raise Broken("not-an-operation", f"expected an operation, with forward; got {type(op)!r}")
        self.op = op
        self.callable: Any = op if hasattr(op, "differentiable") else OperationAdapter(op)
        self.name = str(said["name"] or type(op).__name__)
        self.cases = sequence_of(said["cases"] if cases is None else cases)
        self.declared = _declared(op, said, reference)
        self.signature = read_signature(op)
        self.docstring: str | None = type(op).__doc__
        code = getattr(getattr(type(op), "forward", None), "__code__", None)
        self.file = "" if code is None else code.co_filename

    def forward(self, inputs: Sequence[Any], settings: Mapping[str, Any], needs: Sequence[bool]) -> Run:
        """Return a forward pass with a context of its own."""
        op = self.op
        ctx = Context(op, tuple(inputs), dict(settings), tuple(needs))
        raw = op.forward(ctx, *inputs, **settings)
        if not self.declared.differentiable and isinstance(raw, bool | int | float):
            raw = np.asarray(raw)
        return Run(raw, lambda cotangents: op.backward(ctx, *cotangents), lambda: ctx.saved)

    def completed(self, sample: Sample, received: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return None for optional inputs that were left out, as the engine does."""
        return received if (each := match_to_inputs(self.op, sample.inputs, received)) is None else each

    def second(self, sample: Sample, cotangents: Sequence[Any], weights: list[Any]) -> Second:
        """Return the second derivative by running both methods on tensors; as the engine refuses, so here."""
        if self.declared.once_differentiable:
            raise DifferentiabilityError(f"{self.name}: it is declared to be once differentiable")
        return _gradients_of_gradients(self.op, sample, cotangents, weights)

    def script(self, sample: Sample, evidence: Evidence) -> str:
        """Return a script that imports NumPy and the operation."""
        return script(self.op, sample, evidence)

    def held(self, *, copied: bool = False) -> dict[str, Any]:
        """Return the attributes of the operation and its class."""
        return attributes(self.op, copied=copied)


def _declared(op: Any, said: Mapping[str, Any], reference: Any) -> Declared:
    functions = said["implements"] if isinstance(said["implements"], Iterable) else ()
    given = said["reference"] if reference is None else reference
    if getattr(given, "__self__", None) is op:  # assigned as it is: a reference takes no self
        given = given.__func__

    def lines_up(f: Any) -> bool:  # whether it takes the operation's own arguments; np.add.reduce does not
        own = said["from_numpy"] is None and not isinstance(getattr(f, "__self__", None), np.ufunc)
        return callable(f) and (own or isinstance(f, np.ufunc))

    return Declared(
        broadcasts=bool(said["broadcasts"]),
        returns_view=bool(said["returns_view"]),
        takes_complex=bool(said["takes_complex"]),
        differentiable=bool(getattr(op, "differentiable", True)),
        once_differentiable=said["once_differentiable"] or False,
        surrogate=str(said["surrogate"] or ""),
        given=given,
        functions=tuple(filter(lines_up, functions)),
    )


def _gradients_of_gradients(op: Any, sample: Sample, cotangents: Sequence[Any], weights: list[Any]) -> Second:
    """Return J^T cotangents, and the gradients of sum(weights * J^T cotangents).

    The two methods are run on tensors here, not by the engine: it may take a shorter way that hides what
    they do wrong. DoesNotApply where NumPy's own functions have no derivatives.
    """
    try:
        np.multiply(Tensor(np.ones(()), requires_grad=True), 1.0)
    except MinigradError as error:
        told = "no installed plugin gives derivatives to NumPy's functions (minigrad-ops-basic)"
        raise DoesNotApply(told) from error
    xs = [sample.inputs[i] for i in sample.floats]
    places = [k for k, g in enumerate(cotangents) if g.dtype.kind in "fc"]
    ys: list[Any] = []

    def gradients(*arguments: Any) -> Any:
        inputs = sample.but(dict(zip(sample.floats, arguments, strict=False))).inputs
        given = dict(zip(places, arguments[len(xs) :], strict=True))
        ctx = Context(op, inputs, sample.settings, sample.needs)
        y = op.forward(ctx, *inputs, **sample.settings)
        ys[:] = [t.numpy() if isinstance(t, Tensor) else t for t in (y if isinstance(y, tuple) else (y,))]
        ctx.saved = drop_cached(ctx.saved)
        received = op.backward(ctx, *(given.get(k, g) for k, g in enumerate(cotangents)))
        received = received if isinstance(received, tuple) else (received,)
        return tuple(_summed(received[i], sample.inputs[i]) for i in sample.floats)

    received, pullback = vjp(gradients, *xs, *(cotangents[k] for k in places))
    results = pullback(tuple(weights))
    results = list(results) if isinstance(results, tuple) else [results]
    return Second(weights, list(received), results[: len(xs)], results[len(xs) :], ys)


def _summed(g: Any, x: Any) -> Any:
    """Return a gradient in its input's shape, and real if that is, as the engine makes it."""
    g = np.real(g) if g.dtype.kind == "c" and x.dtype.kind == "f" else g
    return g if g.shape == x.shape else unbroadcast(g, x.shape)
