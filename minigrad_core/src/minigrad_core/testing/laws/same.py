"""The law `same`: the same values give the same results."""

import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from typing import Any

import numpy as np

from ..closeness import is_close, largest_magnitude
from ..finding import Comparison, Finding, Findings, Law, Result, Script, SubjectFailed
from ..samples.integers import BYTES, convert_to_bytes
from ..samples.sample import Family, Sample, is_float
from ..samples.values import Style
from ..scripts.gradients import judge_form
from ..scripts.results import (
    judge_call,
    judge_race,
    judge_repetition,
    judge_second_pull,
    judge_types,
    judge_variation,
    show_difference,
)
from ..study import Study
from ..subjects.subject import Subject
from ..trial import Trial
from ..variations import (
    ALL_AT_ONCE,
    Variation,
    find_differences,
    fortran_order,
    is_alike,
    is_same_under,
    list_single_needs,
    negative_strides,
    zero_strides,
)

# Relative tolerance for results in other types: NumPy's own log of uint8 is float16.
HALF_PRECISION = 4e-3


def same(study: Study, trial: Trial) -> Findings:
    """The same values give the same results, whatever was called before, between or at the same time.

    The results are the same in another memory layout (Fortran order, negative strides, gaps, zero strides),
    where only one of the inputs needs a gradient, where integers are uint8, and in another thread.
    Faults: `self.x = x`, a cache by shape, an output buffer that is used again, `ravel("K")`, a gradient that
    is computed only if another input needs one, uint8 values that wrap around.
    Fix: keep what backward needs with `ctx.save`; index and reshape instead of reading memory; return
    `... if ctx.needs[i] else None` in each place; make buffers in the dtype of grad.
    """
    # Only samples without ties: with ties the outputs may agree by chance although bytes wrapped around, as
    # in NumPy itself, and then the gradients need not agree.
    if trial.has_gradients and trial.is_finite and trial.sample.recipe.families == (Family.INTEGERS,):
        yield from _judge_integer_types(trial)
    if trial in study.varied_trials and not trial.is_same_at_once:
        yield from _report(study, ALL_AT_ONCE, trial)
    variations: list[Variation] = []
    if trial is study.first_trial:
        variations.append(Variation(fortran_order, zero_strides))
    if trial is study.first_trial or _has_separate_needs(trial):
        for k, needs in enumerate(list_single_needs(trial)):
            layout = (negative_strides, fortran_order)[k % 2]
            variations.append(Variation(layout, fortran_order, needs))
    for variation in variations:
        if not is_same_under(trial, variation):
            yield from _report(study, variation, trial)
    # A subject without Python code of its own has no lines between which another thread could run.
    has_lines = bool(study.subject.file)
    if trial is study.first_trial and has_lines and (fact := find_race(study, trial)):
        script = Script(judge_race, {"file": study.subject.file}, trial.used_cotangents)
        yield Finding("not-thread-safe", fact, trial.sample, script=script)


def _has_separate_needs(trial: Trial) -> bool:
    """Return whether each input alone gets a gradient: at cases, and at small and wide values.

    These values come with square sizes and with sizes of 1. Gradients of two inputs often share a product,
    which another line computes if one input needs no gradient.
    """
    recipe = trial.sample.recipe
    is_varied = recipe.family is Family.SIZES and recipe.style in (Style.SMALL, Style.WIDE)
    has_several = len(trial.sample.floats) > 1 and trial.has_gradients
    return has_several and (recipe.family is Family.CASE or is_varied)


