"""Operations of minigrad as functions of JAX's arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
from jax import numpy as jnp

from minigrad_core.errors import ArgumentError, DifferentiabilityError, InputError

from ..positions import replace_at
from .array_function import ArrayFunction
from .wrapped_operation import WrappedOperation


def to_jax(op: Any) -> Callable[..., Any]:
    """Return an operation of minigrad as a function of JAX's arrays, with gradients of any order.

    The function takes the arguments of the operation. Inputs may be nested in lists, as for
    `concatenate`, and settings are static. NumPy computes on the host. The function runs under
    `jit`, and under `vmap` one element after the other. The function can be pickled.

    JAX has no forward mode for a `custom_vjp`: `jvp`, `jacfwd` and `hessian`, which uses it, raise
    DifferentiabilityError (outside of `jit(f)`, JAX's own TypeError). `jax.jacrev(jax.jacrev(f))` is the
    Hessian.

    Under `jit` and in gradients, the shapes and dtypes of the outputs must depend on those of the inputs
    alone. The gradient of `eigvals`, whose outputs are real or complex, therefore raises an error if they are
    complex.

    Examples
    --------
    >>> import jax, numpy as np
    >>> from minigrad_core import ops
    >>> square = to_jax(ops["basic::square"])
    >>> float(jax.grad(square)(3.0))
    6.0
    """
    return JaxOperation(op)


class JaxOperation(WrappedOperation):
    """An operation of minigrad as a function of JAX's arrays."""

    def __call__(self, *inputs: Any, **settings: Any) -> Any:
        """Call the operation, and record the call in JAX's trace."""
        return super().__call__(*(jnp.asarray(x) if _is_array(x) else x for x in inputs), **settings)

    def is_variable(self, x: Any) -> bool:
        """Return whether an input is an array of JAX."""
        return isinstance(x, jax.Array)

    def is_traced(self, x: Any) -> bool:
        """Return whether JAX differentiates or compiles a function of `x`."""
        return isinstance(x, jax.core.Tracer)

    def convert(self, x: Any) -> Any:
        """Return an array of JAX as an array, and any other value unchanged."""
        return np.asarray(x) if isinstance(x, jax.Array) else x

    def record(self, function: ArrayFunction, variables: Sequence[Any]) -> Any:
        """Call a function of arrays as a `custom_vjp`.

        Raises
        ------
        DifferentiabilityError
            Forward mode runs.
        InputError
            NumPy has no such dtype.
        """
        for x in variables:
            if x.dtype.kind == "V":
                raise InputError(f"NumPy has no {x.dtype}: pass x.astype(jnp.float32)")
        try:
            return _record_call(function, variables)
        except TypeError as error:
            if "forward-mode" not in str(error):
                raise
            raise DifferentiabilityError(
                f"{self.op!r} has no forward mode in JAX: use jax.jacrev(jax.jacrev(f)) instead of "
                "jax.hessian(f), jax.jacrev instead of jax.jacfwd, and jax.vjp instead of jax.jvp"
            ) from error


def _record_call(function: ArrayFunction, arrays: Sequence[Any]) -> Any:
    """Call a function of arrays as a `custom_vjp`; integers among the arrays have no gradient."""
    shapes = _output_shapes(function, arrays)
    argnums = [i for i, x in enumerate(arrays) if x.dtype.kind in "fc"]

    def compute(*xs: Any) -> Any:
        return jax.pure_callback(
            lambda *given: function(*map(np.asarray, given)), shapes, *xs, vmap_method="sequential"
        )

    differentiable: Any = jax.custom_vjp(compute)

    def backward(xs: Any, grads: Any) -> Any:
        all_grads = grads if isinstance(grads, tuple) else (grads,)
        float_grads = [g for g in all_grads if g.dtype != jax.dtypes.float0]
        gradients = _record_call(_float_gradients(function, argnums, len(xs)), [*xs, *float_grads])
        zeros = [np.zeros(x.shape, jax.dtypes.float0) for x in xs]
        return tuple(replace_at(zeros, argnums, gradients))

    differentiable.defvjp(lambda *xs: (differentiable(*xs), xs), backward)
    return differentiable(*arrays)


def _float_gradients(function: ArrayFunction, argnums: Sequence[int], count: int) -> ArrayFunction:
    """Return the gradients of the float arrays, as a function of all arrays and of the outputs' gradients."""

    def f(*arguments: Any) -> Any:
        xs = arguments[:count]
        of_floats = ArrayFunction(lambda *floats: function.f(*replace_at(xs, argnums, floats)))
        gradients = of_floats.gradient_function(len(argnums))
        return gradients.f(*(xs[i] for i in argnums), *arguments[count:])

    return ArrayFunction(f)


def _output_shapes(function: ArrayFunction, arrays: Sequence[Any]) -> Any:
    """Return the shapes and dtypes of the outputs; for traced arrays, call the function with examples.

    Raises
    ------
    ArgumentError
        The arguments do not fit the signature of the function.
    InputError
        The call raises another error.
    """
    examples = [_example_values(x) if isinstance(x, jax.core.Tracer) else np.asarray(x) for x in arrays]
    try:
        value = function(*examples)
    except ArgumentError:  # the values do not matter
        raise
    except Exception as error:
        shapes = ", ".join(f"{x.dtype}{list(x.shape)}" for x in examples)
        raise InputError(
            f"to_jax needs the shapes of the outputs; for {shapes} it got {type(error).__name__}: {error}"
        ) from error
    return jax.tree.map(
        lambda y: jax.ShapeDtypeStruct(np.shape(y), jax.dtypes.canonicalize_dtype(y.dtype)), value
    )


def _example_values(x: Any) -> Any:
    """Return values for a traced array: distinct, inside (0, 1), and a regular matrix if square."""
    if x.dtype.kind not in "fc":
        return np.zeros(x.shape, x.dtype)
    values = 0.3 + 0.2 * np.cos(np.arange(x.size) ** 2.0).reshape(x.shape)  # every slice has full rank
    if x.ndim > 1 and x.shape[-1] == x.shape[-2]:
        values = values * 0.1 / x.shape[-1] + 0.6 * np.eye(x.shape[-1])
    return values.astype(x.dtype)


def _is_array(x: Any) -> bool:
    return isinstance(x, np.ndarray | np.generic | jax.Array | float) and not isinstance(x, np.str_)
