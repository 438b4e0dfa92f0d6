"""One training step of a small network: 784-100-100-10, ReLU, cross entropy, SGD with momentum, float32."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import ops, optimizers
from minigrad_ops_nn import MLP

from .harness import Contender, import_if_installed

TITLE = "MLP 784-100-100-10, one training step"
SETTINGS = ("batch 1", "batch 32", "batch 128", "batch 1024")
SIZES = (784, 100, 100, 10)
# A rate so low that the network hardly changes: after fitting its only batch, gradients would be 0, and the
# velocities would become denormal numbers, with which a step takes twice as long.
LR, MOMENTUM = 1e-6, 0.9

Arrays = list[NDArray[Any]]


def contenders(setting: str) -> dict[str, Contender]:
    """Return one training step of each library, with the same weights and data."""
    rng = np.random.default_rng(0)
    batch = int(setting.split()[1])
    x = rng.random((batch, SIZES[0]), dtype=np.float32)
    labels = rng.integers(0, SIZES[-1], batch)
    weights = [(rng.standard_normal(shape) * 0.05).astype(np.float32) for shape in itertools.pairwise(SIZES)]
    biases = [np.zeros(size, np.float32) for size in SIZES[1:]]
    found = {
        "NumPy by hand": _by_hand(x, labels, _copies(weights), _copies(biases)),
        "NumPy in place": _in_place(x, labels, _copies(weights), _copies(biases)),
        "minigrad": _minigrad(x, labels, weights, biases),
    }
    makers: dict[str, Callable[..., Contender]] = {"torch": _torch, "autograd": _autograd, "mygrad": _mygrad}
    for title, name in (("PyTorch", "torch"), ("autograd", "autograd"), ("MyGrad", "mygrad")):
        if module := import_if_installed(name):
            found[title] = makers[name](module, x, labels, _copies(weights), _copies(biases))
    return found


def _copies(arrays: Arrays) -> Arrays:
    return [array.copy() for array in arrays]


def _by_hand(x: NDArray[Any], labels: NDArray[Any], weights: Arrays, biases: Arrays) -> Contender:
    """Return the step in plain NumPy: one expression for each quantity, parameters updated in place."""
    n, rows = len(x), np.arange(len(x))
    params = [*weights, *biases]
    velocities = [np.zeros_like(p) for p in params]

    def step() -> None:
        (w1, w2, w3), (b1, b2, b3) = weights, biases
        h1 = np.maximum(x @ w1 + b1, 0)
        h2 = np.maximum(h1 @ w2 + b2, 0)
        z = h2 @ w3 + b3
        e = np.exp(z - z.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        _ = -np.log(p[rows, labels]).mean()
        p[rows, labels] -= 1
        g3 = p / n
        g2 = g3 @ w3.T * (h2 > 0)
        g1 = g2 @ w2.T * (h1 > 0)
        grads = (x.T @ g1, h1.T @ g2, h2.T @ g3, g1.sum(axis=0), g2.sum(axis=0), g3.sum(axis=0))
        for param, v, g in zip(params, velocities, grads, strict=True):
            v *= MOMENTUM
            v -= LR * g
            param += v

    return step


def _in_place(x: NDArray[Any], labels: NDArray[Any], weights: Arrays, biases: Arrays) -> Contender:
    """Return the step in optimized NumPy: it reuses every array that it can, gradients included."""
    n, rows = len(x), np.arange(len(x))
    params = [*weights, *biases]
    velocities = [np.zeros_like(p) for p in params]

    def step() -> None:
        (w1, w2, w3), (b1, b2, b3) = weights, biases
        h1 = x @ w1
        h1 += b1
        np.maximum(h1, 0, out=h1)
        h2 = h1 @ w2
        h2 += b2
        np.maximum(h2, 0, out=h2)
        g = h2 @ w3
        g += b3
        g -= g.max(axis=1, keepdims=True)
        np.exp(g, out=g)
        g /= g.sum(axis=1, keepdims=True)
        _ = -np.log(g[rows, labels]).mean()
        g[rows, labels] -= 1
        g /= n
        gw3, gb3 = h2.T @ g, g.sum(axis=0)
        g2 = g @ w3.T
        g2 *= h2 > 0
        gw2, gb2 = h1.T @ g2, g2.sum(axis=0)
        g1 = g2 @ w2.T
        g1 *= h1 > 0
        gw1, gb1 = x.T @ g1, g1.sum(axis=0)
        for p, v, gp in zip(params, velocities, (gw1, gw2, gw3, gb1, gb2, gb3), strict=True):
            v *= MOMENTUM
            gp *= LR
            v -= gp
            p += v

    return step


def _minigrad(x: NDArray[Any], labels: NDArray[Any], weights: Arrays, biases: Arrays) -> Contender:
    model = MLP(SIZES)
    for parameter, value in zip(
        model.parameters(), [a for pair in zip(weights, biases, strict=True) for a in pair], strict=True
    ):
        parameter.data[...] = value
    optimizer = optimizers.nn.sgd(model.parameters(), lr=LR, momentum=MOMENTUM)
    cross_entropy = ops.nn.cross_entropy

    def step() -> None:
        optimizer.zero_grad()
        cross_entropy(model(x), labels).backward()
        optimizer.step()

    return step


def _torch(torch: Any, x: NDArray[Any], labels: NDArray[Any], weights: Arrays, biases: Arrays) -> Contender:
    nn = torch.nn
    layers: list[Any] = []
    for w, b in zip(weights, biases, strict=True):
        layer = nn.Linear(*w.shape)
        layer.weight.data, layer.bias.data = torch.tensor(w.T.copy()), torch.tensor(b)
        layers += [layer, nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=MOMENTUM)
    inputs, targets = torch.tensor(x), torch.tensor(labels)

    def step() -> None:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), targets).backward()
        optimizer.step()

    return step


def _autograd(
    autograd: Any, x: NDArray[Any], labels: NDArray[Any], weights: Arrays, biases: Arrays
) -> Contender:
    anp = import_if_installed("autograd.numpy")
    rows = np.arange(len(x))
    assert anp is not None

    def loss(params: Arrays) -> Any:
        h = x
        for i in range(3):
            h = anp.dot(h, params[i]) + params[3 + i]
            h = anp.maximum(h, 0) if i < 2 else h
        h = h - anp.max(h, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(h), axis=1)) - h[rows, labels])

    return _descending(autograd.grad(loss), [*weights, *biases])


def _descending(gradient: Callable[[Arrays], Arrays], params: Arrays) -> Contender:
    velocities = [np.zeros_like(p) for p in params]

    def step() -> None:
        for p, v, g in zip(params, velocities, gradient(params), strict=True):
            v *= MOMENTUM
            v -= LR * g
            p += v

    return step


def _mygrad(mygrad: Any, x: NDArray[Any], labels: NDArray[Any], weights: Arrays, biases: Arrays) -> Contender:
    losses = import_if_installed("mygrad.nnet.losses")
    assert losses is not None
    params = [mygrad.tensor(a) for a in (*weights, *biases)]
    velocities = [np.zeros_like(p.data) for p in params]

    def step() -> None:
        h = x
        for i in range(3):
            h = mygrad.matmul(h, params[i]) + params[3 + i]
            h = mygrad.maximum(h, 0) if i < 2 else h
        losses.softmax_crossentropy(h, labels).backward()
        for p, v in zip(params, velocities, strict=True):
            v *= MOMENTUM
            v -= LR * p.grad
            p.data += v
            p.null_grad()

    return step
