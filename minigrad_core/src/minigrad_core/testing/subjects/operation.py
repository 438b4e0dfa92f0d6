"""An operation of minigrad as the laws see it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ...contracts.cases import Case
from ...contracts.conforming import Conforming, source_of
from ...engine.node import Context, one_per_input
from ...errors import DifferentiabilityError
from ..finding import Broken, Law
from ..guarded import guarded
from ..laws.operation import OWN_LAWS
from ..oracle.compare import Evidence
from ..report.script import script
from ..samples.cases import sequence_of
from ..samples.sample import Sample
from ..surroundings import attributes
from .recorded import gradients_of_gradients
from .signature import read_signature
from .subject import Declared, Run, Second

# What an operation says of itself is read once, by name, before anything builds on it.
READ = (
    *("name", "cases", "forward", "backward", "broadcasts", "implements", "differentiable"),
    *("once_differentiable", "surrogate", "returns_view", "takes_complex", "reference", "from_numpy"),
)


class OperationSubject:
    """The adaptor; `reference` and `cases` take the place of the operation's own.

    Raises
    ------
    Broken
        It is no operation, or does not let itself be read.
    """

    framework, keeping = "NumPy", "ctx.save"
    laws: tuple[Law, ...] = OWN_LAWS

    def __init__(
        self, op: Any, cases: Sequence[Case] | None = None, reference: Callable[..., Any] | None = None
    ) -> None:
        op = source_of(op)
        if isinstance(op, type):
            raise Broken("not-an-instance", f"expected an instance, got a class: {op.__name__}()")
        said = {name: guarded(name, lambda name=name: getattr(op, name, None)) for name in READ}  # type: ignore[misc]
        if not callable(said["forward"]):
            raise Broken("not-an-operation", f"expected an operation, with forward; got {type(op)!r}")
        self.op = op
        self.callable: Any = op if hasattr(op, "differentiable") else Conforming(op)
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
        return received if (each := one_per_input(self.op, sample.inputs, received)) is None else each

    def second(self, sample: Sample, cotangents: Sequence[Any], weights: list[Any]) -> Second:
        """Return the second derivative by running both methods on tensors; as the engine refuses, so here."""
        if self.declared.once_differentiable:
            raise DifferentiabilityError(f"{self.name}: it is declared to be once differentiable")
        return gradients_of_gradients(self.op, sample, cotangents, weights)

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
    return Declared(
        broadcasts=bool(said["broadcasts"]),
        differentiable=bool(getattr(op, "differentiable", True)),
        once_differentiable=said["once_differentiable"] or False,
        surrogate=str(said["surrogate"] or ""),
        returns_view=bool(said["returns_view"]),
        takes_complex=bool(said["takes_complex"]),
        given=given,
        functions=tuple(f for f in functions if callable(f) and _lines_up(f, said["from_numpy"])),
    )


def _lines_up(function: Callable[..., Any], from_numpy: Any) -> bool:
    """Whether a function that is answered for takes the operation's own arguments in its own way."""
    if isinstance(getattr(function, "__self__", None), np.ufunc):  # np.add.reduce has other defaults
        return False
    return from_numpy is None or isinstance(function, np.ufunc)
