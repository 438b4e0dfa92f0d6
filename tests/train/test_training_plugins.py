"""What plugins do in runs of `minigrad train`: callbacks, models, datasets and settings of theirs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from safetensors.numpy import load_file

from minigrad_core.errors import (
    ArgumentError,
    InputError,
    MinigradError,
    PluginSettingError,
    UnknownNameError,
)
from minigrad_core.plugins.startup import plugin_loader
from minigrad_train.cli.predict import predict
from minigrad_train.cli.run import _TrainingRun
from minigrad_train.cli.train import train
from minigrad_train.errors import CallbackError, DatasetError
from minigrad_train.run_folder import RunFolder
from tests.train.conftest import Training

NONSENSE = """
import minigrad_core as mg
from minigrad_ops_nn import Linear

class Words(mg.Module):
    def __init__(self, rng):
        self.layer = Linear(2, 2, rng=rng)

    def forward(self, x):
        return "words"

def words(rng):
    return Words(rng)

def narrow(rng):
    return Linear(3, 10, rng=rng)

"""
SEEN = """
@hookimpl
def train_run_begins(run):
    log.append(f'begins {len(run.history)}')

@hookimpl
def train_batch_ends(examples):
    log.append(str(examples))

@hookimpl
def train_epoch_ends(run, epoch):
    log.append(f'epoch {epoch.epoch} {run.history[-1] is epoch}')

@hookimpl
def train_run_interrupted():
    log.append('interrupted')

@hookimpl
def train_run_ends(run):
    log.append(f'ends {sorted(run.measured)}')
"""
MEASURED = ["accuracy", "balanced_accuracy", "guess_accuracy", "loss"]
LR = "@hookimpl\ndef train_epoch_ends(run):\n    run.optimizer.lr *= 0.5\n"
STOPS = """
from minigrad_train.errors import EndedRun

@hookimpl
def train_epoch_ends(epoch):
    if epoch.epoch == 2:
        raise EndedRun('good enough')
"""
PROVIDES = """
import numpy as np
from minigrad_ops_nn import Linear

def small(rng, shape, classes, *, scale: float, bias: bool = True):
    model = Linear(shape[0] * shape[1] * shape[2], classes, rng=rng)
    model.weight.data[...] *= scale
    return model

def broken(rng):
    raise ZeroDivisionError('nothing to divide by')

@hookimpl
def train_models():
    return {'small': small, 'broken': broken}

def squares():
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    images = rng.random((60, 4, 4)) * 0.1
    images[labels == 1, 1:3, 1:3] = 1
    return {'x_train': images[:48], 'y_train': labels[:48], 'x_test': images[48:], 'y_test': labels[48:],
            'classes': ['empty', 'square']}

@hookimpl
def train_datasets():
    return {'squares': squares, 'broken': lambda: 1 / 0, 'nothing': lambda: {},
            'words': lambda: {'x': np.array([object()]), 'y': [0]}, 'numbered': lambda: {1: 2, 'y': [0]}}
