"""Plugins that take part in training: one manager, order, wrappers, and who is named when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from minigrad_core.errors import PluginLoadError, PluginSettingError, UnknownNameError
from minigrad_train.errors import CallbackError, EndedRun
from minigrad_train.hooks import current, hookimpl, shared
from minigrad_train.plugin_resources import find_resource

if TYPE_CHECKING:
    from tests.train.conftest import Training

EPOCH = "@hookimpl{options}\ndef train_epoch_ends(epoch):\n    log.append('{name} ' + str(epoch))\n"

ONE_MODEL = "@hookimpl\ndef train_models():\n    return {'one': lambda: 1}\n"


def test_every_plugin_is_called_in_the_order_that_it_asks_for(training: Training, log: list[str]) -> None:
    training.take_part("a", EPOCH.format(options="(trylast=True)", name="a"))
    training.take_part("b", EPOCH.format(options="", name="b"))
    training.take_part("c", EPOCH.format(options="(tryfirst=True)", name="c"))
    callbacks = training.callbacks()
    callbacks.load_all()
    callbacks.hook.train_epoch_ends(run=None, epoch=1)
    assert log == ["c 1", "b 1", "a 1"]


def test_own_callbacks_are_implementations_of_the_same_hooks(training: Training, log: list[str]) -> None:
    class Own:
        @hookimpl
        def train_epoch_ends(self, run: Any) -> None:
            log.append(f"own {run}")

    training.take_part("a", EPOCH.format(options="(tryfirst=True)", name="a"))
    callbacks = training.callbacks()
    callbacks.add("progress", Own())
    callbacks.load_all()
    callbacks.hook.train_epoch_ends(run="R", epoch=1)
    assert log == ["a 1", "own R"]


def test_a_wrapper_is_around_the_others(training: Training, log: list[str]) -> None:
    training.take_part(
        "a",
        "@hookimpl(wrapper=True)\ndef train_epoch_ends(epoch):\n    log.append('before')\n"
        "    result = yield\n    log.append('after')\n    return result\n",
    )
    training.take_part("b", EPOCH.format(options="", name="b"))
    callbacks = training.callbacks()
    callbacks.load_all()
    callbacks.hook.train_epoch_ends(run=None, epoch=1)
    assert log == ["before", "b 1", "after"]


RAISES = "@hookimpl\ndef {hook}():\n    raise ValueError('broken')\n"


def test_a_callback_that_raises_is_named_and_the_run_goes_on_without_it(
    training: Training, log: list[str]
) -> None:
    training.take_part("a", RAISES.format(hook="train_epoch_ends"))
    training.take_part("b", EPOCH.format(options="(trylast=True)", name="b"))
    callbacks = training.callbacks()
    callbacks.load_all()
    message = (
        r"train_epoch_ends of plugin 'a' \(mg-a 1\.0\) \(.*mg_a_plugin\.py:4\) raised ValueError: broken;"
        r" the run goes on without it"
    )
    with pytest.warns(RuntimeWarning, match=message) as caught:
        callbacks.hook.train_epoch_ends(run=None, epoch=1)
    assert (caught[0].filename, caught[0].lineno) == (str(training.folder / "mg_a_plugin.py"), 6)
    callbacks.hook.train_epoch_ends(run=None, epoch=2)  # without a warning: it is not called again
    assert log == ["b 1", "b 2"]


def test_what_raises_when_it_is_looked_at_is_no_fault_of_the_module_that_has_it(
    training: Training, log: list[str]
) -> None:
    unset = "class Unset:\n    def __getattribute__(self, name):\n        1 / 0\nsettings = Unset()\n"
    training.take_part("a", unset + EPOCH.format(options="", name="a"))
    callbacks = training.callbacks()
    callbacks.load_all()
    callbacks.hook.train_epoch_ends(run=None, epoch=1)
    assert log == ["a 1"]


def test_an_error_before_the_run_ends_it(training: Training) -> None:
    training.take_part("a", RAISES.format(hook="train_run_begins"))
    callbacks = training.callbacks()
    callbacks.load_all()
    with pytest.raises(CallbackError, match=r"train_run_begins of plugin 'a' \(mg-a 1\.0\)") as caught:
        callbacks.hook.train_run_begins(run=None)
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_callback_may_end_the_run(training: Training, log: list[str]) -> None:
    training.take_part(
        "a",
        "from minigrad_train.errors import EndedRun\n"
        "@hookimpl\ndef train_epoch_ends(epoch):\n    raise EndedRun('good enough')\n",
    )
    training.take_part("b", EPOCH.format(options="(trylast=True)", name="b"))
    callbacks = training.callbacks()
    callbacks.load_all()
    callbacks.hook.train_epoch_ends(run=None, epoch=1)
    assert log == ["b 1"]  # everybody is called before
    with pytest.raises(EndedRun, match="good enough"):
        callbacks.release()


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_wrapper_that_raises_is_named(training: Training, log: list[str], where: str) -> None:
    lines = ["    1 / 0", "    yield"] if where == "before" else ["    yield", "    1 / 0"]
    body = "\n".join(lines)
    training.take_part("a", f"@hookimpl(wrapper=True)\ndef train_batch_ends():\n{body}\n")
    callbacks = training.callbacks()
    callbacks.load_all()
    with pytest.warns(RuntimeWarning, match=r"plugin 'a' .* raised ZeroDivisionError") as caught:
        callbacks.hook.train_batch_ends(run=None, examples=1)
    assert caught[0].filename == str(training.folder / "mg_a_plugin.py")


def test_what_a_wrapper_is_around_is_not_blamed_on_it(training: Training) -> None:
    class Own:
        @hookimpl
        def train_batch_ends(self) -> None:
            raise OSError("disk full")

    training.take_part("a", "@hookimpl(wrapper=True)\ndef train_batch_ends():\n    return (yield)\n")
    callbacks = training.callbacks()
    callbacks.add("checkpoints", Own())
    callbacks.load_all()
    with pytest.raises(OSError, match="disk full"):
        callbacks.hook.train_batch_ends(run=None, examples=1)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import nothing_here", "ModuleNotFoundError: No module named 'nothing_here'"),
        (
            "def train_epoch_ends():\n    pass",
            r"train_epoch_ends \(.*:4\) is not under @minigrad_train.hooks.hookimpl",
        ),
        ("@hookimpl\ndef train_epoch_end():\n    pass", r"train_epoch_end \(.*:4\) is no hook of training"),
        ("", "it has no function under @minigrad_train.hooks.hookimpl"),
        ("@hookimpl\ndef train_epoch_ends(loss):\n    pass", "PluginValidationError: Plugin 'a' for hook"),
    ],
)
def test_a_plugin_that_does_not_load_is_told_and_left_out(
    training: Training, log: list[str], code: str, message: str
) -> None:
    training.take_part("a", code)
    training.take_part("b", EPOCH.format(options="", name="b"))
    callbacks = training.callbacks()
    with pytest.warns(RuntimeWarning, match=rf"plugin 'a' failed to load: .*{message}.*; it takes no part"):
        callbacks.load_all()
    callbacks.hook.train_epoch_ends(run=None, epoch=1)
    assert log == ["b 1"]


MODELS = """
@hookimpl
def train_models():
    log.append('asked')
    return {'small': lambda rng: 'a small network'}
