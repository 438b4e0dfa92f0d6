"""What a step does to parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...parameter import Parameter
from ..finding import Broken, Check, Finding
from ..guarded import guarded
from .study import LASSOS, LR, close

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .study import OptimizerStudy


def in_place(study: OptimizerStudy) -> Iterator[Finding]:
    """A step changes `param.data` in place: the same array, whatever its layout and size.

    0-d and empty parameters work, a transposed or strided one changes in the array that it is a view of, and
    parameters may come from any iterable, as `model.parameters()` gives them.
    Faults: `param.data = param.data - ...`, `ravel()` of a strided parameter, which is a copy, an iterator
    that is kept and used up by the first step.
    Fix: `param.data -= ...`, or `out=param.data`; `self.params = list(params)`.
    """
    for what, params in _kinds(study):
        arrays = [p.data for p in params]
        optimizer = study.make(iter(params))
        # Some rules do something every few steps.
        for first in (0, 6) if what == "float64" else (0,):
            moved = [False] * len(arrays)
            for step in range(6 if what == "float64" else 3):
                before = [a.copy() for a in arrays]
                study.run(optimizer, params, 1, first + step)
                # Step by step: a rule of signs may come back to where it was.
                moved = [m or not np.array_equal(a, b) for m, a, b in zip(moved, arrays, before, strict=True)]
            for p, array, has_moved in zip(params, arrays, moved, strict=True):
                if finding := _updated(p, array, what, first, moved=has_moved):
                    yield finding
                    return


def _updated(p: Parameter, array: Any, what: str, first: int, *, moved: bool) -> Finding | None:
    if p.data is not array:
        return Finding(
            "replaces-data", f"a step replaces param.data by another array ({what}): update it in place"
        )
    if array.size and not moved:
        told = f"some steps leave a parameter as it was ({what}, shape {array.shape})"
        if first:
            told = f"nothing moves after the first {first} steps: is an iterator kept that is used up?"
        return Finding("no-update", told)
    if not np.isfinite(array).all():
        return Finding(
            "not-finite", f"a step makes a parameter NaN or infinite ({what}, shape {array.shape})"
        )
    if p.node is not None or not p.requires_grad:
        return Finding("recorded", "an update is recorded in the graph: update param.data, not the parameter")
    return None


def _kinds(study: OptimizerStudy) -> Iterator[tuple[str, list[Parameter]]]:
    yield "float64", study.params()
    yield "float32", study.params(dtype=np.float32)
    yield "0-d and empty", study.params(((), (0,), (2, 0), (1,)))
    yield "one matrix", study.params(((4, 4),))
    wide = study.params(((8, 6),))[0].data
    yield "strided", [Parameter(wide[::2, 1::2])]
    yield "transposed", [Parameter(study.params(((3, 5),))[0].data.T)]


def layout(study: OptimizerStudy) -> Iterator[Finding]:
    """A parameter or a gradient in another memory layout gives the same update.

    Faults: `ravel("K")`, state that is kept in the parameter's memory order and applied in another.
    Fix: elementwise NumPy on `data` and `grad` as they are.
    """
    for settings in study.modes:
        expected = study.alone(((3, 5),), 0, 3, **settings)[-1]
        for what in ("parameter", "gradient"):
            if not close(_in_fortran_order(study, what, settings), expected):
                yield Finding(
                    "depends-on-layout",
                    f"a {what} in Fortran order, as a transposed one is, gives another update",
                )
                return


def _in_fortran_order(study: OptimizerStudy, what: str, settings: dict[str, Any]) -> Any:
    (param,) = study.params(((3, 5),))
    if what == "parameter":
        param = Parameter(np.array(param.data, order="F"))
    optimizer = study.make([param], **settings)
    for step in range(3):
        (grad,) = study.grads([param], step)
        param.grad = np.array(grad, order="F") if what == "gradient" else grad
        guarded("step", lambda: optimizer.step())
    return param.data


def zero_rate(study: OptimizerStudy) -> Iterator[Finding]:
    """A learning rate of zero changes nothing, and a negative one is refused.

    Faults: weight decay that is not multiplied by the learning rate, lr < 0 that climbs in silence.
    Fix: every term of the update has the factor lr; raise an InputError for lr < 0.
    """
    # Not with all that is 0 by default: a setting may be a floor of the rate.
    usual = [{k: study.strong[k]} for k in ("momentum", "weight_decay", *LASSOS) if k in study.strong]
    for settings in ({}, *usual):
        params = study.params()
        try:
            optimizer = study.make(params, lr=0.0, **settings)
        except Broken as broken:
            if settings:
                continue
            yield Finding("refuses-zero-rate", f"lr = 0 is refused, and must change nothing: {broken.fact}")
            return
        after = study.run(optimizer, params, 3)
        # To the last digit only: 0.9 p + 0.1 p is p, and no more exact.
        if not all(close(a, p.data) for a, p in zip(after, study.params(), strict=True)):
            with_what = "".join(f" with {k}={v}" for k, v in settings.items())
            yield Finding("moves-at-zero", f"lr = 0 changes a parameter{with_what}")
            return
    yield from _negative(study)


def _negative(study: OptimizerStudy) -> Iterator[Finding]:
    try:
        study.make(study.params(), lr=-LR)
    except Broken as broken:
        if not isinstance(broken.cause, ValueError):
            yield Finding("wrong-error", f"lr < 0: expected a ValueError, {broken.fact}")
            return
    else:
        yield Finding("accepts-negative-rate", "a negative learning rate is accepted: raise an InputError")
        return
    params = study.params()
    optimizer = study.make(params)
    if not hasattr(type(optimizer), "lr"):
        return  # a plain attribute: no code of the optimizer sees what is assigned
    try:
        optimizer.lr = -LR
        study.run(optimizer, params, 1)
    except (Broken, Exception):
        return
    yield Finding(
        "accepts-negative-rate",
        "a negative learning rate is refused by the constructor, and accepted when it is assigned later",
    )


def separate(study: OptimizerStudy) -> Iterator[Finding]:
    """Two parameters together move as each alone.

    Faults: state that is shared between parameters, a step count that counts parameters.
    Fix: one state for each parameter.
    """
    shapes = ((3, 4), (3, 4))
    for settings in study.modes:
        params = study.params(shapes)
        optimizer = study.make(params, **settings)
        together = [study.run(optimizer, params, 1, first=step) for step in range(4)]
        for k in range(2):
            for step, place in enumerate(study.alone(shapes, k, 4, **settings)):
                if not close(place, together[step][k]):
                    yield Finding(
                        "parameters-interfere",
                        f"two parameters together do not move as each alone, {_since(step)}",
                    )
                    return


def _since(step: int) -> str:
    if step == 0:
        return "already at the first step: it depends on the other one, or on the place in the list"
    return f"from step {step + 1} on: state, or a count, is shared"


UPDATES = (
    Check("in_place", in_place),
    Check("layout", layout, after=("in_place",)),
    Check("zero_rate", zero_rate, after=("in_place",)),
    Check("separate", separate, after=("in_place",)),
)
