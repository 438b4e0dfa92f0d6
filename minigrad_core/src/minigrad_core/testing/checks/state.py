"""An operation remembers nothing and leaves nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..call import Call, backward, cotangents, forward
from ..closeness import same
from ..finding import Broken, Check, Finding
from ..interleave import disturbed
from ..sample import is_float
from ..signed import signed
from ..surroundings import attributes, unusual

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..sample import Sample
    from ..study import Study


def state(study: Study) -> Iterator[Finding]:
    """The same call gives the same result, whatever was called before, between or beside it.

    Twice forward, twice backward, two calls interleaved, an input updated in place, two threads; nothing
    stays on `self`; the global random state, `np.errstate`, warnings filters, print options, environment,
    working directory, signal handlers, `sys.path` and their like are left alone, and no thread goes on.
    Faults: `self.x = x`, a cache by id or shape, an output buffer that is used again, `np.random.seed`.
    Fix: keep what backward needs with `ctx.save`, take randomness as an argument.
    """
    rng = study.rng("state")
    call = study.first
    with unusual(study.process) as changes:
        undisturbed = _undisturbed(study, call, rng)
        moved = changes()
    if not undisturbed:
        yield from _reported(study, call, rng)
    for name in moved:
        told = f"a call changes {name}, for everybody: leave it alone"
        yield Finding("changes-global-state", told, call.sample)
    if (changed := _changed(study.pristine, attributes(study.op))) is not None:
        yield Finding(
            "state-on-self", f"a call changes the attribute {changed!r} of the operation: use ctx.save"
        )
    if fact := disturbed(study, call):
        random = (found for _ in range(8) for found in _again(study, call, rng))
        yield next(random, Finding("not-thread-safe", fact, call.sample))


def _reported(study: Study, call: Call, rng: np.random.Generator) -> Iterator[Finding]:
    try:
        yield from _singly(study, call, rng)
    except Broken as broken:
        fact = f"it works alone, and fails after other calls, by something that it keeps: {broken.fact}"
        yield Finding("keeps-state", fact, call.sample)


def _undisturbed(study: Study, call: Call, rng: np.random.Generator) -> bool:
    """Whether calls in turns, and one after an update of its input in place, give what they give alone.

    What `call` itself gave is long ago by now. That something differs here is no finding yet: `_singly`
    says what it is.
    """
    sample, elsewhere = _with_arrays(call.sample, np.array), _elsewhere(call.sample, rng)
    mine = call.received if study.differentiable and sample.floats else []
    try:
        second, first = forward(study.op, elsewhere), forward(study.op, sample)
        outputs, theirs = _copied(second.outputs), _backward(study, second, call.grads)
        kept = _copied(theirs)
        same = _equal(first.outputs, call.outputs) and _equal(_backward(study, first, call.grads), mine)
        for x, new in zip(sample.inputs, elsewhere.inputs, strict=True):
            if is_float(x):
                x[...] = new
        updated = forward(study.op, sample)
        same = same and _equal(_backward(study, second, call.grads), kept)  # a second time
        same = same and _equal(updated.outputs, outputs)
        same = same and _equal(_backward(study, updated, call.grads), kept)
    except Broken:
        return False
    return same and _equal(theirs, kept) and _equal(second.outputs, outputs)


def _singly(study: Study, call: Call, rng: np.random.Generator) -> Iterator[Finding]:
    """Yield what goes wrong, each way to go wrong tried alone."""
    yield from _again(study, call, rng)
    yield from _interleaved(study, call, rng)
    yield from _updated(study, call, rng)


def _changed(before: dict[str, Any], after: dict[str, Any]) -> str | None:
    return next(
        (n for n in sorted(after.keys() | before.keys()) if not _same(before.get(n), after.get(n))), None
    )


def _backward(study: Study, call: Call, grads: list[Any]) -> list[Any]:
    return backward(call, grads) if study.differentiable and call.sample.floats else []


def _run(study: Study, sample: Sample, grads: list[Any]) -> tuple[list[Any], list[Any]]:
    fresh = forward(study.op, sample)
    return _copied(fresh.outputs), _copied(_backward(study, fresh, grads))


def _again(study: Study, call: Call, rng: np.random.Generator) -> Iterator[Finding]:
    grads = cotangents(call, signed(rng))
    first = _run(study, call.sample, grads)
    second = _run(study, call.sample, grads)
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
    other = _elsewhere(call.sample, rng)
    alone = _run(study, call.sample, grads)
    first = forward(study.op, call.sample)
    kept = _copied(first.outputs)
    try:
        second = forward(study.op, other)
    except Broken:
        return
    if not _equal(first.outputs, kept):
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
    copies = _copied(kept_gradients)
    backward(second, cotangents(second, signed(rng)))
    if not _equal(kept_gradients, copies):
        yield Finding(
            "reuses-buffer", "a second backward changes the gradient that the first returned", call.sample
        )


def _updated(study: Study, call: Call, rng: np.random.Generator) -> Iterator[Finding]:
    """The same arrays with other values, as after a step of an optimizer: a cache by identity is stale."""
    sample = _with_arrays(call.sample, np.array)
    grads = cotangents(call, signed(rng))
    before = _run(study, sample, grads)
    for x, other in zip(sample.inputs, _elsewhere(sample, rng).inputs, strict=True):
        if is_float(x):
            x[...] = other
    try:
        expected = _run(study, _with_arrays(sample, np.array), grads)
        received = _run(study, sample, grads)
    except Broken:
        return
    if not (_equal(received[0], expected[0]) and _equal(received[1], expected[1])):
        stale = _equal(received[0], before[0]) or _equal(received[1], before[1])
        yield (
            Finding(
                "stale-cache",
                "after an input is updated in place, results are those of its old values",
                call.sample,
            )
            if stale
            else Finding(
                "not-deterministic",
                "the same call gives another result later: a stale cache, or memory that nothing wrote to "
                "(np.empty)?",
                call.sample,
            )
        )


def _elsewhere(sample: Sample, rng: np.random.Generator) -> Sample:
    """Return the sample with the same values, a little smaller, in other places; a literal stays in place."""
    return sample.with_inputs(
        tuple(
            np.asarray((x if domain is None else rng.permutation(x.ravel()).reshape(x.shape)) * 0.9)
            if is_float(x)
            else x
            for x, domain in zip(sample.inputs, sample.domains, strict=True)
        )
    )


def _with_arrays(sample: Sample, change: Callable[[Any], Any]) -> Sample:
    return sample.with_inputs(tuple(change(x) if isinstance(x, np.ndarray) else x for x in sample.inputs))


def _copied(arrays: Sequence[Any]) -> list[Any]:
    return [None if a is None else np.array(a) for a in arrays]


def _equal(xs: Sequence[Any], ys: Sequence[Any]) -> bool:
    return len(xs) == len(ys) and all(
        (x is None and y is None) or (x is not None and y is not None and same(x, y))
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
