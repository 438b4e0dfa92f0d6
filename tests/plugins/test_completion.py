"""`minigrad completion`, and the completions of a shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

import minigrad_core as mg
from minigrad_core.cli.group import minigrad
from tests.plugins.testbed import Site


def complete(*words: str) -> list[str]:
    """Return what Bash offers for the last of the words."""
    completion = BashComplete(minigrad, {}, "minigrad", "_MINIGRAD_COMPLETE")
    return [item.value for item in completion.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_calls_the_command(shell: str) -> None:
    result = CliRunner().invoke(minigrad, ["completion", shell])
    assert result.exit_code == 0
    assert f"_MINIGRAD_COMPLETE={shell}_complete" in result.output


def test_other_shell_is_refused() -> None:
    result = CliRunner().invoke(minigrad, ["completion", "tcsh"])
    assert result.exit_code == 2
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in result.output


def test_commands_options_and_every_kind_of_name_are_completed() -> None:
    assert complete("pre") == ["predict"]
    assert complete("train", "--opti") == ["--optimizer", "--optimizer-arg"]
    assert complete("train", "--model", "") == ["cnn", "linear", "mlp", "transformer"]
    assert complete("train", "--activation", "nn::") == [name for name in mg.ops if name.startswith("nn::")]
    assert complete("train", "--optimizer", "") == list(mg.optimizers)
    assert complete("train", "--initializer", "nn::ka") == ["nn::kaiming_normal", "nn::kaiming_uniform"]
    assert complete("ops", "basic::tan") == ["basic::tan", "basic::tanh"]
    assert {"nn", "nn::adam", "nn::relu", "nn::zeros"} <= set(complete("check", "nn"))
    assert complete("plugins", "--doctor", "n") == ["nn"]
    assert complete("--plugins", "basic,n") == ["basic,nn"]


def test_folders_of_runs_are_completed_here_and_in_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("runs/first", "runs/second", "mine", "elsewhere/third"):
        Path(folder).mkdir(parents=True)
        Path(folder, "checkpoint.safetensors").touch()
    Path("runs/empty").mkdir()
    assert complete("train", "--resume", "") == ["mine", "runs/first", "runs/second"]
    assert complete("predict", "runs/f") == ["runs/first"]
    assert complete("runs", "elsewhere/") == ["elsewhere/third"]


def test_plugin_that_prints_or_fails_does_not_disturb(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.add("mg-loud", namespace="loud", code="print('hello')\n")
    site.add("mg-broken", namespace="broken", code="raise RuntimeError('no')\n")
    words = "minigrad\ntrain\n--optimizer\nnn::adam"
    environment = {"_MINIGRAD_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": "3"}
    done = subprocess.run(
        [Path(sys.executable).with_name("minigrad")],
        env={**os.environ, "PYTHONPATH": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["plain,nn::adam", "plain,nn::adamw"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_completes_a_name_with_colons(tmp_path: Path) -> None:
    script = (
        'compopt() { :; }; eval "$(minigrad completion bash)"; [[ $COMP_WORDBREAKS != *:* ]] || exit 3; '
        "COMP_WORDS=(minigrad train --optimizer nn::adag); COMP_CWORD=3; _minigrad_completion minigrad; "
        'echo "${COMPREPLY[@]}"'
    )
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "nn::adagrad"


def test_the_output_and_the_errors_of_plugins_are_no_completions(
    site: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    site.add("mg-a", namespace="a", code="import os\nprint('noise')\nos.write(1, b'noise')")
    site.add("mg-b", namespace="b", code="raise RuntimeError('noise')")
    assert complete("plu") == ["plugins"]
    assert capfd.readouterr() == ("", "")
