"""Operations of minigrad as functions of JAX's arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import jax
import numpy as np
from jax import numpy as jnp

from minigrad_core.errors import InputError

from .numeric import Numeric, bound, callable_of


def to_jax(op: Any) -> Callable[..., Any]:
    """Return an operation of minigrad as a function of JAX's arrays, with gradients of any order.

    It takes what the operation takes, and runs under `jit`, and under `vmap` one after the other. Computed
    with NumPy on the host; forward mode (`jvp`, `jacfwd`) JAX refuses for whatever has a `custom_vjp`. Under
    `jit` and in gradients the shapes and dtypes of the outputs have to follow from those of the inputs: the
    gradient of `eigvals`, which are real or complex, is refused where they are complex.

    Examples
    --------
    >>> import jax, numpy as np
    >>> from minigrad_core import ops
    >>> square = to_jax(ops["basic::square"])
    >>> float(jax.grad(square)(3.0))
    6.0
    """
    call = callable_of(op)

    @wraps(call, assigned=("__doc__", "__name__"), updated=())
    def function(*inputs: Any, **settings: Any) -> Any:
        arrays = [jnp.asarray(x) if _is_array(x) else x for x in inputs]
        places = [i for i, x in enumerate(arrays) if isinstance(x, jax.Array)]
        settings = {name: _host(value) for name, value in settings.items()}
        return _recorded(bound(op, arrays, places, settings), [arrays[i] for i in places])

    return function


def _recorded(numeric: Numeric, arrays: Sequence[Any]) -> Any:
    """Return a function of arrays; integers among them have no gradient."""
    likes = _likes(numeric, arrays)
    places = [i for i, x in enumerate(arrays) if x.dtype.kind in "fc"]

    def computed(*xs: Any) -> Any:
        return jax.pure_callback(
            lambda *given: numeric(*map(np.asarray, given)), likes, *xs, vmap_method="sequential"
        )

    called: Any = jax.custom_vjp(computed)

    def backward(xs: Any, grads: Any) -> Any:
        each = grads if isinstance(grads, tuple) else (grads,)
        chosen = [g for g in each if g.dtype != jax.dtypes.float0]
        found = _recorded(_float_gradient(numeric, places, len(xs)), [*xs, *chosen])
        received = dict(zip(places, found, strict=True))
        return tuple(received.get(i, np.zeros(x.shape, jax.dtypes.float0)) for i, x in enumerate(xs))

    called.defvjp(lambda *xs: (called(*xs), xs), backward)
    return called(*arrays)


def _float_gradient(numeric: Numeric, places: Sequence[int], count: int) -> Numeric:
    """Return the gradients by the float arrays, as a function of all arrays and of the outputs' gradients."""

    def f(*arguments: Any) -> Any:
        xs = arguments[:count]

        def of_floats(*chosen: Any) -> Any:
            given = list(xs)
            for place, x in zip(places, chosen, strict=True):
                given[place] = x
            return numeric.f(*given)

        return Numeric(of_floats).gradient(len(places)).f(*(xs[i] for i in places), *arguments[count:])

    return Numeric(f)


def _likes(numeric: Numeric, arrays: Sequence[Any]) -> Any:
    """Return shapes and dtypes of the outputs: those at the arrays, or at others of their shapes."""
    given = [_sample(x) if isinstance(x, jax.core.Tracer) else np.asarray(x) for x in arrays]
    try:
        value = numeric(*given)
    except Exception as error:
        shapes = ", ".join(f"{x.dtype}{list(x.shape)}" for x in given)
        raise InputError(
            f"to_jax needs the shapes of the outputs; for {shapes} it got {type(error).__name__}: {error}"
        ) from error
    return jax.tree.map(
        lambda y: jax.ShapeDtypeStruct(np.shape(y), jax.dtypes.canonicalize_dtype(y.dtype)), value
    )


def _sample(x: Any) -> Any:
    """Return values of the shape of a traced array: inside (0, 1), distinct, and a regular matrix."""
    if x.dtype.kind not in "fc":
        return np.zeros(x.shape, x.dtype)
    values = 0.3 + 0.2 * np.cos(np.arange(x.size) ** 2.0).reshape(x.shape)  # of full rank, however it is cut
    if x.ndim > 1 and x.shape[-1] == x.shape[-2]:
        values = values * 0.1 / x.shape[-1] + 0.6 * np.eye(x.shape[-1])
    return values.astype(x.dtype)


def _is_array(x: Any) -> bool:
    return isinstance(x, np.ndarray | np.generic | jax.Array | float) and not isinstance(x, np.str_)


def _host(value: Any) -> Any:
    return np.asarray(value) if isinstance(value, jax.Array) else value
