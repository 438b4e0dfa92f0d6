"""The ends of scripts for the laws of PyTorch and JAX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minigrad_core.testing.finding import Script

# The gradients if only output k is used.
UNUSED = {
    "torch": """\
leaves, ys = run(inputs, needs)
received = torch.autograd.grad(ys[{k}], leaves, convert(grads[{k}]), allow_unused=True)
received = [(torch.zeros_like(x) if g is None else g).numpy(force=True) for g, x in zip(received, leaves)]
""",
    "jax": """\
moved, single, _ = restrict(inputs, needs)
received = jax.vjp(lambda *xs: single(*xs)[{k}], *moved)[1](jax.numpy.asarray(grads[{k}]))
""",
}
LEAKS = """\
import gc
import weakref
gc.disable()
leaves, ys = run(inputs, needs)
references = [weakref.ref(y) for y in ys if y.grad_fn is not None]
del leaves, ys
wrong = any(reference() is not None for reference in references)
"""


def show_unused(package: str, k: int, cotangents: Sequence[Any]) -> Script:
    """Return the script for gradients that differ if only output k is used; the other cotangents are zero."""
    code = f"""\
expected = [g for g, need in zip(call(*inputs)[1](*grads), needs) if need]
try:
    {UNUSED[package].format(k=k).rstrip().replace(chr(10), chr(10) + "    ")}
    wrong = any(differs(np.asarray(g), x, 1e-9 * (1 + np.abs(x))) for g, x in zip(received, expected))
except Exception as error:
    print(type(error).__name__, error)
    wrong = True
"""
    return Script(code, cotangents)


def show_compiled(cotangents: Sequence[Any]) -> Script:
    """Return the script for outputs or gradients that differ under `jax.jit`."""
    code = """\
moved, compiled, compiled_floats = restrict(inputs, needs)
floats = [jax.numpy.asarray(g) for g in grads if g.dtype.kind in "fc"]
try:
    differentiate = jax.jit(lambda *xs: jax.vjp(compiled_floats, *xs)[1](floats))
    actual = [*jax.jit(compiled)(*moved), *differentiate(*moved)]
    actual += jax.vjp(compiled_floats, *moved)[0]
except Exception as error:
    print(type(error).__name__, error)
    actual = None
outputs, pull = call(*inputs)
expected = [*outputs, *(g for g, need in zip(pull(*grads), needs) if need)]
expected += [y for y in outputs if y.dtype.kind in "fc"]
wrong = actual is None or any(
    differs(np.asarray(x), y, 1e-7 * (1 + np.abs(y))) for x, y in zip(actual, expected)
)
"""
    return Script(code, cotangents)


def show_unguarded(kind: str, index: int, cotangents: Sequence[Any]) -> Script:
    """Return the script for a tensor, input or output, whose change in place silently changes gradients."""
    tensor = "all_inputs" if kind == "input" else "ys"
    code = f"""\
expected = [g for g, need in zip(call(*inputs)[1](*grads), needs) if need]
leaves, ys = run(inputs, needs)
remaining = iter(leaves)
all_inputs = [next(remaining) if need else None for need in needs]
{tensor}[{index}].detach().mul_(0.75)
try:
    pairs = [(y, convert(np.conj(g))) for y, g in zip(ys, grads) if y.requires_grad]
    received = torch.autograd.grad([y for y, _ in pairs], leaves, [g for _, g in pairs], allow_unused=True)
    changed = [x if g is None else g.conj().numpy(force=True) for g, x in zip(received, expected)]
    wrong = any(differs(g, x, 1e-9 * (1 + np.abs(x))) for g, x in zip(changed, expected))
except RuntimeError as error:  # PyTorch detects the change
    print("refused:", error)
    wrong = False
"""
    return Script(code, cotangents)
