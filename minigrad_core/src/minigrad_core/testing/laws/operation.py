"""Laws for operations of minigrad only, beside the eight laws for functions of any framework."""

import copy
import pickle
import re
from functools import partial
from inspect import getmro
from keyword import iskeyword
from typing import Any

from ...contracts import Operation
from ...dispatch.tables import OPERATIONS
from ...tensor import Tensor
from ..closeness import is_close, largest_magnitude
from ..finding import DoesNotApply, Finding, Findings, Law, Script, guard
from ..scripts.gradients import judge_accumulation
from ..study import Study


def naming(study: Study) -> Findings:
    """`name` is an identifier.

    Fix: `name = "tanh"`.
    """
    subject: Any = study.subject
    name = getattr(subject.op, "name", None)
    if not str(name).isidentifier() or iskeyword(str(name)):
        yield Finding("bad-name", f"the name is {name!r}, no identifier: nobody could write ops.{name}")


def pickling(study: Study) -> Findings:
    """The operation can be pickled and copied, and its repr is the same in every process.

    Faults: a lambda, a lock or an open file on `self`; a memory address in the repr, which breaks parallel
    test runs.
    Fix: module-level functions; define `__repr__` from the name.
    """
    subject: Any = study.subject
    try:
        pickle.dumps(subject.op.__reduce_ex__(2)[2:])  # without its class, which may be local to a function
        copy.deepcopy(subject.op)
    except Exception as error:
        fact = f"it cannot be pickled or copied: {type(error).__name__}: {error}"
        yield Finding("not-picklable", fact)
    # `callable` wraps an operation that merely conforms to the protocol; its repr is the name.
    first, second = repr(subject.callable), repr(subject.callable)
    if first != second or re.search(r"0x[0-9a-fA-F]{5,}", first):
        yield Finding("unstable-repr", f"its repr is not stable: {first}")


def documentation(study: Study) -> Findings:
    """The class of a registered operation has a docstring. Only a reader can judge what it says.

    Fix: "tanh(x), any shape. d/dx = grad * (1 - y**2)".
    """
    subject: Any = study.subject
    op = subject.op
    if not any(op is registered for registered in OPERATIONS.values()):
        raise DoesNotApply("it is not registered")
    own_classes = [base for base in type(op).__mro__ if base not in getmro(Operation)]
    if not any((base.__doc__ or "").strip() for base in own_classes):  # `help` shows inherited docstrings
        fact = f"{type(op).__name__} has no docstring: give shapes and the gradient"
        yield Finding("no-docstring", fact)


def tensors(study: Study) -> Findings:
    """A tensor that is used as two inputs of one call gets the sum of both gradients.

    Faults: an operation that confuses its inputs when they are one tensor.
    Fix: never compare inputs by identity.
    """
    trial, subject = study.first_trial, study.subject
    floats, inputs = trial.sample.floats, trial.sample.inputs
    pairs = [(i, j) for i in floats for j in floats if i < j and inputs[i].shape == inputs[j].shape]
    for i, j in pairs[:1] if trial.differentiable else ():
        # The same values in two arrays: the sum of these two gradients is expected.
        separate = trial.try_on(trial.sample.replace_inputs({j: inputs[i].copy()}))
        if separate is None or not separate.is_finite or not separate.has_gradients:
            continue
        if separate.flat_outputs.dtype.kind == "c":
            continue
        tensor = Tensor(inputs[i].copy(), requires_grad=True)
        arguments = [tensor if k in (i, j) else x for k, x in enumerate(inputs)]
        op: Any = subject
        outputs = guard("the call", partial(op.callable, *arguments, **trial.sample.settings))
        outputs = outputs if separate.returns_tuple else [outputs]
        for y, cotangent in zip(outputs, separate.cotangents, strict=True):
            if y.tracked:
                guard("backward", partial(y.backward, cotangent, retain_graph=True))
        total = separate.gradients[i] + separate.gradients[j]
        atol = 1e-12 * largest_magnitude(total)
        if tensor.grad is None or not is_close(tensor.grad, total, 1e-10, atol):
            fact = f"one tensor as inputs {i} and {j} does not get the sum of both gradients"
            values = {"i": i, "j": j, "tolerance": 1e-9 * largest_magnitude(total)}
            script = Script(judge_accumulation, values, separate.cotangents)
            yield Finding("does-not-accumulate", fact, trial.sample, script=script)


OWN_LAWS = (
    Law("naming", naming),
    Law("pickling", pickling),
    Law("tensors", tensors, after=("frame", "same", "refusal", "derivative")),
    Law("documentation", documentation),
)