def _report(study: Study, variation: Variation, trial: Trial) -> Findings:
    """Yield what differs in a second backward pass, in a second call, and for each part of a variation.

    A part of None stands for the second backward pass, and a `Variation` without arguments for the same call.
    """
    needs = variation.needs or trial.needs
    names = ", ".join(name for name, needed in zip(trial.sample.names, needs, strict=True) if needed)
    inputs, cotangents = study.subject.layout(variation.inputs), study.subject.layout(variation.cotangents)
    judge = partial(_report, study, variation)
    for code, circumstance, part in (
        ("not-deterministic", "in the second backward than in the first", None),
        ("not-deterministic", "when all is done again", Variation()),
        ("depends-on-needs", f"when only {names} needs a gradient", Variation(needs=variation.needs)),
        ("depends-on-layout", f"with {names} in {inputs.__name__}", Variation(inputs, needs=variation.needs)),
        ("depends-on-layout", f"with grad in {cotangents.__name__}", Variation(cotangents=cotangents)),
    ):
        show: Callable[[Comparison], Script] = partial(show_difference, judge_second_pull)
        if part == Variation():
            show = partial(_show_repetition, study, trial)
        elif part is not None:
            show = partial(
                show_difference,
                judge_variation,
                inputs=part.inputs,
                cotangents=part.cotangents,
                needs=part.needs,
            )
        try:
            for comparison in find_differences(trial, part):
                fact = f"{comparison.result.name} is another one {circumstance}"
                shown = show(comparison)
                yield Finding(code, fact, trial.sample, comparison=comparison, script=shown, judge=judge)
        except SubjectFailed as failure:
            script = show(Comparison(trial.output_results[0], np.empty(0), trial.used_cotangents))
            if part and failure.cause is None:  # nothing raised: the gradients are of a wrong number or shape
                values = {"broadcasts": study.subject.declared.broadcasts, "needs": part.needs}
                script = Script(judge_form, values, trial.cotangents)
            yield Finding(code, f"{circumstance}: {failure.fact}", trial.sample, script=script)


def _show_repetition(study: Study, trial: Trial, comparison: Comparison) -> Script:
    """Return a script that makes calls with other values and other shapes before it repeats the call."""
    sample = trial.sample
    others = [tuple([x * 0.75 if is_float(x) else x for x in sample.inputs])]
    calls = (t.sample for t in study.trials if t.sample.settings == sample.settings)
    shapes = [np.shape(x) for x in sample.inputs]
    others += [s.inputs for s in calls if [np.shape(x) for x in s.inputs] != shapes][:1]
    return show_difference(judge_repetition, comparison, others=others)


def _judge_integer_types(trial: Trial) -> Findings:
    """Yield results that differ between bytes (uint8) and wider types.

    A sample with bytes is compared with the same values as int64. A sample of whole floats is compared with
    the same values as bytes. There the gradients have to agree only if the outputs agree, because `b - a` of
    uint8 wraps around in NumPy, too.
    """
    sample = trial.sample
    byte_inputs = [i for i, x in enumerate(sample.inputs) if isinstance(x, np.ndarray) and x.dtype == BYTES]
    if byte_inputs:
        if sample.floats:
            wide = sample.replace_inputs({i: sample.inputs[i].astype(np.int64) for i in byte_inputs})
            yield from _compare_types(trial.run_on(wide), sample, trial.needs)
        return
    for name in sample.names:
        as_bytes = convert_to_bytes(sample, name)
        if as_bytes.floats and as_bytes.floats != sample.floats:
            yield from _compare_types(trial, as_bytes, as_bytes.needs, may_wrap=True)


def _compare_types(
    trial: Trial, sample: Sample, needs: Sequence[bool], *, may_wrap: bool = False
) -> Findings:
    """Yield results that differ between a trial and a sample of the same values in other types."""
    pairs = zip(sample.inputs, trial.sample.inputs, strict=True)
    dtypes = [str(y.dtype) if getattr(x, "dtype", None) == BYTES else None for x, y in pairs]

    def judge(results: Sequence[Result], expected: Sequence[Any]) -> Findings:
        for result in results:
            y = expected[result.position]
            if y.dtype.kind in "fc" and not _is_near(y, result.values, largest_magnitude(trial.flat_outputs)):
                comparison = Comparison(result, y, cotangents)
                fact = f"{result.name} is another one in other types: do integers wrap around?"
                script = show_difference(judge_types, comparison, dtypes=dtypes)
                yield Finding("depends-on-dtype", fact, sample, comparison=comparison, script=script)

    try:
        other = trial.run_on(sample, tuple(needs))
        cotangents = [g.astype(y.dtype) for g, y in zip(trial.cotangents, other.outputs, strict=True)]
        differences = list(judge(other.output_results, trial.outputs))
        if not may_wrap:
            yield from differences
        if not differences:
            yield from judge(trial.name_gradients(other.pull(cotangents)), trial.gradients)
    except SubjectFailed as failure:
        if not failure.code.startswith("forward"):  # forward may refuse other types
            fact = f"{failure.fact}, beside numbers in another type"
            yield Finding(failure.code, fact, sample, script=Script(judge_call, cotangents=trial.cotangents))