"""


def run(*options: object) -> Result:
    return CliRunner().invoke(train, [str(option) for option in options], catch_exceptions=False)


def started(data: Path, out: Path, *options: object) -> Result:
    short = ("--epochs", 3, "--hidden", 8, "--batch-size", 250)
    return run("--data", data, "--out", out, *short, *options)


def weights(folder: Path) -> dict[str, Any]:
    return load_file(folder / "weights.safetensors")


def test_hooks_are_called_in_the_course_of_a_run(
    training: Training, small_mnist: Path, log: list[str]
) -> None:
    training.take_part("a", SEEN)
    assert started(small_mnist, training.folder / "run", "--epochs", 2).exit_code == 0
    epochs = [text for number in (1, 2) for text in ("250", "250", f"epoch {number} True")]
    assert log == ["begins 0", *epochs, f"ends {MEASURED}"]


def test_an_interrupted_run_tells_of_it_and_then_of_its_end(
    training: Training, small_mnist: Path, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    training.take_part("a", SEEN)
    after_batch = _TrainingRun.after_batch

    def pressing_ctrl_c(training_run: Any, examples: int) -> None:
        training_run.stop_check.interrupt.status = 130
        after_batch(training_run, examples)

    monkeypatch.setattr(_TrainingRun, "after_batch", pressing_ctrl_c)
    result = started(small_mnist, training.folder / "run")
    assert result.exit_code == 130
    assert log == ["begins 0", "250", "interrupted", f"ends {MEASURED}"]


@pytest.mark.parametrize("moment", ["last batch", "last epoch ends", "test"])
def test_a_signal_interrupts_what_is_left_to_train_and_nothing_else(
    training: Training, small_mnist: Path, log: list[str], monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    name, batches = {
        "last batch": ("after_batch", 3),
        "last epoch ends": ("after_epoch", 4),
        "test": ("_measure", 4),
    }[moment]
    method = getattr(_TrainingRun, name)

    def pressing_ctrl_c(training_run: _TrainingRun, *args: Any) -> Any:
        if log.count("250") == batches:
            training_run.stop_check.interrupt.status = 130
        return method(training_run, *args)

    monkeypatch.setattr(_TrainingRun, name, pressing_ctrl_c)
    training.take_part("a", SEEN)
    result = started(small_mnist, training.folder / "run", "--epochs", 2)
    assert result.exit_code == 130
    assert (log[-2:] == ["interrupted", f"ends {MEASURED}"]) == (moment == "last batch")
    assert ("interrupted in epoch 2" in result.output) == (moment == "last batch")
    assert "test accuracy" in result.output


def test_what_a_callback_changes_is_in_the_checkpoint_and_a_resumed_run_goes_the_same_way(
    training: Training, small_mnist: Path
) -> None:
    training.take_part("a", LR)
    whole, broken = training.folder / "whole", training.folder / "broken"
    started(small_mnist, whole)
    started(small_mnist, broken, "--epochs", 1)
    assert RunFolder(broken).resume().optimizer.lr == 0.0005
    run("--resume", broken, "--epochs", 3)
    assert (whole / "weights.safetensors").read_bytes() == (broken / "weights.safetensors").read_bytes()


def test_a_callback_without_effect_changes_no_bit(
    training: Training, small_mnist: Path, log: list[str]
) -> None:
    started(small_mnist, training.folder / "without")
    training.take_part("a", SEEN)
    started(small_mnist, training.folder / "with")
    assert log
    files = [training.folder / name / "weights.safetensors" for name in ("with", "without")]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_the_hook_comes_before_the_checkpoint_or_last_after_it(
    training: Training, small_mnist: Path, log: list[str]
) -> None:
    count = "    log.append(str(len((FOLDER / 'metrics.jsonl').read_text().splitlines())))\n"
    head = f"from pathlib import Path\nFOLDER = Path({str(training.folder / 'run')!r})\n"
    training.take_part("a", f"{head}@hookimpl\ndef train_epoch_ends():\n{count}")
    training.take_part("b", f"{head}@hookimpl(trylast=True)\ndef train_epoch_ends():\n{count}")
    started(small_mnist, training.folder / "run", "--epochs", 1)
    assert log == ["0", "1"]


METRIC = "import numpy as np\n@hookimpl\ndef train_epoch_ends(epoch):\n    epoch.metrics['{}'] = {}\n"


def test_a_metric_of_a_callback_is_a_number(training: Training, small_mnist: Path) -> None:
    out = training.folder / "run"
    training.take_part("a", METRIC.format("mine", "np.float32(0.5)"))
    assert started(small_mnist, out, "--epochs", 1).exit_code == 0
    assert json.loads((out / "metrics.jsonl").read_text())["mine"] == 0.5
    training.take_part("b", METRIC.format("pair", "np.ones(2)"))
    with pytest.raises(ArgumentError, match=r"metrics\['pair'\]: expected a number"):
        run("--resume", out, "--epochs", 2)
    assert len(RunFolder(out).resume().history) == 1


def test_a_callback_that_changes_the_working_directory_does_not_move_the_run(
    training: Training, small_mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(training.folder)
    (training.folder / "elsewhere").mkdir()
    training.take_part("a", "import os\n@hookimpl\ndef train_run_begins():\n    os.chdir('elsewhere')\n")
    assert "saved in run" in started(small_mnist, Path("run"), "--epochs", 1).output
    assert (training.folder / "run" / "result.json").exists()


def test_a_callback_may_end_the_run_early_and_the_epoch_is_kept(
    training: Training, small_mnist: Path
) -> None:
    training.take_part("a", STOPS)
    result = started(small_mnist, training.folder / "run", "--epochs", 9)
    assert result.exit_code == 0
    lines = [line for line in result.output.splitlines() if line.startswith(("epoch", "ended"))]
    assert lines[1].startswith("epoch 2/9")
    assert lines[2] == "ended after epoch 2: good enough"
    assert "test accuracy" in result.output
    assert len(RunFolder(training.folder / "run").resume().history) == 2
    assert json.loads((training.folder / "run" / "result.json").read_text())["epoch"] == 2


@pytest.mark.parametrize("hook", ["train_batch_ends", "train_epoch_ends", "train_run_ends"])
def test_a_callback_that_exits_is_named_once_and_the_run_goes_on(
    training: Training, small_mnist: Path, hook: str
) -> None:
    training.take_part("a", f"@hookimpl\ndef {hook}():\n    raise SystemExit(3)\n")
    with pytest.warns(RuntimeWarning) as caught:
        result = started(small_mnist, training.folder / "run")
    (text,) = (str(warning.message) for warning in caught)
    assert re.search(rf"{hook} of plugin 'a' .* raised SystemExit: 3; the run continues without it", text)
    assert result.exit_code == 0
    assert "epoch 3/3" in result.output
    assert "saved in" in result.output


def test_an_error_before_the_first_step_ends_the_run_and_leaves_nothing(
    training: Training, small_mnist: Path
) -> None:
    training.take_part("a", "@hookimpl\ndef train_run_begins():\n    raise ValueError('broken')\n")
    with pytest.raises(CallbackError, match=r"train_run_begins of plugin 'a' \(mg-a 1\.0\)") as caught:
        started(small_mnist, training.folder / "run")
    assert isinstance(caught.value.__cause__, ValueError)
    assert not (training.folder / "run").exists()


@pytest.mark.parametrize("name", ["optimizer", "model"])
def test_a_callback_cannot_put_another_in_the_place_of_what_is_trained(
    training: Training, small_mnist: Path, name: str
) -> None:
    training.take_part("a", f"@hookimpl\ndef train_batch_ends(run):\n    run.{name} = None\n")
    with pytest.warns(RuntimeWarning, match=f"plugin 'a'.*cannot assign to field '{name}'"):
        result = started(small_mnist, training.folder / "run", "--epochs", 1)
    assert "test accuracy" in result.output


def test_a_disk_that_is_full_is_not_hidden_by_a_wrapper(
    training: Training, small_mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "def train_epoch_ends():\n    try:\n        yield\n    except OSError:\n        {}\n"
    code = f"@hookimpl(wrapper=True)\n{body}"
    training.take_part("a", code.format("pass"))
    training.take_part("b", code.format("raise ValueError('broken')"))

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(RunFolder, "save", full)
    monkeypatch.setattr(RunFolder, "begin", lambda *_: None)
    with pytest.warns(RuntimeWarning, match="plugin 'b'"), pytest.raises(OSError, match="disk full"):
        started(small_mnist, training.folder / "run")


def test_a_dataset_and_a_model_of_a_plugin_train_and_predict(training: Training) -> None:
    training.take_part("a", PROVIDES)
    out = training.folder / "run"
    options = ("--data", "a::squares", "--model", "a::small", "--model-arg", "scale=0.5")
    result = run(*options, "--out", out, "--epochs", 40, "--batch-size", 8, "--lr", 0.05)
    assert result.output.startswith("a::small: 34 parameters")
    assert "images of 4 x 4, 2 classes\n40 to train, 8 to validate, 12 to test" in result.output
    assert "test accuracy 100.00%" in result.output
    config = json.loads((out / "config.json").read_text())
    assert (config["data"], config["model"], config["model_arg"]) == ("a::squares", "a::small", ["scale=0.5"])
    assert "epoch 41/41" in run("--resume", out, "--epochs", 41).output
    predicted = CliRunner().invoke(predict, [str(out), "--test"], catch_exceptions=False)
    assert "accuracy 100.00%" in predicted.output


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            ["--data", "a::circles"],
            UnknownNameError,
            "its datasets are: a::broken, a::nothing, a::numbered, a::squares",
        ),
        (["--data", "b::squares"], UnknownNameError, "no plugin 'b' takes part in training"),
        (["--data", "a::broken"], CallbackError, "a::broken raised ZeroDivisionError"),
        (["--data", "a::nothing"], DatasetError, "a::nothing: expected arrays of the names x_train y_train"),
        (["--data", "a::numbered"], DatasetError, "a::numbered returned dict, expected a dict of arrays"),
        (["--data", "a::words"], DatasetError, r"a::words: expected numbers \(or names\) in x, got object"),
        (["--data", "a::squares", "--resize", "8"], DatasetError, "--resize is for a folder of pictures"),
        (["--model", "a::large"], UnknownNameError, "its models are: a::broken, a::small"),
        (["--model", "a::broken"], CallbackError, "a::broken raised ZeroDivisionError: nothing to divide"),
        (
            ["--model", "a::small"],
            ArgumentError,
            "a::small is called with .* settings by --model-arg: .*scale",
        ),
        (["--model", "a::small", "--model-arg", "scale=wide"], InputError, "expected float, got 'wide'"),
        (["--model", "a::small", "--model-arg", "size=1"], ArgumentError, "there is no setting 'size'"),
        (["--model", "a::small", "--model-arg", "classes=1"], ArgumentError, "no setting 'classes'"),
    ],
)
def test_what_a_plugin_does_not_have_or_cannot_do_is_told(
    training: Training, small_mnist: Path, options: list[str], error: type[Exception], message: str
) -> None:
    training.take_part("a", PROVIDES)
    out = training.folder / "run"
    with pytest.raises(error, match=message):
        run("--data", small_mnist, "--out", out, *options)
    assert not out.exists()


def test_settings_reach_the_optimizer_and_the_initializer_and_last(small_mnist: Path, tmp_path: Path) -> None:
    optimizer = ("--optimizer-arg", "eps=1e-3", "--optimizer-arg", "betas=0.8,0.9")
    bounds = ("--initializer-arg", "low=0.1", "--initializer-arg", "high=0.1", "--initializer", "nn::uniform")
    started(small_mnist, tmp_path / "run", *optimizer, *bounds, "--epochs", 1, "--lr", 0)
    np.testing.assert_array_equal(weights(tmp_path / "run")["layers.0.weight"], np.float32(0.1))
    resumed = RunFolder(tmp_path / "run").resume()
    assert resumed.settings.optimizer_arg == ("eps=1e-3", "betas=0.8,0.9")
    kept = resumed.optimizer.state_dict()["settings"]
    assert (kept["eps"], kept["betas"]) == (1e-3, (0.8, 0.9))


def test_a_model_of_this_package_has_settings_too(small_mnist: Path, tmp_path: Path) -> None:
    options = ("--model", "transformer", "--model-arg", "width=8", "--model-arg", "heads=2", "--epochs", 1)
    run("--data", small_mnist, "--out", tmp_path / "run", *options)
    assert weights(tmp_path / "run")["row.weight"].shape == (28, 8)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (["--optimizer-arg", "eps"], ArgumentError, "--optimizer-arg expects NAME=VALUE, got 'eps'"),
        (["--optimizer-arg", "eps=tiny"], InputError, "--optimizer-arg eps=tiny: expected float, got 'tiny'"),
        (["--optimizer-arg", "beta=1"], ArgumentError, "no setting 'beta'; did you mean betas"),
        (["--optimizer-arg", "lr=1"], ArgumentError, "--optimizer-arg lr=1: give it by --lr"),
        (["--initializer-arg", "low=1"], ArgumentError, "--initializer-arg is a setting of an --initializer"),
        (["--model-arg", "width=1"], ArgumentError, "--model-arg width=1: there is no setting 'width'"),
    ],
)
def test_a_setting_that_there_is_not_is_refused(
    small_mnist: Path, tmp_path: Path, options: list[str], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        started(small_mnist, tmp_path / "run", *options)
    assert not (tmp_path / "run").exists()


def test_a_setting_that_names_no_plugin_is_an_error_before_anything_is_trained(
    training: Training, small_mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin_loader(), "_policy", None)
    monkeypatch.setenv("MINIGRAD_PLUGINS", "basic,nn,nowhere")
    with pytest.raises(PluginSettingError, match="names 'nowhere'"):
        started(small_mnist, training.folder / "run")


@pytest.mark.parametrize(
    ("code", "options", "message"),
    [
        ("train_datasets():\n    return {'x': lambda: None}", ["--data", "a::x"], "a::x returned NoneType"),
        (
            "train_datasets():\n    return {'x': 3}",
            ["--data", "a::x"],
            "returned {'x': 3}; expected functions",
        ),
        (
            "train_models():\n    return {'x': narrow}",
            ["--model", "a::x"],
            "a::x: expected a network that maps 784",
        ),
        (
            "train_models():\n    return {'x': words}",
            ["--model", "a::x"],
            "model: expected outputs (n, ...) as a tensor, got str",
        ),
    ],
)
def test_nonsense_of_a_plugin_is_told_as_its_own(
    training: Training, small_mnist: Path, code: str, options: list[str], message: str
) -> None:
    training.take_part("a", f"{NONSENSE}@hookimpl\ndef {code}\n")
    with pytest.raises(MinigradError, match=re.escape(message)):
        run("--data", small_mnist, "--out", training.folder / "run", *options)
