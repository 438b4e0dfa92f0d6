"""What a step does to parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...parameter import Parameter
from ..finding import Broken, Check, Finding
from .study import LR, OptimizerStudy, read_only

if TYPE_CHECKING:
    from collections.abc import Iterator


def in_place(study: OptimizerStudy) -> Iterator[Finding]:
    """A step changes `param.data` in place: the same array, whatever its layout and size.

    0-d and empty parameters work, a transposed or strided one changes in the array that it is a view of.
    Faults: `param.data = param.data - ...`, `ravel()` of a strided parameter, which is a copy.
    Fix: `param.data -= ...`, or `out=param.data`.
    """
    for what, params in _kinds(study):
        arrays = [p.data for p in params]
        before = [a.copy() for a in arrays]
        optimizer = study.make(params)
        study.run(
            optimizer, params, 12 if what == "float64" else 3
        )  # some rules do something every few steps
        for p, array, old in zip(params, arrays, before, strict=True):
            if p.data is not array:
                yield Finding(
                    "replaces-data",
                    f"a step replaces param.data by another array ({what}): update it in place",
                )
                return
            if array.size and np.array_equal(array, old):
                yield Finding(
                    "no-update", f"some steps leave a parameter as it was ({what}, shape {array.shape})"
                )
                return
            if not np.isfinite(array).all():
                yield Finding(
                    "not-finite", f"a step makes a parameter NaN or infinite ({what}, shape {array.shape})"
                )
                return
            if p.node is not None or not p.requires_grad:
                yield Finding(
                    "recorded", "an update is recorded in the graph: update param.data, not the parameter"
                )
                return


def _kinds(study: OptimizerStudy) -> Iterator[tuple[str, list[Parameter]]]:
    yield "float64", study.params()
    yield "float32", study.params(dtype=np.float32)
    yield "0-d and empty", study.params(((), (0,), (2, 0), (1,)))
    yield "one matrix", study.params(((4, 4),))
    wide = study.params(((8, 6),))[0].data
    yield "strided", [Parameter(wide[::2, 1::2])]
    yield "transposed", [Parameter(study.params(((3, 5),))[0].data.T)]


def layout(study: OptimizerStudy) -> Iterator[Finding]:
    """A parameter in another memory layout gets the same update.

    Faults: `ravel("K")`, state that is kept in the parameter's memory order and applied in another.
    Fix: elementwise NumPy on `data` and `grad` as they are.
    """
    plain = study.params(((3, 5),))
    expected = study.run(study.make(plain), plain, 3)[0]
    for what, order in (("transposed", "T"), ("Fortran order", "F")):
        params = study.params(((3, 5),))
        data = params[0].data
        params[0] = Parameter(np.array(data.T).T if order == "T" else np.array(data, order="F"))
        received = study.run(study.make(params), params, 3)[0]
        if not np.allclose(received, expected, rtol=1e-10, atol=1e-12):
            yield Finding("depends-on-layout", f"a parameter that is {what} gets another update")
            return


def skips_none(study: OptimizerStudy) -> Iterator[Finding]:
    """A parameter without a gradient is skipped: None is not zero, which would still apply momentum or decay.

    Faults: `grad or 0`, a step that fails if a gradient is missing.
    Fix: `if param.grad is not None`.
    """
    for settings in ({}, *_strong(study)):
        params = study.params()
        try:
            optimizer = study.make(params, **settings)
        except Broken:
            continue
        study.run(optimizer, params, 2)
        before = params[0].data.copy()
        study.step(optimizer, params, [None, study.grads(params, 2)[1]])
        if not np.array_equal(params[0].data, before):
            yield Finding("none-is-zero", "a parameter whose grad is None moves: skip it")
            return
        before = params[1].data.copy()
        study.step(optimizer, params, [None, study.grads(params, 3)[1]])
        if np.array_equal(params[1].data, before):
            yield Finding(
                "stops-at-none", "parameters after one whose grad is None are not updated: skip that one only"
            )
            return
    params = study.params()
    optimizer = study.make(params)
    study.step(optimizer, params, [None, None])
    if not all(np.array_equal(p.data, q.data) for p, q in zip(params, study.params(), strict=True)):
        yield Finding("none-is-zero", "parameters without gradients move at the first step: skip them")


def _strong(study: OptimizerStudy) -> Iterator[dict[str, float]]:
    if "momentum" in study.settings:
        yield {"momentum": 0.9}
    if "weight_decay" in study.settings:
        yield {"weight_decay": 0.1}


def zero_rate(study: OptimizerStudy) -> Iterator[Finding]:
    """A learning rate of zero changes nothing, and a negative one is refused.

    Faults: weight decay that is not multiplied by the learning rate, lr < 0 that climbs in silence.
    Fix: every term of the update has the factor lr; raise an InputError for lr < 0.
    """
    for settings in ({}, *_strong(study)):
        params = study.params()
        try:
            optimizer = study.make(params, lr=0.0, **settings)
        except Broken as broken:
            if settings:
                continue
            yield Finding("refuses-zero-rate", f"lr = 0 is refused, and must change nothing: {broken.fact}")
            return
        after = study.run(optimizer, params, 3)
        if not all(np.array_equal(a, p.data) for a, p in zip(after, study.params(), strict=True)):
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
    params = study.params(((3, 4), (3, 4)))
    together = study.run(study.make(params), params, 4)
    for k in range(2):
        alone = study.params(((3, 4), (3, 4)))
        optimizer = study.make([alone[k]])
        for step in range(4):
            study.step(optimizer, [alone[k]], [study.grads(alone, step)[k]])
        if not np.allclose(alone[k].data, together[k], rtol=1e-12, atol=1e-14):
            yield Finding(
                "parameters-interfere", "two parameters together do not move as each alone: shared state"
            )
            return


def zero_gradient(study: OptimizerStudy) -> Iterator[Finding]:
    """A gradient of zeros, tiny or large values gives finite parameters.

    Faults: 0 / 0 without an epsilon.
    Fix: divide by `sqrt(v) + eps`.
    """
    for scale in (0.0, 1e-30, 1e10):
        params = study.params()
        optimizer = study.make(params)
        for step in range(2):
            study.step(optimizer, params, [read_only(g * scale) for g in study.grads(params, step)])
        if not all(np.isfinite(p.data).all() for p in params):
            yield Finding("not-finite", f"gradients of size {scale:g} make a parameter NaN or infinite")
            return


UPDATES = (
    Check("in_place", in_place),
    Check("layout", layout, after=("in_place",)),
    Check("skips_none", skips_none, after=("in_place",)),
    Check("zero_rate", zero_rate, after=("in_place",)),
    Check("separate", separate, after=("in_place",)),
    Check("zero_gradient", zero_gradient, after=("in_place",)),
)
