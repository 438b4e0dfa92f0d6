"""`to_jax`: operations of minigrad as functions of JAX, with grad, jit and vmap."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

jax = pytest.importorskip("jax", reason="JAX is not installed")
from jax import numpy as jnp
from jax.test_util import check_grads

from minigrad_core import ops
from minigrad_core.errors import ArgumentError, DifferentiabilityError, InputError
from minigrad_interop import to_jax
from minigrad_interop.subjects.jaxpr import evaluate

from .registered_samples import NAMES, bind_floats, outputs_of, sample_of


@pytest.fixture(autouse=True)
def _double() -> Any:
    with jax.enable_x64(True):
        yield


VALUES_DECIDE = "basic::eigvals"  # the values decide whether its output is complex
OTHERS = [name for name in NAMES if name != VALUES_DECIDE]
NAMED = [pytest.param(name, marks=[pytest.mark.slow] if k % 6 else []) for k, name in enumerate(OTHERS)]


@pytest.mark.parametrize("name", NAMED)
def test_values_are_equal_and_check_grads_passes_to_second_order(name: str) -> None:
    sample, run, expected = sample_of(name), bind_floats(name, to_jax(ops[name])), outputs_of(name)
    xs = tuple(sample.inputs[i] for i in sample.floats)
    for received, y in zip(run(*xs), expected, strict=True):
        np.testing.assert_array_equal(np.asarray(received), y)
    floats = [k for k, y in enumerate(expected) if y.dtype.kind in "fc"]
    order = 1 if ops[name].once_differentiable else 2
    check_grads(lambda *xs: [run(*xs)[k] for k in floats], xs, order=order, modes=("rev",))


def test_an_output_of_unexpected_dtype_raises() -> None:
    rotation = np.array([[0.0, -1.0], [1.0, 0.0]])
    with pytest.raises(jax.errors.JaxRuntimeError, match="Expected: float64, Actual: complex128"):
        jax.grad(lambda x: abs(to_jax(ops[VALUES_DECIDE])(x)).sum())(rotation)


def test_an_operation_runs_under_jit_and_vmap() -> None:
    square = to_jax(ops["basic::square"])
    x = np.arange(6.0).reshape(2, 3)
    np.testing.assert_allclose(jax.jit(square)(x), x**2)
    np.testing.assert_allclose(jax.vmap(jax.grad(lambda row: square(row).sum()))(x), 2 * x)
    np.testing.assert_allclose(jax.jit(jax.grad(lambda y: square(y).sum()))(x), 2 * x)


def test_indices_have_no_gradient() -> None:
    sample, run = sample_of("nn::embedding"), bind_floats("nn::embedding", to_jax(ops["nn::embedding"]))
    table = sample.inputs[sample.floats[0]]
    assert jax.grad(lambda x: run(x)[0].sum())(table).shape == table.shape


@pytest.mark.parametrize(
    ("text", "f"),
    [
        ("dimensions=(1, 0)", lambda x: jax.vjp(lambda z: jnp.prod(z, axis=1), x)[0]),
        ("while", lambda x: jax.lax.while_loop(lambda y: y.sum() < 1e3, lambda y: 2 * y, x)),
        ("scan", lambda x: jax.lax.scan(lambda carry, row: (carry + row, carry * row), x[0], x)[1]),
        ("cond", lambda x: jax.lax.cond(x.sum() > 0, jnp.sin, jnp.cos, x)),
    ],
)
def test_numpy_evaluates_a_jaxpr_as_jax_does(text: str, f: Any) -> None:
    x = np.arange(1.0, 13.0).reshape(3, 4)
    closed = jax.make_jaxpr(f)(x)
    assert text in str(closed)
    (received,) = evaluate(closed.jaxpr, closed.consts, [x])
    np.testing.assert_allclose(received, f(x))


def test_forward_mode_names_the_way_to_a_hessian() -> None:
    square = to_jax(ops["basic::square"])
    for transform in (jax.hessian, jax.jacfwd):
        with pytest.raises(DifferentiabilityError, match=r"jax\.jacrev\(jax\.jacrev\(f\)\) instead of"):
            transform(square)(3.0)
    with pytest.raises(DifferentiabilityError, match=r"jax\.vjp instead of jax\.jvp"):
        jax.jvp(square, (3.0,), (1.0,))
    assert jax.jacrev(jax.jacrev(square))(3.0) == 2


@pytest.mark.parametrize("transform", [lambda f: f, jax.jit], ids=["eager", "jit"])
def test_a_sequence_of_inputs_is_joined_as_numpy_joins_it(transform: Any) -> None:
    x = np.arange(12.0).reshape(4, 3)
    joined = transform(lambda y: to_jax(ops["basic::concatenate"])((y, 2 * y)))
    assert joined(x).shape == (8, 3)
    np.testing.assert_array_equal(jax.grad(lambda y: (joined(y) ** 2).sum())(x), 10 * x)


def test_a_traced_setting_raises() -> None:
    affine, x = to_jax(ops["nn::affine"]), np.ones((2, 3))
    with pytest.raises(ArgumentError, match=r"the setting 'bias' is an array .* pass inputs by position"):
        jax.grad(lambda bias: affine(x, x.T, bias=bias).sum())(np.zeros(2))
    assert jax.grad(lambda bias: affine(x, x.T, bias).sum())(np.zeros(2)).tolist() == [2, 2]


def test_an_argument_that_is_missing_is_named() -> None:
    with pytest.raises(ArgumentError, match=r"^basic::einsum .*: missing a required argument: 'subscripts'"):
        to_jax(ops["basic::einsum"])(np.ones(2))


def test_a_wrapped_operation_is_pickled() -> None:
    square = pickle.loads(pickle.dumps(to_jax(ops["basic::square"])))
    assert square.__name__ == "square"
    assert jax.grad(square)(3.0) == 6


def test_a_dtype_that_numpy_lacks_raises() -> None:
    with pytest.raises(InputError, match=r"NumPy has no bfloat16: pass x\.astype\(jnp\.float32\)"):
        to_jax(ops["basic::sin"])(jnp.ones(3, jnp.bfloat16))