def _is_near(x: Any, y: Any, scale: float) -> bool:
    """Return whether two results agree in half precision.

    scale: the largest output of the call. If terms of this scale cancel, their rounding errors remain.
    """
    slack = HALF_PRECISION * largest_magnitude(x) + 1e-5 * (1 + scale)
    return x.shape == y.shape and is_close(y, x, HALF_PRECISION, slack)


CACHE_TYPE: Any = type(cache(lambda: None))
MUTABLE = (dict, list, set, bytearray, deque, np.ndarray)
LOCK_TIMEOUT = 0.05  # seconds; an operation may hold a lock, for which the other thread waits


def find_race(study: Study, trial: Trial) -> str | None:
    """Return what goes wrong if another thread calls the subject between two of its lines, or None."""
    subject = study.subject
    holds_mutable = any(isinstance(v, MUTABLE) for v in subject.read_state().values())
    if not holds_mutable and not has_mutable_globals(subject.file):
        return None  # without mutable state nothing is shared
    other = next((t for t in study.trials if t.sample.recipe.family is Family.SIZES), trial)
    if trial.differentiable and not (trial.has_gradients and other.has_gradients):
        return None
    try:
        _repeat(other)  # if the subject keeps state, this call leaves a state that is wrong for `trial`
        pairs = _run_interleaved(subject, trial, other)
    except Exception as error:
        return f"it fails when another thread comes between two of its lines: {error}"
    if all(is_alike(x.values, y.values) for x, y in pairs):
        return None
    return "another thread that comes between two of its lines changes the result: shared state"


def _repeat(trial: Trial) -> list[tuple[Result, Result]]:
    """Return the results of another call on the sample of a trial, each with the usual result."""
    return [*zip(trial.run_on(trial.sample).results, trial.results, strict=True)]


@cache
def has_mutable_globals(file: str) -> bool:
    """Return whether a module has mutable globals; True for code that belongs to no module."""
    modules = [m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == file]
    values = [value for m in modules for key, value in vars(m).items() if not key.startswith("__")]
    return not modules or any(isinstance(v, (*MUTABLE, CACHE_TYPE)) for v in values)


def _run_interleaved(subject: Subject, trial: Trial, other: Trial) -> list[tuple[Result, Result]]:
    """Repeat a trial, and meanwhile repeat another trial in a thread.

    The thread runs before each new line of the subject's file at which the shared state differs from the
    state at the first line. To run it before every line takes 2 % of the time of all checks.
    Return the results of all these calls, each with the usual result.
    """
    lines, states, calls = set[int](), list[list[Any]](), list[Future[list[tuple[Result, Result]]]]()

    def trace(frame: Any, event: str, *_: Any) -> Any:
        if frame.f_code.co_filename != subject.file:
            return None
        if event == "line" and frame.f_lineno not in lines:
            lines.add(frame.f_lineno)
            shared = {**subject.read_state(), **frame.f_globals}
            states.append([_summarize(v) for name, v in shared.items() if not name.startswith("__")])
            if states[-1] != states[0] and (not calls or calls[-1].done()):
                calls.append(executor.submit(_repeat, other))
                with suppress(TimeoutError):
                    calls[-1].exception(LOCK_TIMEOUT)
        return trace

    previous = sys.gettrace()
    with ThreadPoolExecutor(1) as executor:
        sys.settrace(trace)
        try:
            pairs = _repeat(trial)
        finally:
            sys.settrace(previous)
    return [*pairs, *(pair for call in calls for pair in call.result())]


def _summarize(value: Any) -> Any:
    """Return bytes of an array, the counts of a cache, the ids of the values in a container, or an id."""
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, CACHE_TYPE):
        return value.cache_info()
    contents = value.values() if isinstance(value, dict) else value
    return [*map(id, contents)] if isinstance(value, MUTABLE) else id(value)


LAW = Law("same", same, after=("frame",))
