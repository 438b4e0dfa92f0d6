"""An operation remembers nothing and leaves nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.node import Context
from ..call import Call, backward, cotangents, forward, signed
from ..finding import Broken, Check, Finding
from ..interleave import disturbed
from ..sample import is_float
from ..surroundings import attributes, changes, snapshot, unusual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..study import Study


def state(study: Study) -> Iterator[Finding]:
    """The same call gives the same result, whatever was called before, between or beside it.

    Twice forward, twice backward, two calls interleaved, an input updated in place, two threads; nothing
    stays on `self`; the global random state, `np.errstate` and the warnings filters are left alone.
    Faults: `self.x = x`, a cache by id or shape, an output buffer that is used again, `np.random.seed`.
    Fix: keep what backward needs with `ctx.save`, take randomness as an argument.
    """
    rng = study.rng("state")
    before = study.pristine
    for call in study.some_calls:
        yield from _again(study, call, rng)
        yield from _interleaved(study, call, rng)
        yield from _updated(study, call, rng)
        if name := _changed(before, attributes(study.op)):
            yield Finding(
                "state-on-self", f"a call changes the attribute {name!r} of the operation: use ctx.save"
            )
            return
        if call is study.calls[0] and (fact := disturbed(study, call, rng)):
            yield Finding("not-thread-safe", fact, call.sample)
        for name in _moved(study, call, rng):
            yield Finding(
                "changes-global-state", f"a call changes {name}, for everybody: leave it alone", call.sample
            )
    if name := _changed(before, attributes(study.op)):
        yield Finding(
            "state-on-self", f"a call changes the attribute {name!r} of the operation: use ctx.save"
        )


def _changed(before: dict[str, Any], after: dict[str, Any]) -> str | None:
    return next(
        (n for n in sorted(after.keys() | before.keys()) if not _same(before.get(n), after.get(n))), None
    )


def _moved(study: Study, call: Call, rng: np.random.Generator) -> list[str]:
    """Return what a raw call moves."""
    grads = cotangents(call, signed(rng))
    with unusual() as before:
        ctx = Context(study.op, call.sample.inputs, call.sample.settings, call.sample.needs)
        study.op.forward(ctx, *call.sample.inputs, **call.sample.settings)
        if study.differentiable and call.sample.floats:
            study.op.backward(ctx, *grads)
        return changes(before, snapshot())


def _run(study: Study, call: Call, grads: list[Any]) -> tuple[list[Any], list[Any]]:
    fresh = forward(study.op, call.sample)
    received = backward(fresh, grads) if study.differentiable and call.sample.floats else []
    return [np.array(y) for y in fresh.outputs], [None if g is None else np.array(g) for g in received]


def _again(study: Study, call: Call, rng: np.random.Generator) -> Iterator[Finding]:
    grads = cotangents(call, signed(rng))
    first = _run(study, call, grads)
    second = _run(study, call, grads)
    if not _equal(first[0], second[0]):
        yield Finding(
            "not-deterministic", "forward gives another result when it is called again", call.sample
        )
    elif not _equal(first[1], second[1]):
        yield Finding(
            "not-deterministic", "backward gives another result when all is done again", call.sample
        )
    elif first[1]:
        fresh = forward(study.op, call.sample)
        for _ in range(2):
            try:
                received = backward(fresh, grads)
            except Broken as broken:
                yield Finding(
                    "consumes-saved",
                    f"a second backward through the same call fails: {broken.fact}",
                    call.sample,
                )
                return
            if not _equal(received, first[1]):
                yield Finding(
                    "not-deterministic", "the same backward twice gives another gradient", call.sample
                )
                return


def _interleaved(study: Study, call: Call, rng: np.random.Generator) -> Iterator[Finding]:
    """Two forwards, then their two backwards: in either order, each is as if alone."""
    grads = cotangents(call, signed(rng))
    other = call.sample.with_inputs(tuple(_shuffled(x, rng) for x in call.sample.inputs))
    alone = _run(study, call, grads)
    first = forward(study.op, call.sample)
    kept = [np.array(y) for y in first.outputs]
    try:
        second = forward(study.op, other)
    except Broken:
        return
    if not _equal(list(first.outputs), kept):
        yield Finding("reuses-buffer", "a second forward changes the output of the first", call.sample)
        return
    if not alone[1]:
        return
    backward(second, cotangents(second, signed(rng)))
    if not _equal(backward(first, grads), alone[1]):
        yield Finding(
            "keeps-state", "another call between forward and backward changes the gradient", call.sample
        )
        return
    kept_gradients = backward(first, grads)
    copies = [None if g is None else np.array(g) for g in kept_gradients]
    backward(second, cotangents(second, signed(rng)))
    if not _equal(kept_gradients, copies):
        yield Finding(
            "reuses-buffer", "a second backward changes the gradient that the first returned", call.sample
        )


def _updated(study: Study, call: Call, rng: np.random.Generator) -> Iterator[Finding]:
    """The same arrays with other values, as after a step of an optimizer: a cache by identity is stale."""
    arrays = tuple(np.array(x) if isinstance(x, np.ndarray) else x for x in call.sample.inputs)
    sample = call.sample.with_inputs(arrays)
    grads = cotangents(call, signed(rng))
    _run(study, forward(study.op, sample), grads)
    for x in arrays:
        if is_float(x):
            x[...] = _shuffled(x, rng)
    fresh = sample.with_inputs(tuple(np.array(x) if isinstance(x, np.ndarray) else x for x in arrays))
    try:
        expected = _run(study, forward(study.op, fresh), grads)
        received = _run(study, forward(study.op, sample), grads)
    except Broken:
        return
    if not (_equal(received[0], expected[0]) and _equal(received[1], expected[1])):
        yield Finding(
            "stale-cache",
            "after an input is updated in place, results are those of its old values",
            call.sample,
        )


def _shuffled(x: Any, rng: np.random.Generator) -> Any:
    return np.asarray(rng.permutation(x.ravel()).reshape(x.shape) * 0.9) if is_float(x) else x


def _equal(xs: list[Any], ys: list[Any]) -> bool:
    return len(xs) == len(ys) and all(
        (x is None and y is None)
        or (x is not None and y is not None and np.array_equal(x, y, equal_nan=True))
        for x, y in zip(xs, ys, strict=True)
    )


def _same(x: Any, y: Any) -> bool:
    if x is y:
        return True
    if type(x) is not type(y):
        return False
    if isinstance(x, dict):
        return x.keys() == y.keys() and all(_same(x[k], y[k]) for k in x)
    if isinstance(x, list | tuple):
        return len(x) == len(y) and all(map(_same, x, y))
    try:
        return bool(np.all(np.asarray(x == y))) or repr(x) == repr(y)
    except Exception:
        return True


CHECK = Check("state", state, after=("protocol",))
