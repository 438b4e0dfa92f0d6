"""The lab's networks and its training, written out by hand in float64 NumPy, against this library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from minigrad_ops_nn import MLP
from minigrad_ops_nn.losses import cross_entropy
from minigrad_ops_nn.optimizers import SGD
from minigrad_train import fit

if TYPE_CHECKING:
    from minigrad_train.datasets import Splits

    Arrays = list[NDArray[np.float64]]

EPOCHS = 5
LINEAR, DEEP = (784, 10), (784, 100, 100, 10)


def loss_and_gradients(parameters: Arrays, x: Any, labels: Any, activation: str) -> tuple[float, Arrays]:
    """Return the mean negative log-likelihood and its gradients; parameters are W1, b1, W2, b2, ..."""
    inputs, hidden = [x], x
    weights, biases = parameters[::2], parameters[1::2]
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        z = hidden @ weight + bias
        hidden = np.maximum(z, 0) if activation == "relu" else np.tanh(z)
        inputs.append(hidden)
    logits = hidden @ weights[-1] + biases[-1]
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    one_hot = np.eye(10)[labels]
    loss = -(one_hot * log_p).sum() / len(x)
    grad = (np.exp(log_p) - one_hot) / len(x)
    gradients: Arrays = []
    for weight, hidden in zip(reversed(weights), reversed(inputs), strict=True):
        gradients = [hidden.T @ grad, grad.sum(axis=0), *gradients]
        slope = (hidden > 0) if activation == "relu" else 1 - hidden**2
        grad = (grad @ weight.T) * slope
    return float(loss), gradients


def train_by_hand(
    parameters: Arrays, batches: list[tuple[Any, Any]], activation: str, lr: float, momentum: float
) -> list[float]:
    """Return the mean loss of each epoch; change `parameters`: v = momentum v - lr g, p = p + v."""
    velocities = [np.zeros_like(p) for p in parameters]
    losses = []
    for _ in range(EPOCHS):
        total = 0.0
        for x, labels in batches:
            loss, gradients = loss_and_gradients(parameters, x, labels, activation)
            total += loss * len(x)
            for i, gradient in enumerate(gradients):
                velocities[i] = momentum * velocities[i] - lr * gradient
                parameters[i] = parameters[i] + velocities[i]
        losses.append(total / sum(len(x) for x, _ in batches))
    return losses


def assert_close(ours: Any, theirs: Any) -> None:
    """Assert equality to 1e-10 of the largest value: single entries may be sums that cancel."""
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10 * np.abs(theirs).max())


def network(sizes: tuple[int, ...], activation: str) -> tuple[MLP, Arrays]:
    model = MLP(sizes, activation=activation, rng=np.random.default_rng(7), dtype=np.float64)
    return model, [parameter.numpy().copy() for parameter in model.parameters()]


@pytest.fixture(scope="module")
def examples(digits: Splits) -> tuple[Any, Any]:
    return digits.train.images[:1000].astype(np.float64), digits.train.labels[:1000]


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("sizes", [LINEAR, DEEP])
def test_gradients_equal_the_labs(sizes: tuple[int, ...], activation: str, examples: tuple[Any, Any]) -> None:
    model, parameters = network(sizes, activation)
    expected_loss, expected = loss_and_gradients(parameters, *examples, activation)
    loss = cross_entropy(model(examples[0]), examples[1])
    loss.backward()
    assert loss.item() == pytest.approx(expected_loss, rel=1e-12)
    gradients = [parameter.grad for parameter in model.parameters()]
    assert len(gradients) == len(expected)
    for ours, theirs in zip(gradients, expected, strict=True):
        assert_close(ours, theirs)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize(
    ("sizes", "lr", "activation"), [(LINEAR, 0.5, "relu"), (DEEP, 0.4, "relu"), (DEEP, 0.4, "tanh")]
)
def test_five_full_batch_epochs_equal_the_labs(
    sizes: tuple[int, ...], lr: float, activation: str, momentum: float, examples: tuple[Any, Any]
) -> None:
    model, parameters = network(sizes, activation)
    expected = train_by_hand(parameters, [examples], activation, lr, momentum)
    optimizer = SGD(model.parameters(), lr=lr, momentum=momentum)
    history = fit(model, examples, optimizer=optimizer, epochs=EPOCHS)
    np.testing.assert_allclose(history.loss, expected, rtol=1e-10)
    for ours, theirs in zip(model.parameters(), parameters, strict=True):
        assert_close(ours.numpy(), theirs)


def test_five_epochs_of_mini_batches_equal_the_labs(examples: tuple[Any, Any]) -> None:
    images, labels = examples

    class InOrder(np.random.Generator):
        """Leaves the examples as they stand, so that the hand-written loop sees the same batches."""

        def permutation(self, x: Any, axis: int = 0) -> Any:
            return np.arange(x)

    batches = [(images[i : i + 300], labels[i : i + 300]) for i in range(0, len(labels), 300)]
    model, parameters = network(DEEP, "relu")
    expected = train_by_hand(parameters, batches, "relu", lr=0.1, momentum=0.5)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.5)
    history = fit(
        model, examples, optimizer=optimizer, epochs=EPOCHS, batch_size=300, rng=InOrder(np.random.PCG64(0))
    )
    np.testing.assert_allclose(history.loss, expected, rtol=1e-10)
