"""One sample put to a subject: a forward and a backward pass, computed once and shared by all laws."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .answer import answer_of
from .closeness import finite
from .finding import Broken
from .guarded import guarded
from .samples.sample import is_float
from .samples.values import signed_values
from .subjects.returned import per_input
from .subjects.subject import flat
from .sweep import Sweep, look, told

if TYPE_CHECKING:
    from .answer import Answer
    from .samples.sample import Sample
    from .subjects.subject import Run, Second, Subject


class Trial:
    """A forward pass, and on demand the backward pass that all laws share; Broken if it gives no arrays.

    What goes in is looked at before, and what comes out is copied: whoever writes to it later is seen.

    needs: of which inputs a gradient will be asked for, by default all floats. heard: the list of warnings;
    without it, nobody asks for what is written to. base: the trial of the case that it derives from, at
    ordinary values: what is far below its scale is rounding.
    """

    def __init__(
        self,
        subject: Subject,
        sample: Sample,
        needs: tuple[bool, ...] | None = None,
        heard: Sequence[Any] | None = None,
        base: Trial | None = None,
    ) -> None:
        self.subject, self.sample = subject, sample
        self.needs = sample.needs if needs is None else needs
        self.heard, self._base = () if heard is None else heard, base
        # Whether there are gradients to ask for.
        self.differentiable = subject.declared.differentiable and bool(sample.floats)
        known = () if heard is None else (*sample.inputs, *sample.settings.values())
        self.given = [*map(look, known)]
        before, arguments = len(self.heard), (sample.inputs, sample.settings, self.needs)
        self.run: Run = guarded("forward", lambda: subject.forward(*arguments))
        self.told = told("forward", self.heard[before:], sample)
        self.many = isinstance(self.run.raw, tuple)
        self.returned = tuple(map(_as_array, self.run.raw if self.many else (self.run.raw,)))
        self.outputs = tuple([y.copy() for y in self.returned])

    def pull(self, cotangents: Sequence[Any], *, checked: bool = True) -> list[Any]:
        """Return one gradient per input; Broken if the pullback raises, or returns what nobody could use."""
        returned = guarded("backward", lambda: self.run.pullback(cotangents))
        return per_input(self.subject, self.sample, self.needs, returned, checked=checked)

    @cached_property
    def cotangents(self) -> list[NDArray[Any]]:
        """Random signed cotangents of the outputs, the same for the same sample."""
        return self.drawn("", self.outputs)

    def drawn(self, purpose: str, like: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Return an array for each of some: random and signed for floats, zeros for others."""
        recipe = self.sample.recipe
        first = zlib.crc32((recipe.label + purpose).encode())
        starts = accumulate((y.size for y in like), initial=first)
        drawn = [signed_values(recipe.seed, start, y.shape) for start, y in zip(starts, like, strict=False)]
        return [(g * (y.dtype.kind in "fc")).astype(y.dtype) for g, y in zip(drawn, like, strict=True)]

    @cached_property
    def sweep(self) -> Sweep:
        """The backward pass for `cotangents`."""
        return Sweep(self, self.cotangents)

    @property
    def pulls(self) -> bool:
        """Whether it has gradients that are of use."""
        return self.differentiable and self.sweep.broken is None

    @property
    def received(self) -> list[Any]:
        """The gradients for `cotangents`, one per input, None where none is owed; Broken without them."""
        return self.sweep.received

    @cached_property
    def uneven(self) -> tuple[list[NDArray[Any]], list[Any]]:
        """Cotangents that are large, tiny or zero, of one sign each, and the gradients for them.

        A clip may hide at one end.
        """
        sizes = np.array([30.0, 1e-6, 0.0, -3.0])
        grads = [
            np.resize(sizes, g.shape) * np.abs(g) if g.dtype.kind in "fc" else g for g in self.cotangents
        ]
        return grads, self.pull(grads)

    @cached_property
    def second(self) -> Second:
        """The derivatives of the gradients; Broken if that fails."""
        weights = self.drawn("weights", [self.sample.inputs[i] for i in self.sample.floats])
        subject, sample = self.subject, self.sample
        return guarded("the second derivative", lambda: subject.second(sample, self.cotangents, weights))

    def on(self, sample: Sample, needs: tuple[bool, ...] | None = None) -> Trial:
        """Return a trial of another sample; its warnings are nobody's concern."""
        return Trial(self.subject, sample, needs, base=self.base)

    @cached_property
    def said(self) -> list[Answer]:
        """What it is held against says of the sample, where that takes it."""
        answers = (answer_of(f, self.subject, self.sample) for f in self.subject.declared.references)
        return [answer for answer in answers if answer is not None]

    @property
    def answers(self) -> list[Answer]:
        """What of that has as many outputs: anything else breaks the law of the reference."""
        return [a for a in self.said if len(a.parts) == len(self.outputs)]

    def called(self, k: int) -> str:
        """Return what an output is called."""
        return f"output {k}" if self.many else "the output"

    def tried(self, sample: Sample) -> Trial | None:
        """Return a trial of another sample, None if that is refused."""
        try:
            return self.on(sample)
        except Broken:
            return None

    @property
    def base(self) -> Trial:
        """That of its case; itself, if it is one, but not kept: a cycle takes a garbage collector to end."""
        return self._base or self

    @cached_property
    def finite(self) -> bool:
        """All outputs are finite."""
        return all(map(finite, self.outputs))

    @cached_property
    def flat(self) -> NDArray[Any]:
        """The float outputs as one vector."""
        return flat(self.outputs)

    @cached_property
    def size(self) -> float:
        """The largest absolute value among the float outputs."""
        return float(np.abs(self.flat).max(initial=0.0))

    @cached_property
    def steepest(self) -> float:
        """The largest absolute value of the gradients received."""
        return max((float(np.abs(g).max(initial=0.0)) for g in self.received if g is not None), default=1.0)

    @property
    def elementwise(self) -> bool:
        """Whether it says that it broadcasts, and is pointwise."""
        return self.subject.declared.broadcasts and self.pointwise

    @cached_property
    def pointwise(self) -> bool:
        """Whether each value of the output depends on one value of each input: seen, not claimed."""
        if self._base is not None:
            return self._base.pointwise
        shape = self.outputs[0].shape
        if len(self.outputs) != 1 or any(self.sample.inputs[i].shape != shape for i in self.sample.floats):
            return False
        odd = np.arange(self.outputs[0].size).reshape(shape) % 2 == 1
        return all(self._stays(~chosen, chosen) for chosen in (odd, ~odd))

    def _stays(self, still: NDArray[Any], moved: NDArray[Any]) -> bool:
        """Whether outputs stay the same where the inputs do."""
        inputs = [np.where(moved, x * 0.75, x) if is_float(x) else x for x in self.sample.inputs]
        again = self.on(self.sample.with_inputs(tuple(inputs))).outputs[0]
        return np.array_equal(again[still], self.outputs[0][still])


def _as_array(y: Any) -> NDArray[Any]:
    plain = type(y) is np.ndarray
    if (plain or isinstance(y, np.generic)) and y.dtype.kind in "biufc":
        return np.asarray(y)
    what = f"an array of dtype {y.dtype}" if plain else f"{type(y).__name__}, no plain array"
    hint = "; several outputs are a tuple" if isinstance(y, list) else ""
    raise Broken("not-an-array", f"forward returned {what}: expected a NumPy array of numbers{hint}")
