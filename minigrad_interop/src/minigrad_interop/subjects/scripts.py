"""Scripts that show a fault; they import the framework, NumPy and the function alone."""

from __future__ import annotations

from typing import Any

from minigrad_core.testing.finding import Script
from minigrad_core.testing.samples.sample import Sample
from minigrad_core.testing.scripts.script import write_script

from .foreign import ForeignSubject

TORCH = """\
def convert(x):
    if not isinstance(x, (np.ndarray, np.generic)):
        return x
    return torch.from_numpy(np.asarray(x) if x.flags.writeable else np.array(x))
def run(inputs, needs):  # the float inputs, and the outputs
    xs = [convert(x).requires_grad_() if need else convert(x) for x, need in zip(inputs, needs)]
    out = {call}
    out = [out] if isinstance(out, torch.Tensor) else out.values() if isinstance(out, dict) else out
    return [x for x, need in zip(xs, needs) if need], [y for y in out if y is not None]
def call(*inputs, needs=needs):  # the outputs, and a function from grads to the gradients
    leaves, ys = run(inputs, needs)
    def pull(*grads):
        pairs = [(y, convert(np.conj(g))) for y, g in zip(ys, grads) if y.requires_grad]
        options = dict(allow_unused=True, retain_graph=True)
        received = [None] * len(leaves)
        if pairs and leaves:
            received = torch.autograd.grad([y for y, _ in pairs], leaves, [g for _, g in pairs], **options)
        received = iter(received)
        gradients = [next(received) if need else None for need in needs]
        zeros = [np.zeros_like(x) if need else None for x, need in zip(inputs, needs)]
        return [z if g is None else g.conj().numpy(force=True) for g, z in zip(gradients, zeros)]
    return [y.numpy(force=True) for y in ys], pull"""
TORCH_TWICE = """\
def differentiate(weights):
    leaves, ys = run(inputs, needs)
    pairs = [(y, convert(g).requires_grad_()) for y, g in zip(ys, grads) if y.requires_grad]
    options = dict(create_graph=True, materialize_grads=True)
    received = torch.autograd.grad([y for y, _ in pairs], leaves, [g for _, g in pairs], **options)
    recorded = [(g, convert(w)) for g, w in zip(received, weights) if g.requires_grad]
    sources = [*leaves, *(g for _, g in pairs)]
    if recorded:  # accumulate: grad(inputs=...) omits the node of once_differentiable
        torch.autograd.backward([g for g, _ in recorded], [w for _, w in recorded])
    by = [torch.zeros_like(x) if x.grad is None else x.grad for x in sources]
    received, by = ([x.numpy(force=True) for x in xs] for xs in (received, by))
    return received, by[: len(leaves)], by[len(leaves) :], []"""
JAX = """\
def restrict(inputs, needs):  # the float inputs, and functions to the outputs and to the float outputs
    positions = [k for k, need in enumerate(needs) if need]
    arrays = [jax.numpy.asarray(x) if isinstance(x, np.ndarray) else x for x in inputs]
    def run(*moved):
        xs = arrays.copy()
        for k, x in zip(positions, moved):
            xs[k] = x
        return jax.tree.leaves({call})
    def run_floats(*moved):
        return [y for y in run(*moved) if y.dtype.kind in "fc"]
    return [arrays[k] for k in positions], run, run_floats
def call(*inputs, needs=needs):  # the outputs, and a function from grads to the gradients
    moved, run, run_floats = restrict(inputs, needs)
    def pull(*grads):
        floats = [jax.numpy.asarray(g) for g in grads if g.dtype.kind in "fc"]
        received = iter(jax.vjp(run_floats, *moved)[1](floats))
        return [np.asarray(next(received)) if need else None for need in needs]
    return [np.asarray(y) for y in run()], pull"""
JAX_TWICE = """\
def differentiate(weights):
    moved, _, run_floats = restrict(inputs, needs)
    floats = [jax.numpy.asarray(g) for g in grads if g.dtype.kind in "fc"]
    def pull(moved, floats):
        return jax.vjp(run_floats, *moved)[1](floats)
    received, vjp = jax.vjp(pull, moved, floats)
    by_inputs, by_grads = vjp(tuple(map(jax.numpy.asarray, weights)))
    return [[np.asarray(x) for x in xs] for xs in (received, by_inputs, by_grads, ())]"""
AUTOGRAD = """\
def restrict(inputs, needs):  # the float inputs, and a function from them to the outputs
    positions = [k for k, need in enumerate(needs) if need]
    def run(moved):
        xs = list(inputs)
        for j, k in enumerate(positions):
            xs[k] = moved[j]
        out = {call}
        return boxed(out) if isinstance(out, (tuple, list)) else out
    return boxed([inputs[k] for k in positions]), run
def call(*inputs, needs=needs):  # the outputs, and a function from grads to the gradients
    moved, run = restrict(inputs, needs)
    def pull(*grads):
        vjp, value = make_vjp(run, 0)(moved)
        received = iter(vjp(tuple(grads) if isinstance(value, tuple) else grads[0]))
        return [np.asarray(next(received)) if need else None for need in needs]
    out = run(moved)
    return list(out) if isinstance(out, (tuple, list)) else [out], pull"""
AUTOGRAD_TWICE = """\
def differentiate(weights):
    moved, run = restrict(inputs, needs)
    count, floats = len(moved), [k for k, g in enumerate(grads) if g.dtype.kind in "fc"]
    def pull(both):
        gs = list(grads)
        for j, k in enumerate(floats):
            gs[k] = both[count + j]
        vjp, value = make_vjp(run, 0)(boxed([both[j] for j in range(count)]))
        return boxed(vjp(tuple(gs) if isinstance(value, tuple) else gs[0]))
    vjp, received = make_vjp(pull, 0)(boxed([*moved, *(grads[k] for k in floats)]))
    by = [np.asarray(x) for x in vjp(tuple(weights))]
    return list(received), by[:count], by[count:], []"""
IMPORTS = {
    "torch": "import torch",
    "jax": 'import jax\njax.config.update("jax_enable_x64", True)',
    "autograd": "from autograd import make_vjp\nfrom autograd.builtins import tuple as boxed",
}


def write_foreign_script(
    subject: ForeignSubject, sample: Sample, script: Script, call: str, differentiate: str, method: str = ""
) -> str:
    """Return a script.

    call, differentiate: as of `write_script`; `call` has a position for the call of the function.
    method: the attribute of the function that is called: `.apply` of a `torch.autograd.Function`.
    """
    names = [f"xs[{k}]" for k in range(len(sample.inputs))]
    settings = {name: f"settings[{name!r}]" for name in sample.settings}
    positional, named = subject.bind_arguments(names, settings)
    arguments = [*map(_format_argument, positional), *(f"{name}={text}" for name, text in named.items())]
    called = call.replace("{call}", f"op{method}({', '.join(arguments)})")
    return write_script(IMPORTS[subject.package], _import(subject.f), sample, script, called, differentiate)


def _format_argument(value: Any) -> str:
    return f"[{', '.join(map(_format_argument, value))}]" if isinstance(value, list) else str(value)


def _import(f: Any) -> str:
    """Return the lines that import a function as `op`; a placeholder if the function has no global name."""
    module, name = str(getattr(f, "__module__", "")), str(getattr(f, "__qualname__", ""))
    if not module or "<" in name or not name:
        return f"from {module or '...'} import ...  # it is local or has no name: assign it to op\nop = ..."
    first, _, rest = name.partition(".")
    return f"from {module} import {first}\nop = {first}{'.' * bool(rest)}{rest}"
