"""The beginning of scripts that show a fault; they import the framework, NumPy and the function alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minigrad_core.testing.samples.sample import Sample
from minigrad_core.testing.scripts.parts import begin_script

from .foreign import ForeignSubject

TORCH = """\
def call(*inputs, needs=needs):  # the outputs, and a function from grads to the gradients
    def convert(x):
        if not isinstance(x, (np.ndarray, np.generic)):
            return x
        return torch.from_numpy(np.asarray(x) if x.flags.writeable else np.array(x))
    xs = [convert(x).requires_grad_() if need else convert(x) for x, need in zip(inputs, needs)]
    out = {call}
    out = [out] if isinstance(out, torch.Tensor) else out.values() if isinstance(out, dict) else out
    ys = [y for y in out if y is not None]
    def pull(*grads):
        pairs = [(y, convert(g)) for y, g in zip(ys, grads) if y.requires_grad]
        leaves = [x for x, need in zip(xs, needs) if need]
        options = dict(allow_unused=True, retain_graph=True)
        received = [None] * len(leaves)
        if pairs and leaves:
            received = torch.autograd.grad([y for y, _ in pairs], leaves, [g for _, g in pairs], **options)
        received = iter(received)
        gradients = [next(received) if need else None for need in needs]
        zeros = [np.zeros_like(x) if need else None for x, need in zip(inputs, needs)]
        return [z if g is None else g.numpy(force=True) for g, z in zip(gradients, zeros)]
    return [y.numpy(force=True) for y in ys], pull"""
JAX = """\
def call(*inputs, needs=needs):  # the outputs, and a function from grads to the gradients
    places = [k for k, need in enumerate(needs) if need]
    arrays = [jax.numpy.asarray(x) if isinstance(x, np.ndarray) else x for x in inputs]
    def run(*moved):
        xs = arrays.copy()
        for k, x in zip(places, moved):
            xs[k] = x
        return jax.tree.leaves({call})
    def run_floats(*moved):
        return [y for y in run(*moved) if y.dtype.kind in "fc"]
    def pull(*grads):
        _, vjp = jax.vjp(run_floats, *(arrays[k] for k in places))
        received = iter(vjp([jax.numpy.asarray(g) for g in grads if g.dtype.kind in "fc"]))
        return [np.asarray(next(received)) if need else None for need in needs]
    return [np.asarray(y) for y in run()], pull"""
AUTOGRAD = """\
def call(*inputs, needs=needs):  # the outputs, and a function from grads to the gradients
    places = [k for k, need in enumerate(needs) if need]
    def run(moved):
        xs = list(inputs)
        for j, k in enumerate(places):
            xs[k] = moved[j]
        out = {call}
        return boxed(out) if isinstance(out, (tuple, list)) else out
    def pull(*grads):
        vjp, value = make_vjp(run, 0)(boxed([inputs[k] for k in places]))
        received = iter(vjp(tuple(grads) if isinstance(value, tuple) else grads[0]))
        return [np.asarray(next(received)) if need else None for need in needs]
    out = run([inputs[k] for k in places])
    return list(out) if isinstance(out, (tuple, list)) else [out], pull"""
IMPORTS = {
    "torch": "import torch",
    "jax": 'import jax\njax.config.update("jax_enable_x64", True)',
    "autograd": "from autograd import make_vjp\nfrom autograd.builtins import tuple as boxed",
}


def write_setup(
    subject: ForeignSubject, sample: Sample, cotangents: Sequence[Any], call: str, *, method: str = ""
) -> str:
    """Return the beginning of a script.

    call: the code that defines `call`, with a place for the call of the function.
    method: the attribute of the function that is called: `.apply` of a `torch.autograd.Function`.
    """
    names = [f"xs[{k}]" for k in range(len(sample.inputs))]
    settings = {name: f"settings[{name!r}]" for name in sample.settings}
    positional, named = subject.bind_arguments(names, settings)
    arguments = [*map(_format_argument, positional), *(f"{name}={text}" for name, text in named.items())]
    called = call.replace("{call}", f"op{method}({', '.join(arguments)})")
    return begin_script(IMPORTS[subject.package], _import(subject.f), sample, cotangents, called)


def _format_argument(value: Any) -> str:
    return f"[{', '.join(map(_format_argument, value))}]" if isinstance(value, list) else str(value)


def _import(f: Any) -> str:
    """Return the lines that import a function as `op`; a placeholder if the function has no global name."""
    module, name = str(getattr(f, "__module__", "")), str(getattr(f, "__qualname__", ""))
    if not module or "<" in name or not name:
        return f"from {module or '...'} import ...  # it is local or has no name: assign it to op\nop = ..."
    first, _, rest = name.partition(".")
    return f"from {module} import {first}\nop = {first}{'.' * bool(rest)}{rest}"
