"""The Hessian-vector product of a small network's loss: 784-100-100-10, ReLU, float32."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import hvp, ops

from .harness import Contender, import_if_installed

TITLE = "MLP 784-100-100-10, Hessian times vector"
SETTINGS = ("batch 32",)
SIZES = (784, 100, 100, 10)

Arrays = list[NDArray[Any]]


def contenders(setting: str) -> dict[str, Contender]:
    """Return one product of each library, with the same weights and data."""
    rng = np.random.default_rng(0)
    batch = int(setting.split()[1])
    x = rng.random((batch, SIZES[0]), dtype=np.float32)
    labels = rng.integers(0, SIZES[-1], batch)
    params: Arrays = []
    for shape in itertools.pairwise(SIZES):
        params += [(rng.standard_normal(shape) * 0.05).astype(np.float32), np.zeros(shape[1], np.float32)]
    vectors = [rng.standard_normal(p.shape).astype(np.float32) for p in params]
    found = {
        "NumPy by hand": _by_hand(x, labels, params, vectors),
        "minigrad": _minigrad(x, labels, params, vectors),
    }
    if torch := import_if_installed("torch"):
        found["PyTorch"] = _torch(torch, x, labels, params, vectors)
    if autograd := import_if_installed("autograd"):
        found["autograd"] = _autograd(autograd, x, labels, params, vectors)
    return found


def _by_hand(x: NDArray[Any], labels: NDArray[Any], params: Arrays, vectors: Arrays) -> Contender:
    """Return the product by differentiating backpropagation along the vectors (Pearlmutter, 1994)."""
    n, one_hot = len(x), np.eye(SIZES[-1], dtype=np.float32)[labels]
    (w1, b1, w2, b2, w3, b3), (v1, c1, v2, c2, v3, c3) = params, vectors

    def product() -> Arrays:
        h1 = np.maximum(x @ w1 + b1, 0)
        h2 = np.maximum(h1 @ w2 + b2, 0)
        z = h2 @ w3 + b3
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        m1, m2 = h1 > 0, h2 > 0
        g3 = (p - one_hot) / n
        g2 = g3 @ w3.T * m2
        dh1 = (x @ v1 + c1) * m1  # prefix d: the derivative along the vectors
        dh2 = (h1 @ v2 + dh1 @ w2 + c2) * m2
        dz = h2 @ v3 + dh2 @ w3 + c3
        dg3 = p * (dz - (p * dz).sum(axis=1, keepdims=True)) / n
        dg2 = (dg3 @ w3.T + g3 @ v3.T) * m2
        dg1 = (dg2 @ w2.T + g2 @ v2.T) * m1
        return [
            x.T @ dg1, dg1.sum(axis=0),
            h1.T @ dg2 + dh1.T @ g2, dg2.sum(axis=0),
            h2.T @ dg3 + dh2.T @ g3, dg3.sum(axis=0),
        ]  # fmt: skip

    return product


def _minigrad(x: NDArray[Any], labels: NDArray[Any], params: Arrays, vectors: Arrays) -> Contender:
    affine, relu, cross_entropy = ops.nn.affine, ops.nn.relu, ops.nn.cross_entropy

    def loss(w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any) -> Any:
        h = relu(affine(relu(affine(x, w1, b1)), w2, b2))
        return cross_entropy(affine(h, w3, b3), labels)

    primals, directions = tuple(params), tuple(vectors)
    return lambda: hvp(loss, primals, directions)


def _torch(torch: Any, x: NDArray[Any], labels: NDArray[Any], params: Arrays, vectors: Arrays) -> Contender:
    functional = torch.nn.functional
    inputs, targets = torch.tensor(x), torch.tensor(labels)
    directions = [torch.tensor(v) for v in vectors]
    leaves = [torch.tensor(p, requires_grad=True) for p in params]

    def product() -> Any:
        w1, b1, w2, b2, w3, b3 = leaves
        h = torch.addmm(b1, inputs, w1).relu()
        h = torch.addmm(b2, h, w2).relu()
        loss = functional.cross_entropy(torch.addmm(b3, h, w3), targets)
        gradient = torch.autograd.grad(loss, leaves, create_graph=True)
        return torch.autograd.grad(gradient, leaves, directions)

    return product


def _autograd(
    autograd: Any, x: NDArray[Any], labels: NDArray[Any], params: Arrays, vectors: Arrays
) -> Contender:
    anp: Any = import_if_installed("autograd.numpy")
    rows = np.arange(len(x))

    def loss(params: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = params
        h = anp.maximum(anp.dot(x, w1) + b1, 0)
        h = anp.maximum(anp.dot(h, w2) + b2, 0)
        z = anp.dot(h, w3) + b3
        z = z - anp.max(z, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(z), axis=1)) - z[rows, labels])

    def directional(params: Any) -> Any:
        return sum(anp.sum(g * v) for g, v in zip(autograd.grad(loss)(params), vectors, strict=True))

    product = autograd.grad(directional)
    return lambda: product(params)
