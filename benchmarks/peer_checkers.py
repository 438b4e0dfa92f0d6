"""Run the gradient checkers of other libraries on an operation of minigrad.

The operation becomes a custom function of the library. Differentiable inputs are arguments of the function;
other inputs (indices, masks) are constants. A library is imported when it is used, since it may be missing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from minigrad_core import Context

from .corpus_inputs import draws


def differentiable_positions(inputs: list[Any]) -> list[int]:
    """Return the positions of the inputs that are differentiable."""
    return [i for i, x in enumerate(inputs) if _is_float(x)]


def _is_float(x: Any) -> bool:  # an omitted optional input is None
    return x is not None and x.dtype.kind == "f"


def forward(op: Any, inputs: list[Any], settings: dict[str, Any]) -> tuple[Context, Any]:
    """Run `forward` of `op` on arrays, as the engine does."""
    ctx = Context(op, tuple(inputs), settings, tuple(map(_is_float, inputs)))
    return ctx, op.forward(ctx, *inputs, **settings)


def backward(op: Any, ctx: Context, grads: tuple[Any, ...], n: int) -> tuple[Any, ...]:
    """Run `backward` of `op`; return a tuple, without the None of an omitted input."""
    found = op.backward(ctx, *grads)
    found = found if isinstance(found, tuple) else (found,) if n == 1 else tuple(found)
    return tuple(g for k, g in enumerate(found) if k < n or g is not None)


def replace(inputs: list[Any], at: list[int], by: tuple[Any, ...]) -> list[Any]:
    """Return `inputs` with the values at the positions `at` replaced."""
    new = list(inputs)
    for i, x in zip(at, by, strict=True):
        new[i] = np.array(x)
    return new


def torch_check(op: Any) -> bool:
    """Run `torch.autograd.gradcheck`."""
    torch = import_module("torch")

    def run(inputs: list[Any], settings: dict[str, Any]) -> bool:
        at = differentiable_positions(inputs)

        class Wrapped(torch.autograd.Function):  # type: ignore[misc,name-defined]
            @staticmethod
            def forward(ctx: Any, *tensors: Any) -> Any:
                arrays = replace(inputs, at, tuple(t.detach().numpy() for t in tensors))
                ctx.minigrad, out = forward(op, arrays, settings)
                outs = tuple(
                    torch.as_tensor(np.array(o)) for o in (out if isinstance(out, tuple) else (out,))
                )
                return outs if isinstance(out, tuple) else outs[0]

            @staticmethod
            def backward(ctx: Any, *grads: Any) -> Any:
                found = backward(op, ctx.minigrad, tuple(g.numpy() for g in grads), len(inputs))
                if len(found) != len(inputs):
                    return tuple(None for _ in found)  # the library counts them
                picked = (found[i] for i in at)
                return tuple(None if g is None else torch.as_tensor(np.array(g)) for g in picked)

        tensors = tuple(torch.tensor(inputs[i], requires_grad=True) for i in at)
        return bool(torch.autograd.gradcheck(Wrapped.apply, tensors))

    return all(run(*draw) for draw in draws(op))


def jax_check(op: Any) -> bool:
    """Run `jax.test_util.check_grads` in reverse mode."""
    jax, test_util = import_module("jax"), import_module("jax.test_util")

    jax.config.update("jax_enable_x64", True)

    def run(inputs: list[Any], settings: dict[str, Any]) -> bool:
        at = differentiable_positions(inputs)
        like = jax.tree.map(
            lambda o: jax.ShapeDtypeStruct(np.shape(o), o.dtype), forward(op, inputs, settings)[1]
        )
        likes = tuple(jax.ShapeDtypeStruct(inputs[i].shape, inputs[i].dtype) for i in at)

        def value(*xs: Any) -> Any:
            return forward(op, replace(inputs, at, xs), settings)[1]

        def gradients(xs: Any, grads: Any) -> Any:
            ctx, _ = forward(op, replace(inputs, at, xs), settings)
            arrays = tuple(np.array(g) for g in (grads if isinstance(like, tuple) else (grads,)))
            found = backward(op, ctx, arrays, len(inputs))
            if len(found) != len(inputs):
                raise ValueError(f"{len(found)} gradients for {len(inputs)} inputs")
            return tuple(found[i] for i in at)

        @jax.custom_vjp  # type: ignore[untyped-decorator]
        def f(*xs: Any) -> Any:
            return jax.pure_callback(value, like, *xs)

        f.defvjp(
            lambda *xs: (jax.pure_callback(value, like, *xs), xs),
            lambda xs, grads: jax.pure_callback(gradients, likes, xs, grads),
        )
        test_util.check_grads(f, tuple(inputs[i] for i in at), order=1, modes=("rev",))
        return True

    return all(run(*draw) for draw in draws(op))


def autograd_check(op: Any) -> bool:
    """Run `autograd.test_util.check_grads` in reverse mode."""
    extend, test_util = import_module("autograd.extend"), import_module("autograd.test_util")

    def run(inputs: list[Any], settings: dict[str, Any]) -> bool:
        at = differentiable_positions(inputs)

        @extend.primitive  # type: ignore[untyped-decorator]
        def f(*xs: Any) -> Any:
            return forward(op, replace(inputs, at, xs), settings)[1]

        @extend.primitive  # type: ignore[untyped-decorator]
        def gradient(i: int, grads: Any, *xs: Any) -> Any:
            ctx, out = forward(op, replace(inputs, at, xs), settings)
            found = backward(op, ctx, grads if isinstance(out, tuple) else (grads,), len(inputs))
            if len(found) != len(inputs):
                raise ValueError(f"{len(found)} gradients for {len(inputs)} inputs")
            return found[at[i]]

        extend.defvjp(f, *((lambda _, *xs, i=i: lambda g: gradient(i, g, *xs)) for i in range(len(at))))
        test_util.check_grads(f, tuple(range(len(at))), modes=["rev"], order=1)(*(inputs[i] for i in at))
        return True

    return all(run(*draw) for draw in draws(op))
