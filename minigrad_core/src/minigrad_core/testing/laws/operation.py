"""What minigrad asks of its operations, beside the laws that hold for everybody."""

import copy
import pickle
import re
from collections.abc import Iterator
from functools import partial
from inspect import getmro
from keyword import iskeyword
from typing import Any

from ...contracts import Operation
from ...dispatch.tables import OPERATIONS
from ...tensor import Tensor
from ..closeness import close, largest
from ..finding import DoesNotApply, Finding, Law
from ..guarded import guarded
from ..study import Study


def naming(study: Study) -> Iterator[Finding]:
    """`name` is an identifier.

    Fix: `name = "tanh"`.
    """
    name = getattr(study.subject.op, "name", None)  # type: ignore[attr-defined]  # a law of operations only
    if not str(name).isidentifier() or iskeyword(str(name)):
        yield Finding("bad-name", f"the name is {name!r}, no identifier: nobody could write ops.{name}")


def pickling(study: Study) -> Iterator[Finding]:
    """The operation pickles and copies, and its repr is the same in every process.

    Faults: a lambda, a lock or an open file on `self`; a memory address in the repr, which breaks parallel
    test runs.
    Fix: module-level functions; define `__repr__` from the name.
    """
    subject: Any = study.subject
    try:
        pickle.dumps(subject.op.__reduce_ex__(2)[2:])  # not its class, which a function may make
        copy.deepcopy(subject.op)
    except Exception as error:
        fact = f"it cannot be pickled or copied: {type(error).__name__}: {error}"
        yield Finding("not-picklable", fact)
    shown = [repr(subject.callable) for _ in range(2)]  # what merely conforms is shown by its name
    if shown[0] != shown[1] or re.search(r"0x[0-9a-fA-F]{5,}", shown[0]):
        yield Finding("unstable-repr", f"its repr is not stable: {shown[0]}")


def documentation(study: Study) -> Iterator[Finding]:
    """The class of a registered operation has a docstring: shapes, and the gradient.

    Fix: "tanh(x), any shape. d/dx = grad * (1 - y**2)".
    """
    op: Any = study.subject.op  # type: ignore[attr-defined]  # a law of the operations' own
    if id(op) not in map(id, OPERATIONS.values()):
        raise DoesNotApply("it is not registered")
    mine = [base for base in type(op).__mro__ if base not in getmro(Operation)]
    if not any((base.__doc__ or "").strip() for base in mine):  # `help` shows an inherited one, too
        fact = f"{type(op).__name__} has no docstring: give shapes and the gradient"
        yield Finding("no-docstring", fact)


def tensors(study: Study) -> Iterator[Finding]:
    """A tensor that is used as two inputs of one call gets the sum of both gradients.

    Faults: an operation that confuses its inputs when they are one.
    Fix: never compare inputs by identity.
    """
    trial, subject = study.first, study.subject
    floats, inputs = trial.sample.floats, trial.sample.inputs
    pairs = [(i, j) for i in floats for j in floats if i < j and inputs[i].shape == inputs[j].shape]
    for i, j in pairs[:1] if trial.differentiable else ():
        raw = trial.tried(trial.sample.but({j: inputs[i].copy()}))
        if raw is None or not raw.finite or not raw.pulls or raw.flat.dtype.kind == "c":
            continue
        tensor = Tensor(inputs[i].copy(), requires_grad=True)
        both = [tensor if k in (i, j) else x for k, x in enumerate(inputs)]
        out = guarded("the call", partial(subject.callable, *both, **trial.sample.settings))  # type: ignore[attr-defined]
        for y, g in zip(out if raw.many else [out], raw.cotangents, strict=True):
            if y.tracked:
                guarded("backward", partial(y.backward, g, retain_graph=True))
        total = raw.received[i] + raw.received[j]
        if tensor.grad is None or not close(tensor.grad, total, 1e-10, 1e-12 * largest(total)):
            fact = f"one tensor as inputs {i} and {j} does not get the sum of both gradients"
            yield Finding("does-not-accumulate", fact, trial.sample)


OWN_LAWS = (
    Law("naming", naming),
    Law("pickling", pickling),
    Law("tensors", tensors, after=("frame", "same", "refusal", "derivative")),
    Law("documentation", documentation),
)
