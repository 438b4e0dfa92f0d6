"""`mg.compile` compared with the eager run, the same calls by hand, JAX's jit and PyTorch.

    uv run --group interop python -m benchmarks.compiled

The command prints the rows of the table in docs/explanation/replay.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import minigrad_core as mg
from minigrad_core import ops, optimizers
from minigrad_ops_nn import MLP

from .harness import Contender, import_if_installed, in_turns

TITLE = "Replay"
SIZES = (784, 100, 100, 10)
LR, MOMENTUM = 1e-6, 0.9
POINT = np.array([1.0, 1.01, 0.99])


def _chain(x: Any) -> Any:
    y = x
    for _ in range(50):
        y = y * x
        y = y + x
    return y


def _compare_chain() -> dict[str, Contender]:
    x = mg.tensor(POINT, requires_grad=True)
    found = {"calls by hand": _chain_by_hand}
    for name, f in (("minigrad", _chain), ("compiled", mg.compile(_chain))):
        found[name] = _make_step(f, x)
    torch: Any = import_if_installed("torch")
    if torch:
        t = torch.tensor(POINT, requires_grad=True)
        found["PyTorch"] = _make_step(lambda t: _chain(t).sum(), t)
    if jax := _import_jax():
        found["JAX jit"] = _block(jax.jit(jax.grad(lambda x: _chain(x).sum())), jax.numpy.asarray(POINT))
    return found


def _make_step(f: Callable[[Any], Any], x: Any) -> Contender:
    def step() -> None:
        x.grad = None
        f(x).backward()

    return step


def _chain_by_hand() -> Any:
    """Make the calls of `forward` and `backward` that the engine makes, in the same order."""
    multiply, add, needs, nodes, y = ops.basic.multiply, ops.basic.add, (True, True), [], POINT
    for _ in range(50):
        first, second = mg.Context.__new__(mg.Context), mg.Context.__new__(mg.Context)
        first.needs = second.needs = needs
        first.saved = second.saved = ()
        y = add.forward(second, multiply.forward(first, y, POINT), POINT)
        nodes.append((first, second))
    grad, total = np.ones(3), np.zeros(3)
    for first, second in reversed(nodes):
        grad, other = add.backward(second, grad)
        total += other
        grad, other = multiply.backward(first, grad)
        total += other
    return total + grad


def _model(x: Any, np: Any) -> Any:
    """Return a scalar of three numbers, in 60 operations on scalars."""
    a, b, c = x[0], x[1], x[2]
    total = a * a + b * b
    for k in range(8):
        total = total + np.sin(a * (0.1 * k)) * b + (c - k) * (c - k)
    return total


def _compare_gradient() -> dict[str, Contender]:
    eager = mg.grad(lambda x: _model(x, np))
    compiled = mg.compile(eager)
    found: dict[str, Contender] = {"minigrad": lambda: eager(POINT), "compiled": lambda: compiled(POINT)}
    if jax := _import_jax():
        gradient: Any = jax.jit(jax.grad(lambda x: _model(x, jax.numpy)))
        found["JAX jit"] = lambda: np.asarray(gradient(POINT))
    return found


def _compare_minimize() -> dict[str, Contender]:
    from scipy.optimize import minimize

    eager = mg.grad(lambda x: _model(x, np))
    gradients = {"minigrad": eager, "compiled": mg.compile(eager)}
    if jax := _import_jax():
        gradients["JAX jit"] = jax.jit(jax.grad(lambda x: _model(x, jax.numpy)))
    return {name: partial(_minimize, minimize, jac) for name, jac in gradients.items()}


def _minimize(minimize: Any, jac: Any) -> Any:
    return minimize(lambda x: float(_model(x, np)), POINT, jac=jac, options={"maxiter": 20})


def _energy(x: Any, np: Any) -> Any:
    return np.sum(np.tanh(x) ** 3 * x) + np.sum(np.exp(-x * x))


def _compare_product() -> dict[str, Contender]:
    vector = np.array([0.5, -1.0, 0.25])

    def eager(x: Any, v: Any) -> Any:
        return mg.hvp(lambda x: _energy(x, np), (x,), (v,))

    compiled = mg.compile(eager)
    found: dict[str, Contender] = {
        "minigrad": lambda: eager(POINT, vector), "compiled": lambda: compiled(POINT, vector),
    }  # fmt: skip
    if jax := _import_jax():
        gradient = jax.grad(lambda x: _energy(x, jax.numpy))
        product = jax.jit(lambda x, v: jax.jvp(gradient, (x,), (v,))[1])
        found["JAX jit"] = _block(product, *map(jax.numpy.asarray, (POINT, vector)))
    return found


def _compare_steps(batch: int) -> dict[str, Contender]:
    rng = np.random.default_rng(0)
    x, labels = rng.random((batch, SIZES[0]), dtype=np.float32), rng.integers(0, SIZES[-1], batch)
    found: dict[str, Contender] = {}
    for name in ("calls by hand", "minigrad", "compiled"):
        model = MLP(SIZES, rng=np.random.default_rng(0))
        optimizer = optimizers.nn.sgd(model.parameters(), lr=LR, momentum=MOMENTUM)
        found[name] = _train(name, model, optimizer, x, labels)
    if jax := _import_jax():
        found["JAX jit"] = _train_with_jax(jax, x, labels)
    return found


def _train(name: str, model: Any, optimizer: Any, x: NDArray[Any], labels: NDArray[Any]) -> Contender:
    def loss(x: Any, labels: Any) -> Any:
        return ops.nn.cross_entropy(model(x), labels)

    f = mg.compile(loss) if name == "compiled" else loss
    parameters = list(model.parameters())

    def step() -> None:
        optimizer.zero_grad()
        if name == "calls by hand":
            _step_by_hand(parameters, x, labels)
        else:
            f(x, labels).backward()
        optimizer.step()

    return step


def _step_by_hand(parameters: list[Any], x: NDArray[Any], labels: NDArray[Any]) -> None:
    """Make the calls of `forward` and `backward` that the engine makes, and set the gradients."""
    affine, relu, arrays = ops.nn.affine, ops.nn.relu, [p.data for p in parameters]
    nodes = [mg.Context(op, (), {}, (True,) * 3) for op in (affine, relu, affine, relu, affine)]
    nodes[0].needs = (False, True, True)
    last = mg.Context(ops.nn.cross_entropy, (), {}, (True, False))
    h = x
    for k, node in enumerate(nodes):
        h = relu.forward(node, h) if k % 2 else affine.forward(node, h, arrays[k], arrays[k + 1])
    ops.nn.cross_entropy.forward(last, h, labels)
    grad: Any = ops.nn.cross_entropy.backward(last, np.array(1, np.float32))[0]
    for k, node in reversed(list(enumerate(nodes))):
        if k % 2:
            grad = relu.backward(node, grad)
        else:
            grad, parameters[k]._grad, parameters[k + 1]._grad = affine.backward(node, grad)  # noqa: SLF001


def _train_with_jax(jax: Any, x: NDArray[Any], labels: NDArray[Any]) -> Contender:
    jnp = jax.numpy
    rng = np.random.default_rng(0)
    weights = [(rng.standard_normal(s) * 0.05).astype(np.float32) for s in itertools.pairwise(SIZES)]
    state: Any = [jnp.asarray(a) for a in (*weights, *[np.zeros(n, np.float32) for n in SIZES[1:]])]
    state = (state, [jnp.zeros_like(p) for p in state])

    def loss(params: Any, x: Any, labels: Any) -> Any:
        for k in range(3):
            x = x @ params[k] + params[3 + k]
            x = jnp.maximum(x, 0) if k < 2 else x
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(x), labels[:, None], axis=1))

    def update(state: Any, x: Any, labels: Any) -> Any:
        params, velocities = state
        grads = jax.grad(loss)(params, x, labels)
        velocities = [MOMENTUM * v - LR * g for v, g in zip(velocities, grads, strict=True)]
        return [p + v for p, v in zip(params, velocities, strict=True)], velocities

    compiled = jax.jit(update)

    def step() -> None:
        nonlocal state
        state = compiled(state, x, labels)
        state[0][0].block_until_ready()

    return step


def _block(function: Any, *args: Any) -> Contender:
    return lambda: function(*args).block_until_ready()


def _import_jax() -> Any:
    if jax := import_if_installed("jax"):
        jax.config.update("jax_enable_x64", True)
    return jax


_COMPARISONS: dict[str, Callable[[], dict[str, Contender]]] = {
    "100 operations on three numbers, forward and backward": _compare_chain,
    "gradient of 60 scalar operations": _compare_gradient,
    "`scipy.optimize.minimize` with this gradient": _compare_minimize,
    "Hessian-vector product of a small function": _compare_product,
    "training step of an MLP 784-100-100-10, batch 1": lambda: _compare_steps(1),
    "training step of an MLP 784-100-100-10, batch 32": lambda: _compare_steps(32),
}
SETTINGS = tuple(_COMPARISONS)


def contenders(setting: str) -> dict[str, Contender]:
    """Return what is compared in one setting."""
    return _COMPARISONS[setting]()


def main() -> None:
    """Print the time of each compiled function, divided by that of the others, in a row of Markdown."""
    for setting in SETTINGS:
        ratios = in_turns(contenders(setting))["compiled"].ratios
        names = ("minigrad", "calls by hand", "PyTorch", "JAX jit")
        cells = [f"{ratios[name]:.2f}" if name in ratios else "" for name in names]
        print(f"| {setting} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
