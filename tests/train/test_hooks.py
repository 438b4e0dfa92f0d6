"""Plugins that take part in training: one manager, order, wrappers, and the plugin that an error names."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from minigrad_core.cli.group import minigrad
from minigrad_core.errors import PluginLoadError, UnknownNameError
from minigrad_core.plugins import isolated_registry
from minigrad_train.errors import CallbackError, EndedRun
from minigrad_train.hooks import Callbacks, current, hookimpl, shared
from minigrad_train.plugin_resources import find_resource
from tests.plugins.testbed import RANGE
from tests.train.conftest import Training

EPOCH = "@hookimpl{options}\ndef train_epoch_ends(epoch):\n    log.append('{name} ' + str(epoch))\n"
RAISES = "@hookimpl\ndef {hook}():\n    raise ValueError('broken')\n"
MODELS = """
@hookimpl
def train_models():
    log.append('asked')
    return {'small': lambda rng: 'a small network'}
"""


def loaded(training: Training, *own: object, **environ: str) -> Callbacks:
    callbacks = training.callbacks(**environ)
    callbacks.begin(*own)
    return callbacks


def test_every_plugin_is_called_in_the_order_that_it_asks_for(training: Training, log: list[str]) -> None:
    class Own:
        @hookimpl
        def train_epoch_ends(self, run: Any) -> None:
            log.append(f"own {run}")

    training.take_part("a", EPOCH.format(options="(trylast=True)", name="a"))
    training.take_part("b", EPOCH.format(options="", name="b"))
    training.take_part("c", EPOCH.format(options="(tryfirst=True)", name="c"))
    loaded(training, Own()).hook.train_epoch_ends(run="R", epoch=1)
    assert log == ["c 1", "b 1", "own R", "a 1"]


def test_a_wrapper_is_around_the_others(training: Training, log: list[str]) -> None:
    training.take_part(
        "a",
        "@hookimpl(wrapper=True)\ndef train_epoch_ends(epoch, run=None):\n    log.append(f'before {run}')\n"
        "    result = yield\n    log.append('after')\n    return result\n",
    )
    training.take_part("b", EPOCH.format(options="", name="b"))
    loaded(training).hook.train_epoch_ends(run="R", epoch=1)
    assert log == ["before R", "b 1", "after"]


def test_an_argument_with_a_default_is_passed(training: Training, log: list[Any]) -> None:
    training.take_part(
        "a",
        "@hookimpl\ndef train_epoch_ends(run, epoch=None, later=3):\n    log.append((run, epoch, later))\n",
    )
    loaded(training).hook.train_epoch_ends(run="R", epoch=1)
    assert log == [("R", 1, 3)]


def test_a_hook_of_another_version_may_be_optional(training: Training, log: list[str]) -> None:
    optional = "@hookimpl(optionalhook=True)\ndef train_of_a_later_version(data):\n    pass\n"
    training.take_part("a", optional + EPOCH.format(options="", name="a"))
    loaded(training).hook.train_epoch_ends(run=None, epoch=1)
    assert log == ["a 1"]


def test_a_callback_that_raises_is_named_and_the_run_goes_on_without_it(
    training: Training, log: list[str]
) -> None:
    training.take_part("a", RAISES.format(hook="train_epoch_ends"))
    training.take_part("b", EPOCH.format(options="(trylast=True)", name="b"))
    callbacks = loaded(training)
    message = (
        r"train_epoch_ends of plugin 'a' \(mg-a 1\.0\) \(.*mg_a_plugin\.py:4\) raised ValueError: broken;"
        r" the run continues without it"
    )
    with pytest.warns(RuntimeWarning, match=message) as caught:
        callbacks.hook.train_epoch_ends(run=None, epoch=1)
    assert (caught[0].filename, caught[0].lineno) == (str(training.folder / "mg_a_plugin.py"), 6)
    callbacks.hook.train_epoch_ends(run=None, epoch=2)  # without a warning: it is not called again
    assert log == ["b 1", "b 2"]


@pytest.mark.parametrize("code", ["def {}():\n    yield", "async def {}():\n    pass"])
def test_a_callback_whose_body_never_runs_is_named(training: Training, code: str) -> None:
    training.take_part("a", "@hookimpl\n" + code.format("train_epoch_ends"))
    with pytest.warns(RuntimeWarning, match=r"plugin 'a' .* a generator or a coroutine, which never runs"):
        loaded(training).hook.train_epoch_ends(run=None, epoch=1)


def test_a_callback_may_end_the_run(training: Training, log: list[str]) -> None:
    training.take_part(
        "a",
        "from minigrad_train.errors import EndedRun\n"
        "@hookimpl\ndef train_epoch_ends(epoch):\n    raise EndedRun('good enough')\n",
    )
    training.take_part("b", EPOCH.format(options="(trylast=True)", name="b"))
    callbacks = loaded(training)
    callbacks.hook.train_epoch_ends(run=None, epoch=1)
    assert log == ["b 1"]  # all plugins are called before
    with pytest.raises(EndedRun, match="good enough"):
        callbacks.release()


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        ("1 / 0\n    yield", "raised ZeroDivisionError"),
        ("yield\n    1 / 0", "raised ZeroDivisionError"),
        ("yield\n    yield", "has to yield once, and it did so again"),
        ("if epoch:\n        return\n    yield", "has to yield once, and it did not"),
    ],
)
def test_a_wrapper_that_fails_is_named(training: Training, body: str, fact: str) -> None:
    training.take_part("a", f"@hookimpl(wrapper=True)\ndef train_epoch_ends(epoch):\n    {body}\n")
    callbacks = loaded(training)
    with pytest.warns(RuntimeWarning, match=f"plugin 'a' .*{fact}") as caught:
        callbacks.hook.train_epoch_ends(run=None, epoch=1)
    if "ZeroDivision" in fact:
        assert caught[0].filename == str(training.folder / "mg_a_plugin.py")


def test_an_error_inside_a_wrapper_does_not_name_the_wrapper(training: Training) -> None:
    class Own:
        @hookimpl
        def train_batch_ends(self) -> None:
            raise OSError("disk full")

    training.take_part("a", "@hookimpl(wrapper=True)\ndef train_batch_ends():\n    return (yield)\n")
    callbacks = loaded(training, Own())
    with pytest.raises(OSError, match="disk full"):
        callbacks.hook.train_batch_ends(run=None, examples=1)


# Modules that `minigrad train` leaves out, and the doctor and `minigrad check` refuse: code -> message.
FAULTS = {
    "import nothing_here": "ModuleNotFoundError: No module named 'nothing_here'",
    "def train_epoch_ends():\n    pass": (
        r"train_epoch_ends \(.*:4\) is not decorated: write @minigrad_train.hooks.hookimpl above it"
    ),
    "from minigrad_core import hookimpl\n@hookimpl\ndef train_epoch_ends():\n    pass": (
        r"train_epoch_ends \(.*:5\) is not decorated: write @minigrad_train.hooks.hookimpl above it"
    ),
    "@hookimpl\ndef train_epoch_end():\n    pass": (
        r"train_epoch_end \(.*:4\) is decorated .* is not a hook; did you mean train_epoch_ends\?"
    ),
    "": "has no hook: the entry point must name the module whose functions are under @minigrad_train",
    "@hookimpl\ndef train_epoch_ends(loss):\n    pass": "PluginValidationError: .*{'loss'}",
    "@hookimpl(hookwrapper=True)\ndef train_epoch_ends():\n    yield": (
        r"train_epoch_ends \(.*:4\) has hookwrapper=True, .*: write wrapper=True"
    ),
}


@pytest.mark.parametrize("code", FAULTS)
def test_a_plugin_that_does_not_load_is_left_out_and_every_command_says_so(
    training: Training, log: list[str], monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    training.take_part("a", code)
    training.take_part("b", EPOCH.format(options="", name="b"))
    with pytest.warns(
        RuntimeWarning, match=rf"plugin 'a' failed to load: .*{FAULTS[code]}.*; it takes no part"
    ):
        callbacks = loaded(training)
    callbacks.hook.train_epoch_ends(run=None, epoch=1)
    assert log == ["b 1"]
    monkeypatch.setenv("COLUMNS", "400")
    with isolated_registry():
        for command in (["plugins", "--doctor", "a"], ["check", "a", "--jobs", "1"]):
            done = CliRunner().invoke(minigrad, command)
            assert done.exit_code == 1
            assert "a (minigrad.training): failed" in done.stdout or "FAIL a::load" in done.stdout


def test_the_doctor_and_the_check_list_models_datasets_and_callbacks(
    training: Training, log: list[str]
) -> None:
    training.take_part("a", MODELS + EPOCH.format(options="", name="a"))
    training.take_part("b", "@hookimpl\ndef train_datasets():\n    return {'': list}\n")
    with isolated_registry():
        doctor, check = ["plugins", "--doctor"], ["check"]
        commands = [[*doctor, "a"], [*doctor, "b"], [*check, "a::small"], [*check, "b"]]
        healthy, ill, one, faulty = (CliRunner().invoke(minigrad, command) for command in commands)
    assert "has    model small, callback train_epoch_ends, loaded" in healthy.stdout
    assert "its content cannot be listed: train_datasets (" in ill.stdout
    assert one.stdout.startswith("subjects: 1, checks: 1,")
    assert "returned {'': <class 'list'>}; expected functions by name" in faulty.stdout
    assert [done.exit_code for done in (healthy, ill, one, faulty)] == [0, 1, 0, 1]


def test_models_are_found_by_name_and_no_other_plugin_is_imported(training: Training, log: list[str]) -> None:
    training.take_part("a", MODELS)
    training.take_part("b", "raise AssertionError('imported')")
    assert find_resource("models", "a::small", training.callbacks())(None) == "a small network"
    assert log == ["asked"]


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("d::small", UnknownNameError, "no plugin 'd' takes part in training; those that do: a, b, c"),
        ("b::small", PluginLoadError, "plugin 'b' failed to load"),
        (
            "c::small",
            CallbackError,
            r"plugin 'c' \(mg-c 1.0\): train_models \(.*:4\) raised ValueError",
        ),
    ],
)
def test_a_model_that_is_not_there_is_told(
    training: Training, log: list[str], name: str, error: type[Exception], message: str
) -> None:
    training.take_part("a", MODELS)
    training.take_part("b", "import nothing_here")
    training.take_part("c", RAISES.format(hook="train_models"))
    with pytest.raises(error, match=message):
        find_resource("models", name, training.callbacks())


def test_ownership_ranges_and_settings_are_those_of_plugins(training: Training, log: list[str]) -> None:
    training.take_part("nn", EPOCH.format(options="", name="nn"))
    training.take_part("old", EPOCH.format(options="", name="old"), requires="minigrad-core>=9")
    training.take_part("off", EPOCH.format(options="", name="off"))
    with pytest.warns(RuntimeWarning) as caught:
        callbacks = loaded(training, MINIGRAD_DISABLE_PLUGINS="off")
    texts = sorted(str(warning.message) for warning in caught)
    assert len(texts) == 2
    assert texts[0].startswith("plugin 'nn' is refused: 'nn' belongs to")
    assert texts[1].startswith("plugin 'old' does not fit the installed minigrad: needs minigrad-core>=9")
    callbacks.hook.train_epoch_ends(run=None, epoch=1)
    assert log == []


@pytest.mark.parametrize("requirement", ["minigrad-train>=9", "minigrad_train>=9; extra == 'train'"])
def test_a_range_of_the_package_that_calls_the_hooks_is_enforced(
    training: Training, log: list[str], requirement: str
) -> None:
    training.add(
        "mg-a", namespace="a", code="1 / 0", requires=[RANGE, requirement], group="minigrad.training"
    )
    training.add("mg-b", namespace="b", code="1 / 0", requires=[RANGE, "minigrad-train>=9"])
    leftover = training.folder / "gone-1.0.dist-info"
    leftover.mkdir()  # a leftover without metadata, and a stranger, claim to call the hooks
    hosts = "[minigrad.hosts]\nminigrad.training = nothing_here:TRAINING\n"
    (leftover / "entry_points.txt").write_text(hosts)
    (training.add("mg-host", namespace="c") / "entry_points.txt").write_text(hosts)
    with isolated_registry() as registry, shared() as callbacks:
        with pytest.warns(
            RuntimeWarning, match="plugin 'a' does not fit .*: needs minigrad-train>=9, this is"
        ):
            callbacks.load_all()
        record = registry.ensure("b")
        assert record is not None
        assert record.status == "incompatible"


def test_strict_mode_raises_the_fault_of_a_plugin(training: Training) -> None:
    training.take_part("a", "import nothing_here")
    with pytest.raises(PluginLoadError, match="nothing_here"):
        training.callbacks(MINIGRAD_STRICT_PLUGINS="1").load_all()


def test_one_manager_serves_models_datasets_and_the_run(training: Training, log: list[str]) -> None:
    training.take_part("a", EPOCH.format(options="", name="a"))
    training.take_part("b", MODELS + EPOCH.format(options="", name="b"))

    class Own:
        @hookimpl
        def train_epoch_ends(self) -> None:
            log.append("own")

    with shared() as callbacks:
        callbacks.group = training.callbacks().group
        find_resource("models", "b::small")
        assert current() is callbacks
        callbacks.begin(Own())
        callbacks.hook.train_epoch_ends(run=None, epoch=1)
    assert log == ["asked", "b 1", "a 1", "own"]  # the order is the same after a request for a model
    assert current() is not callbacks
