"""What takes complex numbers is right for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import DifferentiabilityError
from ..call import backward, flat, forward, watched
from ..finding import Broken, Check, DoesNotApply, Finding
from ..signed import signed_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ..call import Call
    from ..study import Study

STEP = 2.0**-17


def complex_values(study: Study) -> Iterator[Finding]:
    """With complex inputs dz, Re sum(gradient dz) is the change of Re sum(grad output), in any direction.

    All inputs are complex, then each one alone; also in single precision, which must stay single. Values of
    an elementwise operation also lie on the real axis, where branch cuts are. Arguments for which the
    operation refuses complex numbers are left out, but it must take some.
    Faults: a conjugate too many or too few, abs or angle by a rule for real numbers, an imaginary part that
    is lost, a root of the other sign on a branch cut.
    Fix: the gradient of z = x + iy is dL/dx - i dL/dy. A holomorphic f has grad f'(z), conj(z) has
    conj(grad), |z| has grad conj(z) / |z|. Or do not say takes_complex.
    """
    if not study.differentiable or not getattr(study.op, "takes_complex", False):
        raise DoesNotApply("takes_complex = False")
    refused: list[Broken] = []
    taken = 0
    for call in study.calls:
        for chosen in _choices(call):
            try:
                turned = _complexified(call, chosen)
                findings = list(_wrong(turned, chosen))
                if not findings and study.broadcasts and chosen == call.sample.floats:
                    findings += [found for k in (3, -3) for found in _wrong(_on_real_axis(call, k), ())]
            except Broken as broken:
                if not _refuses(broken):
                    raise
                refused.append(broken)
                continue
            findings += _widened(call, turned)
            yield from findings[:1]
            if findings:
                return
            taken += 1
    if refused and not taken:
        raise refused[0]


def _refuses(broken: Broken) -> bool:
    """Whether an operation says that it does not take these arguments: forward, or a step of its gradient."""
    return broken.code == "forward-raises" or isinstance(broken.cause, DifferentiabilityError)


def _choices(call: Call) -> list[tuple[int, ...]]:
    """Return which inputs are made complex: all, each alone, and none where the output is all the same."""
    floats = call.sample.floats
    alone = [(i,) for i in floats if len(floats) > 1]
    return [floats, *alone, *([()] if call.flat.dtype.kind == "c" else [])] if floats else []


def _complexified(call: Call, chosen: Sequence[int]) -> Call:
    """Return the call with some inputs turned off the real axis, by a quarter of a right angle or so."""
    sample = call.sample
    inputs = list(sample.inputs)
    for i in chosen:
        turn = 1 + 0.3j * signed_values(sample.recipe.seed, 31 * i, inputs[i].shape)
        inputs[i] = np.asarray(inputs[i] * turn)
    return _on(call, inputs)


def _on_real_axis(call: Call, times: int) -> Call:
    """Return the call with complex inputs on the real axis, some of them beyond -1 and 1."""
    floats = call.sample.floats
    return _on(call, [x * times + 0j if i in floats else x for i, x in enumerate(call.sample.inputs)])


def _on(call: Call, inputs: Sequence[Any]) -> Call:
    """Return the same call on other inputs; gradients are asked for as before."""
    return forward(call.op, call.sample.with_inputs(tuple(inputs)), call.ctx.needs)


def _wrong(call: Call, chosen: Sequence[int]) -> Iterator[Finding]:
    """Yield a finding for each input whose gradient is not the slope along one of the axes."""
    grads = [_drawn(y, 57 * k) for k, y in enumerate(call.outputs)]
    received, told = watched("backward", lambda: backward(call, grads))
    if told:
        yield Finding("warns-for-complex", f"for complex values {told[0]}", call.sample)
    if not call.finite:
        return
    weight = flat(grads)
    for i, needed in enumerate(call.ctx.needs):
        for turn in ((1, 1j) if i in chosen else (1,)) if needed else ():
            dz = turn * _step(call.sample.inputs[i], i)
            slope = _slope(call, weight, i, dz, STEP)
            terms = received[i] * dz
            along = float(np.sum(terms).real)
            size = float(np.abs(terms).sum()) + float(np.abs(weight * call.flat).sum())
            if abs(along - slope) <= 1e-7 * size:
                continue
            doubt = abs(slope - _slope(call, weight, i, dz, STEP / 8))  # near a pole the difference is rough
            if not abs(along - slope) <= 1e-7 * size + 4 * doubt:
                yield Finding(
                    "wrong-complex-gradient",
                    f"input {i} ({call.sample.names[i]}): for complex values the gradient is wrong along the "
                    f"{'imaginary' if turn == 1j else 'real'} axis: it gives {along:.6g}, the numeric "
                    f"derivative is {slope:.6g}",
                    call.sample,
                )
                return


def _step(z: NDArray[Any], i: int) -> NDArray[Any]:
    """Return a real direction that moves each value, by its own size at most."""
    return np.minimum(np.abs(z), 1.0) * signed_values(7, 41 * i, z.shape)


def _slope(call: Call, weight: NDArray[Any], i: int, dz: NDArray[Any], step: float) -> float:
    """Return the central difference of the weighted outputs as input `i` moves along dz."""
    z = call.sample.inputs
    high, low = (_on(call, (*z[:i], z[i] + s * step * dz, *z[i + 1 :])).flat for s in (1, -1))
    return float(np.sum(weight * (high - low)).real) / (2 * step)


def _drawn(y: NDArray[Any], start: int) -> NDArray[Any]:
    """Return a gradient for an output, complex if it is."""
    if y.dtype.kind not in "fc":
        return np.zeros_like(y)
    drawn = signed_values(11, start, y.shape)
    return drawn + 1j * signed_values(13, start, y.shape) if y.dtype.kind == "c" else drawn


def _widened(real: Call, turned: Call) -> Iterator[Finding]:
    """Yield a finding for an output that is double for complex64, though single for float32."""
    narrow = {"f": np.float32, "c": np.complex64}
    single = [
        x.astype(narrow[x.dtype.kind]) if isinstance(x, np.ndarray) and x.dtype.kind in narrow else x
        for x in turned.sample.inputs
    ]
    outputs = zip(_on(turned, single).outputs, real.single.outputs, strict=True)
    for k, (y, of_real) in enumerate(outputs):
        if y.dtype in (np.float64, np.complex128) and of_real.dtype in (np.float32, np.complex64):
            yield Finding("double-precision", f"output {k} is {y.dtype} for complex64 inputs", turned.sample)


CHECK = Check("complex", complex_values, after=("vjp", "aliasing", "dtype"))