"""


def test_models_are_found_by_name_and_no_other_plugin_is_imported(training: Training, log: list[str]) -> None:
    training.take_part("a", MODELS)
    training.take_part("b", "raise AssertionError('imported')")
    assert find_resource("models", "a::small", training.callbacks())(None) == "a small network"
    assert log == ["asked"]


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("a::large", UnknownNameError, "plugin 'a' has no 'a::large'; its models are: a::small"),
        ("c::small", UnknownNameError, "no plugin 'c' takes part in training; those that do: a, b"),
        ("b::small", PluginLoadError, "plugin 'b' failed to load"),
    ],
)
def test_a_model_that_is_not_there_is_told(
    training: Training, name: str, error: type[Exception], message: str
) -> None:
    training.take_part("a", MODELS)
    training.take_part("b", "import nothing_here")
    with pytest.raises(error, match=message):
        find_resource("models", name, training.callbacks())


def test_models_that_cannot_be_listed_are_the_plugins_fault(training: Training) -> None:
    training.take_part("a", RAISES.format(hook="train_models"))
    with pytest.raises(CallbackError, match=r"train_models of plugin 'a' .* raised ValueError: broken"):
        find_resource("models", "a::small", training.callbacks())


def test_ownership_ranges_and_settings_are_those_of_plugins(training: Training, log: list[str]) -> None:
    training.take_part("nn", EPOCH.format(options="", name="nn"))
    training.take_part("old", EPOCH.format(options="", name="old"), requires="minigrad-core>=9")
    training.take_part("off", EPOCH.format(options="", name="off"))
    callbacks = training.callbacks(MINIGRAD_DISABLE_PLUGINS="off")
    with pytest.warns(RuntimeWarning) as caught:
        callbacks.load_all()
    told = sorted(str(warning.message) for warning in caught)
    assert len(told) == 2
    assert told[0].startswith("plugin 'nn' is claimed by more than one distribution: 'nn' belongs to")
    assert told[1].startswith("plugin 'old' does not fit this core: needs minigrad-core>=9")
    callbacks.hook.train_epoch_ends(run=None, epoch=1)
    assert log == []


def test_a_setting_that_names_nothing_is_an_error(training: Training) -> None:
    training.take_part("a", MODELS)
    with pytest.raises(PluginSettingError, match="MINIGRAD_PLUGINS names 'z'"):
        training.callbacks(MINIGRAD_PLUGINS="z").load_all()


@pytest.mark.parametrize(
    ("body", "fact"),
    [("yield\n    yield", "did so again"), ("if epoch:\n        return\n    yield", "did not")],
)
def test_a_wrapper_that_does_not_yield_once_is_named(training: Training, body: str, fact: str) -> None:
    training.take_part("a", f"@hookimpl(wrapper=True)\ndef train_epoch_ends(epoch):\n    {body}\n")
    callbacks = training.callbacks()
    callbacks.load_all()
    with pytest.warns(RuntimeWarning, match=f"plugin 'a' .*has to yield once, and it {fact}"):
        callbacks.hook.train_epoch_ends(run=None, epoch=1)


def test_a_misspelt_hook_and_an_unknown_argument_are_named(training: Training) -> None:
    training.take_part("a", "@hookimpl\ndef train_epoch_end(epoch):\n    pass\n")
    training.take_part("b", "@hookimpl\ndef train_epoch_ends(nosuch):\n    pass\n")
    with pytest.warns(RuntimeWarning) as caught:
        training.callbacks().load_all()
    assert "did you mean train_epoch_ends?" in str(caught[0].message)
    assert "nosuch" in str(caught[1].message)


def test_one_manager_serves_models_datasets_and_the_run(training: Training, log: list[str]) -> None:
    training.take_part("a", EPOCH.format(options="", name="a"))
    training.take_part("b", ONE_MODEL + EPOCH.format(options="", name="b"))

    class Own:
        @hookimpl
        def train_epoch_ends(self) -> None:
            log.append("own")

    with shared() as callbacks:
        callbacks.inventory = training.callbacks().inventory
        assert find_resource("models", "b::one")() == 1
        assert current() is callbacks
        callbacks.begin(Own())
        callbacks.hook.train_epoch_ends(run=None, epoch=1)
    assert log == ["b 1", "a 1", "own"]  # who was asked for a model before comes where it always comes
    assert current() is not callbacks
