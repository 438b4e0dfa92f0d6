from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

import minigrad_core as mg
from minigrad_core.errors import ArgumentError, InputError, UnknownNameError
from minigrad_ops_nn import MLP, Linear
from minigrad_ops_nn.optimizers import SGD
from minigrad_train import Epoch, accuracy, fit, predict
from minigrad_train.errors import DivergedError

if TYPE_CHECKING:
    Labelled = tuple[NDArray[Any], NDArray[Any]]


def separable(count: int, seed: int = 0) -> Labelled:
    """Return points around three corners, labelled by their corner."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, count)
    return np.eye(3, 5, dtype=np.float32)[labels] * 3 + rng.normal(size=(count, 5)).astype(np.float32), labels


def train_linear(**settings: Any) -> tuple[mg.Module, list[float]]:
    model = Linear(5, 3, rng=np.random.default_rng(1))
    history = fit(model, separable(100), optimizer=SGD(model.parameters(), lr=0.1), **settings)
    return model, history.loss


def fit_once(**changed: Any) -> Epoch:
    """Fit a small model for one epoch; `changed` are other arguments than the usual ones."""
    model = Linear(5, 3)
    usual: dict[str, Any] = {"model": model, "train": separable(10), "epochs": 1}
    usual["optimizer"] = SGD(model.parameters(), lr=0.1)
    [epoch] = fit(**usual | changed)
    return epoch


IMAGES, LABELS = separable(10)
TEXT_LABELS = np.array(["a", "b", "c"])[LABELS]
FROZEN = Linear(5, 3)
FROZEN.weight.requires_grad = False
FROZEN_WEIGHT = SGD([FROZEN.weight], lr=0.1)  # the bias is not frozen


class TwoOutputs(Linear):
    def forward(self, x: Any) -> Any:
        return x, super().forward(x)


TWO_OUTPUTS = TwoOutputs(5, 3)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"model": 3}, ArgumentError, r"model: expected a Module, got 3"),
        (
            {"optimizer": SGD},
            ArgumentError,
            r"optimizer: expected one for the model, such as SGD.*, got .*SGD",
        ),
        ({"optimizer": "sgd"}, ArgumentError, r"optimizer: expected one for the model, .*, got 'sgd'"),
        (
            {"optimizer": SGD(Linear(5, 3).parameters())},
            ArgumentError,
            "the optimizer has none of the model's parameters",
        ),
        (
            {"model": FROZEN, "optimizer": FROZEN_WEIGHT},
            ArgumentError,
            r"all parameters of the model that the optimizer has are frozen; set requires_grad = True",
        ),
        (
            {
                "model": TWO_OUTPUTS,
                "optimizer": SGD(TWO_OUTPUTS.parameters(), lr=0.1),
                "loss": lambda outputs, _: outputs[1].mean(),
            },
            ArgumentError,
            r"model: expected outputs \(n, ...\) as a tensor, got tuple: join .* by np.concatenate",
        ),
        ({"epochs": 1.5}, ArgumentError, r"epochs: expected a whole number of at least 0, got 1.5"),
        ({"epochs": "2"}, ArgumentError, r"epochs: expected a whole number of at least 0, got '2'"),
        ({"epochs": -1}, ArgumentError, r"epochs: expected a whole number of at least 0, got -1"),
        ({"batch_size": "full"}, InputError, r"a whole number from 1 up, or None for all; got 'full'"),
        ({"train": separable(0)}, InputError, r"train: expected at least one example, got none"),
        ({"validation": separable(0)}, InputError, r"validation: expected at least one example, got none"),
        ({"train": IMAGES}, InputError, r"train: expected a pair \(inputs, targets\), got ndarray"),
        ({"validation": IMAGES}, InputError, r"validation: expected a pair \(inputs, targets\), got ndarray"),
        ({"validation": (IMAGES, LABELS[:9])}, InputError, r"validation: .* shapes \(10, 5\) and \(9,\)"),
        (
            {"train": (IMAGES, TEXT_LABELS)},
            InputError,
            r"train: .* got <U1; .* np.unique\(targets, return_in",
        ),
        ({"train": (IMAGES.astype(str), LABELS)}, InputError, r"train: expected inputs of numbers, got <U"),
        ({"train": (IMAGES, TEXT_LABELS.astype(object))}, InputError, r"train: .* got object; .* np.unique"),
        ({"loss": "mse"}, ArgumentError, r"loss: expected a function of \(outputs, targets\), .* got 'mse'"),
        (
            {"loss": lambda outputs, _: outputs},
            ArgumentError,
            r"loss: expected a real scalar tensor, the mean over",
        ),
        ({"loss": lambda *_: 3.0}, ArgumentError, r"loss: expected a real scalar tensor, .*, got 3.0"),
        ({"loss": lambda outputs, _: (1j * outputs).sum()}, ArgumentError, r"loss: expected a real scalar"),
        (
            {"loss": lambda outputs, _: outputs.data.mean()},
            ArgumentError,
            r"loss: expected a real scalar tensor",
        ),
        (
            {"metrics": len},
            ArgumentError,
            r"metrics: expected functions by name, such as \{'mae': mae\}, got <b",
        ),
        ({"metrics": ["accuracy"]}, ArgumentError, r"metrics: expected functions by name"),
        (
            {"metrics": {"mae": "mae"}},
            ArgumentError,
            r"metrics\['mae'\]: expected a function of .*, got 'mae",
        ),
        ({"metrics": {"mae": lambda *_: np.ones(3)}}, ArgumentError, r"metrics\['mae'\]: expected a number"),
        *(
            (
                {"metrics": {name: lambda *_: 10.0}},
                ArgumentError,
                rf"'{name}' is not possible as a name: .* taken",
            )
            for name in (
                "loss",
                "seconds",
                "epoch",
                "examples_per_second",
                "validation_loss",
                "validation_mae",
            )
        ),
        ({"on_epoch": 3}, ArgumentError, r"on_epoch: expected a function, or None, got 3"),
        ({"on_batch": 3}, ArgumentError, r"on_batch: expected a function, or None, got 3"),
    ],
)
def test_wrong_argument_is_refused_by_name(changed: dict[str, Any], error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        fit_once(**changed)


def test_predictions_and_accuracy_want_images_and_a_label_for_each() -> None:
    with pytest.raises(InputError, match="predict expected at least one image, got none"):
        predict(Linear(5, 3), IMAGES[:0])
    with pytest.raises(InputError, match="as many labels as images, got 9 and 10"):
        accuracy(Linear(5, 3), IMAGES, LABELS[:9])


def test_loss_falls_and_validation_accuracy_rises() -> None:
    model = MLP((5, 16, 3), rng=np.random.default_rng(0))
    optimizer = SGD(model.parameters(), lr=0.1)
    rng = np.random.default_rng(0)
    held_out = separable(200, 1)
    history = fit(model, separable(500), held_out, optimizer=optimizer, epochs=5, batch_size=32, rng=rng)
    assert history.loss == sorted(history.loss, reverse=True)
    assert history.validation_accuracy[-1] == accuracy(model, *held_out)
    assert accuracy(model, *held_out) > 0.9


def test_epochs_are_counted_from_one_and_describe_the_pass() -> None:
    seen: list[Epoch] = []
    model = Linear(5, 3)
    history = fit(model, separable(10), optimizer=SGD(model.parameters()), epochs=3, on_epoch=seen.append)
    assert seen == history
    assert [epoch.epoch for epoch in history] == [1, 2, 3]
    assert history.validation_accuracy == [None, None, None]
    assert all(epoch.examples_per_second == pytest.approx(10 / epoch.seconds) for epoch in history)


def test_loss_is_the_mean_over_examples_even_if_the_last_batch_is_short() -> None:
    images, labels = separable(10)
    model = Linear(5, 3)
    logits = predict(model, images)
    each = mg.ops.nn.cross_entropy(logits, labels, reduction="none").numpy()
    history = fit(model, (images, labels), optimizer=SGD(model.parameters(), lr=0.0), epochs=1, batch_size=4)
    assert history.loss == pytest.approx([each.mean()], rel=1e-6)


def test_same_generator_state_gives_the_same_weights() -> None:
    first, losses = train_linear(epochs=3, batch_size=7, rng=np.random.default_rng(5))
    second, again = train_linear(epochs=3, batch_size=7, rng=np.random.default_rng(5))
    other, _ = train_linear(epochs=3, batch_size=7, rng=np.random.default_rng(6))
    assert losses == again
    np.testing.assert_array_equal(first.state_dict()["weight"], second.state_dict()["weight"])
    assert not np.array_equal(first.state_dict()["weight"], other.state_dict()["weight"])


def test_every_batch_is_reported_after_its_step() -> None:
    sizes: list[int] = []
    train_linear(epochs=2, batch_size=40, on_batch=sizes.append)
    assert sizes == [40, 40, 20] * 2


def test_callback_may_end_the_loop_between_two_steps() -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_linear(epochs=2, on_batch=stop)


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_loss_that_is_not_finite_ends_the_loop_before_the_step_and_names_the_data_that_made_it() -> None:
    model = Linear(5, 3)
    images, labels = separable(100)
    images[50] = np.inf
    before = model.state_dict()
    with pytest.raises(
        DivergedError,
        match=r"nan after 0 examples: train inputs hold NaN or infinity in 1 of 100 examples, first in 50;",
    ):
        fit(model, (images, labels), optimizer=SGD(model.parameters(), lr=0.5), epochs=1)
    np.testing.assert_array_equal(model.state_dict()["weight"], before["weight"])


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_cause_of_a_loss_that_is_not_finite_is_the_targets_the_validation_the_start_or_the_rate() -> None:
    x, _ = separable(30)
    y, holed, huge = x[:, :3].copy(), x[:, :3].copy(), np.float32(1e30) * x
    holed[[4, 7], 1] = np.nan
    for train, validation, lr, message in (
        ((x, holed), None, 0.1, r"after 0 examples: train targets .* in 2 of 30 examples, first in 4"),
        ((x, y), (x, holed), 0.1, r"validation examples after epoch 1: validation targets .* first in 4"),
        ((huge, y), None, 0.1, r"inf after 0 examples; no step was taken yet, so look at the scale of"),
        ((x, y), None, 1e30, r"after 5 examples: the training diverged; lower lr=1e\+30$"),
    ):
        model = Linear(5, 3, rng=np.random.default_rng(0))
        optimizer = SGD(model.parameters(), lr=lr)
        with pytest.raises(DivergedError, match=message):
            fit(
                model,
                train,
                validation,
                optimizer=optimizer,
                epochs=2,
                batch_size=5,
                loss=squared,
                shuffle=False,
            )


def test_lists_of_numbers_are_data_too() -> None:
    model = Linear(5, 3)
    lists: Any = [part.tolist() for part in separable(10)]
    assert len(fit(model, lists, optimizer=SGD(model.parameters()), epochs=2, batch_size=3)) == 2


class Moody(Linear):
    """Answers with its bias alone in evaluation mode."""

    def forward(self, x: Any) -> Any:
        return super().forward(x if self.training else x * 0)


def test_training_happens_in_training_mode_and_validation_in_evaluation_mode() -> None:
    model = Moody(5, 3, rng=np.random.default_rng(0))
    model.eval()
    train = separable(200)
    optimizer = SGD(model.parameters(), lr=0.5)
    history = fit(model, train, train, optimizer=optimizer, epochs=5)
    assert history.loss[-1] < history.loss[0] / 2  # it learned from the images,
    blind = np.mean(train[1] == model.state_dict()["bias"].argmax())
    assert history.validation_accuracy[-1] == blind  # which validation did not see
    assert model.training


def test_prediction_restores_the_mode_of_each_module_and_records_nothing() -> None:
    model = MLP((5, 4, 3))
    frozen = model.layers[0].eval()
    logits = predict(model, separable(1200)[0])
    assert logits.shape == (1200, 3)
    assert isinstance(logits, np.ndarray)
    assert model.training
    assert not frozen.training


def test_batches_without_a_generator_are_shuffled_anew_in_each_epoch() -> None:
    """The order shows in the weights: of two runs, and of one that takes the examples as they stand."""
    first, second = (train_linear(epochs=1, batch_size=7)[0].state_dict()["weight"] for _ in range(2))
    plain, again = (
        train_linear(epochs=1, batch_size=7, shuffle=False)[0].state_dict()["weight"] for _ in range(2)
    )
    np.testing.assert_array_equal(plain, again)
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, plain)


def test_examples_that_are_not_shuffled_come_as_they_stand_and_no_order_is_drawn() -> None:
    seen: list[int] = []

    class Watching(Linear):
        def forward(self, x: Any) -> Any:
            seen.extend(x[:, 0].astype(int))
            return super().forward(x)

    model = Watching(1, 3)
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    train = np.arange(10.0, dtype=np.float32)[:, None], np.zeros(10, int)
    fit(model, train, optimizer=SGD(model.parameters()), epochs=2, batch_size=4, shuffle=False, rng=rng)
    assert seen == [*range(10), *range(10)]
    assert rng.bit_generator.state == before


def squared(outputs: Any, targets: Any) -> Any:
    return ((outputs - targets) ** 2).mean()


def test_any_loss_and_metrics_by_name_are_means_over_the_examples() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 3)).astype(np.float32)
    y = x @ np.array([[1.0], [-2.0], [0.5]], np.float32)
    model = Linear(3, 1, rng=rng)
    before = predict(model, x)
    metrics = {"mae": lambda outputs, targets: float(np.abs(outputs - targets).mean())}
    frozen = SGD(model.parameters(), lr=0)
    [epoch] = fit(
        model, (x, y), (x, y), optimizer=frozen, epochs=1, batch_size=7, loss=squared, metrics=metrics
    )
    assert epoch.loss == pytest.approx(float(np.mean((before - y) ** 2)), rel=1e-5)
    assert epoch.metrics["mae"] == pytest.approx(float(np.mean(np.abs(before - y))), rel=1e-5)
    assert epoch.metrics["validation_mae"] == pytest.approx(epoch.metrics["mae"], rel=1e-5)
    assert epoch.metrics["validation_loss"] == pytest.approx(epoch.loss, rel=1e-5)
    assert epoch.validation_accuracy is None
    history = fit(model, (x, y), optimizer=SGD(model.parameters(), lr=0.1), epochs=50, loss=squared)
    assert history.loss[-1] < 1e-3
    assert history[0].metrics == {}


def test_metrics_may_be_left_out_or_be_others_for_a_classification() -> None:
    assert list(fit_once(metrics={}).metrics) == []
    assert list(fit_once().metrics) == ["accuracy"]
    assert fit_once(metrics={"half": lambda *_: 0.5}).metrics == {"half": 0.5}


def test_validation_inputs_that_the_model_does_not_take_are_told_before_the_first_step() -> None:
    model = Linear(5, 3)
    before = model.state_dict()
    images, labels = separable(10)
    for validation in ((images[:, :4], labels), (images, labels + 5)):
        with pytest.raises(InputError) as caught:
            fit(model, (images, labels), validation, optimizer=SGD(model.parameters()), epochs=1)
        assert caught.value.__notes__[-1] == "in the validation examples"
        if validation[0].shape != images.shape:
            np.testing.assert_array_equal(model.state_dict()["weight"], before["weight"])


def test_history_has_the_losses_by_name_and_refuses_a_name_that_no_epoch_has() -> None:
    model, data = Linear(5, 3), separable(10)
    history = fit(model, data, data, optimizer=SGD(model.parameters()), epochs=2)
    assert (
        history.validation_loss
        == history.metric("validation_loss")
        == [epoch.metrics["validation_loss"] for epoch in history]
    )
    with pytest.raises(UnknownNameError, match=r"no epoch has 'acc'; available: epoch, loss, accuracy, v"):
        history.metric("acc")
    shown = repr(history)
    assert max(map(len, shown.splitlines())) < 50
    assert f"accuracy            {history.metric('accuracy')[-1]:.5g}\n" in shown
    assert repr(type(history)()) == "<History of 0 epochs>"
    alone = fit(model, data, optimizer=SGD(model.parameters()), epochs=1)
    assert alone.validation_loss == alone.validation_accuracy == [None]


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_weights_that_the_last_step_ruined_are_noticed_by_the_validation() -> None:
    model = Linear(5, 3, rng=np.random.default_rng(0))
    optimizer = SGD(model.parameters(), lr=1e39)
    with pytest.raises(
        DivergedError, match=r"the loss became (nan|inf) of the validation examples after epoch 1"
    ):
        fit(model, separable(100), separable(9), optimizer=optimizer, epochs=1)
