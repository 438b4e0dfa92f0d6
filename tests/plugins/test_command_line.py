"""The `minigrad` command: plugins, and the commands that plugins add."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from minigrad_core import ops
from minigrad_core.cli.group import minigrad
from minigrad_core.plugins.loader import PluginLoader
from tests.plugins.testbed import RANGE, WORKING, OpenRegistry, Site

COMMAND = """
import click
import minigrad_core as mg

@click.command("{name}")
def command():
    "Say {says}."
    click.echo("{says}")

@mg.hookimpl
def minigrad_commands():
    return [command]
"""

BROKEN = "raise RuntimeError('broken')"


def run(*args: str) -> Result:
    result = CliRunner().invoke(minigrad, args)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


IMPORTED = "raise AssertionError('imported')"
GREET = COMMAND.format(name="greet", says="hello")
TRAINING = "minigrad.training"
SPLIT = "raise RuntimeError('broken\\nin two')"


@pytest.mark.parametrize(
    ("codes", "environ", "command", "status", "texts"),
    [  # the codes of the plugins a and b; the variables; the command, and what it prints on either stream
        ([], {}, "plugins --doctor --json", 2, ["--doctor prints text only: leave out --json"]),
        ([], {}, "check --explain same --json", 2, ["--explain prints text only: leave out --json"]),
        (
            [GREET],
            {},
            "--no-plugins greet",
            2,
            ["No such command 'greet'. It may be one of a disabled plugin: a"],
        ),
        ([""], {}, "plugins --doctor aa", 1, ["no installed distribution has the namespace 'aa'\n  near  a"]),
        ([SPLIT], {}, "plugins --doctor a", 1, ["  cause  RuntimeError: broken\n         in two\n"]),
        ([SPLIT], {}, "ops a::x", 1, ["  cause RuntimeError: broken\n        in two\n"]),
        ([WORKING.format(op="x")], {}, "plugins --doctor", 0, ["  has    1 operation, loaded in "]),
        ([GREET], {}, "plugins --doctor", 0, ["  has    command greet, loaded in "]),
        (
            [],
            {"DISABLE_PLUGINS": "zz"},
            "plugins",
            0,
            ["note: MINIGRAD_DISABLE_PLUGINS names 'zz', and no inst"],
        ),
        ([""], {"PLUGINS": "zz"}, "plugins", 1, ["mg-a 1.0", "MINIGRAD_PLUGINS names 'zz'"]),
        ([""], {"PREFER": "a=mg-b"}, "ops", 1, ["Error: MINIGRAD_PREFER chooses 'mg-b' for 'a'"]),
        ([""], {"PREFER": "a=mg-b"}, "--help", 1, ["Error: MINIGRAD_PREFER chooses 'mg-b' for 'a'"]),
        ([""], {"PREFER": "a=mg-b"}, "--plugins a plugins", 1, ["Error: MINIGRAD_PREFER chooses 'mg-b' for"]),
        ([IMPORTED], {}, "--no-plugins ops", 0, ["plugin 'a' is disabled: --no-plugins allows none"]),
        ([IMPORTED], {}, "--no-plugins a", 2, ["minigrad: plugin 'a' is disabled: --no-plugins allows none"]),
        ([GREET], {}, "greet", 0, ["hello\n"]),
        ([GREET], {}, "--help", 0, ["greet       Say hello."]),
        (
            [GREET, GREET],
            {},
            "greet",
            0,
            ["hello\n", "minigrad: command 'greet' of plugin 'b' is left out: 'a'"],
        ),
        ([COMMAND.format(name="ops", says="mine")], {}, "ops", 0, ["NAME  CALL"]),
        (
            [COMMAND.format(name="ops", says="mine")],
            {},
            "--help",
            0,
            ["'a' is left out: it is minigrad's own\n"],
        ),
        (
            [BROKEN],
            {},
            "greet",
            2,
            ["No such command 'greet'", "plugin 'a' failed to load: RuntimeError: broken"],
        ),
        ([], {}, "plugin", 2, ["No such command 'plugin'. Did you mean 'plugins'?"]),
        ([], {}, "train", 2, ["It may be one of minigrad-train, which is not installed: pip "]),
    ],
)
def test_a_command_prints(
    site: Site,
    open_registry: OpenRegistry,
    codes: list[str],
    environ: dict[str, str],
    command: str,
    status: int,
    texts: list[str],
) -> None:
    for namespace, code in zip("ab", codes, strict=False):
        site.add(f"mg-{namespace}", namespace=namespace, code=code)
    open_registry(**{f"MINIGRAD_{name}": value for name, value in environ.items()})
    result = run(*command.split())
    assert result.exit_code == status
    assert [text for text in texts if text not in result.stdout + result.stderr] == []
    assert "mine" not in result.stdout


def test_plugins_lists_what_is_installed_and_imports_none(site: Site) -> None:
    site.add("mg-a", namespace="a", code="raise AssertionError('imported')")
    site.add("mg-foo", "2.0", namespace="foo", requires=["minigrad-core>=0.3"])
    site.add("mg-bar", "1.0", namespace="bar")
    site.add("mg-baz", "0.2", namespace="bar")
    result = run("plugins")
    header, a, bar, foo = result.stdout.splitlines()
    assert " ".join(header.split()) == "NAMESPACE DISTRIBUTION STATUS OPS INIT OPT LOAD SOURCE ABOUT"
    assert a.split() == ["a", "mg-a", "1.0", "available", "-", "-", "-", "-", "site-packages"]
    assert bar.startswith("bar        mg-bar 1.0, mg-baz 0.2  conflict ")
    assert bar.endswith(" two owners")
    assert foo.split()[3] == "incompatible"
    assert " needs minigrad-core>=0.3, this is " in foo


def test_plugins_as_json_has_one_object_for_each_namespace(site: Site) -> None:
    site.add("mg-a", "1.5", namespace="a")
    site.add("mg-bar", "1.0", namespace="bar")
    site.add("mg-baz", "0.2", namespace="bar")
    first, second = json.loads(run("plugins", "--json").stdout)
    assert first == {
        "namespace": "a",
        "distribution": "mg-a",
        "version": "1.5",
        "status": "available",
        "operations": None,
        "initializers": None,
        "optimizers": None,
        "load_ms": None,
        "source": "site-packages",
        "description": "",
        "home_page": "",
        "detail": "",
    }
    assert (second["distribution"], second["version"]) == ("mg-bar, mg-baz", "1.0, 0.2")
    assert (second["status"], second["detail"]) == ("conflict", "two owners")


def test_loading_fills_in_counts_and_faults(site: Site, open_registry: OpenRegistry) -> None:
    site.add("mg-a", namespace="a")
    site.add("mg-b", namespace="b", code=BROKEN)
    site.add("mg-c", namespace="c", code=BROKEN)
    open_registry(MINIGRAD_DISABLE_PLUGINS="c", MINIGRAD_STRICT_PLUGINS="1")
    a, b, c = json.loads(run("plugins", "--json", "--load").stdout)
    assert (a["status"], a["operations"], a["initializers"], a["optimizers"]) == ("loaded", 1, 0, 0)
    assert a["load_ms"] > 0
    assert (b["status"], b["operations"], b["detail"]) == ("failed", None, "RuntimeError: broken")
    assert (c["status"], c["detail"]) == ("disabled", "MINIGRAD_DISABLE_PLUGINS lists it")


@pytest.mark.parametrize("command", [["plugins", "--load"], ["runs", "."]])
def test_standard_output_stays_json_whatever_plugins_print(site: Site, command: list[str]) -> None:
    noise = """
import atexit, os, subprocess
print('noise')
os.write(1, b'noise')
subprocess.run(['echo', 'noise'])
atexit.register(print, 'noise')
"""
    site.add("mg-a", namespace="a", code=noise + WORKING.format(op="scale"))
    done = site.minigrad(*command, "--json", env={"MINIGRAD_PLUGINS": "a,train"})
    assert isinstance(json.loads(done.stdout), list)
    assert done.stderr.count("noise") == 4


def test_the_doctor_shows_cause_remedy_and_traceback(site: Site) -> None:
    site.add("mg-b", namespace="b", code="def f():\n    raise RuntimeError('broken')\nf()", module="b_plugin")
    result = run("plugins", "--doctor", "b")
    assert result.exit_code == 1
    assert result.stdout.startswith("b: failed\n  from   mg-b 1.0 (b = b_plugin)\n")
    assert "  cause  RuntimeError: broken\n  try    upgrade it, fix it if it is yours, or " in result.stdout
    assert " MINIGRAD_DISABLE_PLUGINS=b\n" in result.stdout
    assert 'b_plugin.py", line 2, in f' in result.stdout


@pytest.mark.parametrize(
    ("other", "note"),
    [
        (
            "minigrad-ops-basic",
            "np.sinc stays with basic::sinc (minigrad-ops-basic 1.0); the claim of a:",
        ),
        ("mg-b", "np.sinc is also claimed by b::sinc (mg-b 1.0): calling it on a tensor is an error;"),
    ],
)
def test_the_doctor_notes_claims_that_another_plugin_has(site: Site, other: str, note: str) -> None:
    claim = "implements = (__import__('numpy').sinc,)\n    broadcasts"
    sinc = WORKING.format(op="sinc").replace("broadcasts", claim)
    site.add("mg-a", namespace="a", code=sinc)
    site.add(other, namespace=other.rpartition("-")[2], code=sinc)
    stdout = run("plugins", "--doctor", "a").stdout
    assert stdout.startswith("a: loaded")
    assert f"\n  note   {note}" in stdout
    assert (" MINIGRAD_PREFER=np.sinc=a chooses\n" in stdout) == (other == "mg-b")


def test_options_of_the_group_stand_for_the_variable(site: Site) -> None:
    site.add("mg-a", namespace="a")
    site.add("mg-b", namespace="b")
    rows = json.loads(run("--plugins", "b", "plugins", "--json").stdout)
    assert [(row["status"], row["detail"]) for row in rows] == [
        ("disabled", "--plugins does not list it"),
        ("available", ""),
    ]


NEW_PLUGIN = "new-plugin OUT/minigrad-mine --namespace mine"
COMMANDS = ["plugins", "plugins --load", "ops", "--help", "--version", "stubs --out OUT", NEW_PLUGIN]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_works_when_every_plugin_is_broken(site: Site, tmp_path: Path, command: str) -> None:
    site.add("mg-a", namespace="a", code=BROKEN)
    site.add("minigrad-ops-basic", namespace="basic", code=BROKEN)
    assert run(*command.replace("OUT", str(tmp_path)).split()).exit_code == 0


def test_a_command_of_a_plugin_runs_and_loads_its_own_namespace_only(
    site: Site, registry: PluginLoader
) -> None:
    site.add("mg-a", namespace="a", code="raise AssertionError('imported')")
    site.add("mg-greet", namespace="greet", code=COMMAND.format(name="greet", says="hello"))
    result = run("greet")
    assert (result.stdout, result.stderr) == ("hello\n", "")
    assert [plugin.status for plugin in registry.plugins()] == ["available", "loaded"]


@pytest.mark.parametrize("returned", ["[1 / 0]", "[print]", "None"])
def test_broken_commands_of_a_plugin_cost_no_other(site: Site, returned: str) -> None:
    code = WORKING.format(op="scale") + f"\n@mg.hookimpl\ndef minigrad_commands():\n    return {returned}\n"
    site.add("mg-a", namespace="a", code=code)
    site.add("mg-greet", namespace="hello", code=COMMAND.format(name="greet", says="hello"))
    result = run("greet")
    assert result.stdout == "hello\n"
    assert "minigrad: plugin 'a': its commands failed: " in result.stderr
    assert "a::scale" in run("ops").stdout
    assert run("plugins", "--doctor", "a").exit_code == 1
    assert "FAIL mg-a::commands (package-commands)\n  its commands failed: " in run("check", "a").stdout


def test_tables_and_operations_fit_the_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    # A path is never broken, and here it is short: paths are relative to the working directory.
    monkeypatch.chdir(Path(inspect.getfile(type(ops.nn.conv2d))).parent)
    monkeypatch.setenv("COLUMNS", "80")
    for command in (("plugins",), ("ops", "nn::conv2d"), ("ops", "nn::*")):
        assert max(map(len, run(*command).stdout.splitlines())) <= 80
    monkeypatch.delenv("COLUMNS")
    assert len(run("ops", "nn::*").stdout.splitlines()) == 1 + len(dir(ops.nn))


@pytest.mark.parametrize("args", [["stubs", "--out"], ["new-plugin", "--namespace", "mine"]])
def test_a_folder_that_cannot_be_made_is_told_without_a_traceback(
    tmp_path: Path, registry: PluginLoader, args: list[str]
) -> None:
    (tmp_path / "file").touch()
    result = run(*args, str(tmp_path / "file" / "below"))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {tmp_path}")
    assert "Not a directory" in result.stderr


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_the_extra_the_command_says_what_to_install(site: Site, missing: str) -> None:
    (site.folder / f"{missing}.py").write_text(f"raise ModuleNotFoundError(name={missing!r})")
    done = site.minigrad("plugins")
    assert done.returncode == 1
    assert done.stderr == (
        f"minigrad: the command line needs {missing}; install it: pip install 'minigrad-core[cli]'\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
@pytest.mark.parametrize("arguments", [("--help",), ("plugins", "--json")])
def test_standard_output_on_a_full_device_ends_with_one_line(arguments: tuple[str, ...]) -> None:
    code = "from minigrad_core.cli.entry import main; main()"
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "Error: writing failed: No space left on device\n")


@pytest.mark.parametrize(
    ("closed", "arguments"),  # from the first to before the last
    [((1, 2), ("plugins",)), ((1, 3), ("ops", "--json", "nn::*")), ((0, 3), ("stubs",))],
)
def test_closed_standard_streams_are_no_fault(
    tmp_path: Path, closed: tuple[int, int], arguments: tuple[str, ...]
) -> None:
    """As under a service manager, or after `>&-`."""
    status = subprocess.run(
        [sys.executable, "-c", "from minigrad_core.cli.entry import main; main()", *arguments],
        preexec_fn=lambda: os.closerange(*closed),
        cwd=tmp_path,
        check=False,
    ).returncode
    assert status == 0


def test_a_description_in_letters_that_the_terminal_lacks_is_shown(site: Site) -> None:
    site.add("mg-a", namespace="a", metadata=["Summary: \u03a9."])
    code = "from minigrad_core.cli.entry import main; main()"
    done = site.run([sys.executable, "-c", code, "plugins"], {"PYTHONIOENCODING": "ascii"}, ())
    assert (done.returncode, done.stderr) == (0, "")
    assert r"\u03a9." in done.stdout


ABOUT = [
    "Summary: Derivatives for fun.",
    "Home-page: https://example.org/old",
    "Project-URL: Bug Tracker, https://example.org/bugs",
    "Project-URL: Source-Code, https://example.org/code",
]


def test_plugins_shows_description_and_home_page(site: Site) -> None:
    site.add("mg-a", namespace="a", metadata=ABOUT)
    site.add("mg-b", namespace="b", metadata=[*ABOUT, "Project-URL: Homepage, https://example.org"])
    site.add("mg-c", namespace="c", metadata=ABOUT[:2])
    ends = [line.split("site-packages")[1].strip() for line in run("plugins").stdout.splitlines()[1:]]
    pages = ["https://example.org/code", "https://example.org", "https://example.org/old"]
    assert ends == [f"Derivatives for fun. {page}" for page in pages]
    entries = json.loads(run("plugins", "--json").stdout)
    assert [entry["home_page"] for entry in entries] == pages
    assert {entry["description"] for entry in entries} == {"Derivatives for fun."}


def test_a_stranger_cannot_take_the_command_train(site: Site, installed_registry: PluginLoader) -> None:
    site.add("mg-evil", namespace="train", code=COMMAND.format(name="train", says="mine now"))
    result = run("train", "--help")
    assert (result.exit_code, result.output.count("mine now")) == (0, 0)
    assert "--epochs" in result.stdout
    assert "mg-evil 1.0 also claims 'train'; refused: it belongs to minigrad-train" in result.stderr


@pytest.mark.parametrize(
    "args", [("plugins", "--doctor"), ("plugins", "--doctor", "empty"), ("check", "empty")]
)
def test_a_plugin_without_hooks_is_a_fault(site: Site, args: tuple[str, ...]) -> None:
    site.add("mg-empty", namespace="empty", code="import minigrad_core")
    result = run(*args)
    assert result.exit_code == 1
    assert "has no hook: the entry point must name the module whose functions are under @hookimpl" in (
        result.stdout
    )


def test_the_doctor_tells_the_place_of_an_editable_install(site: Site, tmp_path: Path) -> None:
    info = site.add("mg-a", namespace="a")
    record = {"url": tmp_path.as_uri(), "dir_info": {"editable": True}}
    (info / "direct_url.json").write_text(json.dumps(record))
    lines = run("plugins", "--doctor", "a").stdout.splitlines()
    assert f"  path   editable: {site.folder}" in lines


def test_the_doctor_is_silent_of_what_plugins_print(site: Site) -> None:
    noise = "import os\nprint('noise')\nos.write(1, b'noise')\n"
    site.add("mg-a", namespace="a", code=noise + WORKING.format(op="scale"))
    done = site.minigrad("plugins", "--doctor", "a")
    assert done.stdout.startswith("a: loaded\n")
    assert "noise" not in done.stdout
    assert done.stderr.count("noise") == 2


def test_the_doctor_tells_of_a_method_that_another_plugin_replaced(site: Site) -> None:
    site.add("mg-a", namespace="a")
    evil = "import mg_a_plugin\ndef other(self, ctx, x):\n    return x\nmg_a_plugin.Scale.forward = other\n"
    site.add("mg-evil", namespace="evil", code=evil + WORKING.format(op="other"))
    note = "  note   forward of a::scale was replaced by plugin 'evil': it is mg_evil_plugin's"
    assert note in run("plugins", "--doctor", "a").stdout.splitlines()
    assert "note" not in run("plugins", "--doctor", "evil").stdout


def test_a_method_that_is_inherited_or_borrowed_was_not_replaced(site: Site) -> None:
    site.add("mg-a", namespace="a")
    body = "class Heir(Scale):\n    name = 'heir'\nclass Own(mg.Operation):\n    name = 'own'\n"
    body += "    broadcasts = True\n    forward, backward = Scale.forward, Scale.backward\n"
    hook = "@mg.hookimpl\ndef minigrad_operations():\n    return [Heir(), Own()]\n"
    site.add(
        "mg-b", namespace="b", code=f"import minigrad_core as mg\nfrom mg_a_plugin import Scale\n{body}{hook}"
    )
    assert "note" not in run("plugins", "--doctor", "b").stdout


def test_a_group_that_nobody_reads_is_a_fault_in_every_command(site: Site) -> None:
    site.add("mg-a", namespace="a", group="minigrad.plugins")
    fact = "no program reads the entry-point group 'minigrad.plugins'; the right name is 'minigrad'"
    for args in (["plugins", "--doctor", "a"], ["check", "a"]):
        done = run(*args)
        assert fact in done.stdout
        assert done.exit_code == 1
    assert fact in run("plugins").stdout


def test_a_plugin_for_training_alone_is_listed_and_may_be_allowed(
    site: Site, open_registry: OpenRegistry
) -> None:
    site.add("mg-a", namespace="a")
    site.add("mg-coach", namespace="coach", code="raise AssertionError('imported')", group=TRAINING)
    open_registry(MINIGRAD_PLUGINS="a,coach", MINIGRAD_DISABLE_PLUGINS="coach")
    listed = run("plugins")
    assert listed.exit_code == 0
    assert [line.split()[:4] for line in listed.stdout.splitlines()[1:]] == [
        ["a", "mg-a", "1.0", "available"],
        ["coach", "mg-coach", "1.0", "disabled"],
    ]
    assert listed.stderr == ""


def test_hooks_that_no_installed_package_calls_are_no_fault(site: Site) -> None:
    site.add("mg-coach", namespace="coach", code="import minigrad_train", group=TRAINING)
    done = run("plugins", "--doctor", "coach")
    assert done.exit_code == 0
    assert "cause  no installed distribution calls the hooks of 'minigrad.training'" in done.stdout


def test_the_doctor_imports_what_takes_part_in_training(site: Site, installed_registry: PluginLoader) -> None:
    site.add("mg-a", namespace="a")
    site.add("mg-coach", namespace="coach", code="import nowhere_to_be_found", group=TRAINING)
    healthy, ill = run("plugins", "--doctor", "a"), run("plugins", "--doctor", "coach")
    assert healthy.exit_code == 0
    assert ill.exit_code == 1
    assert ill.stdout.startswith("coach (minigrad.training): failed\n")
    assert "try    pip install nowhere_to_be_found, or MINIGRAD_DISABLE_PLUGINS=coach" in ill.stdout


HOOK = "import minigrad_core as mg\n@mg.hookimpl\ndef minigrad_commands():\n"


@pytest.mark.parametrize(
    ("code", "timeout", "fault"),
    [
        ("import os\nos._exit(3)", "60", "ended the process with status 3"),
        ("import time\ntime.sleep(60)", "0.5", "did not end within 0.5 s"),
        (HOOK + "    __import__('os')._exit(0)", "60", "ended the process with status 0"),
        (HOOK + "    __import__('time').sleep(60)", "0.5", "did not end within 0.5 s"),
    ],
)
def test_the_doctor_names_an_import_or_a_hook_that_hangs_or_ends_the_process(
    site: Site, code: str, timeout: str, fault: str
) -> None:
    site.add("mg-a", namespace="a", code=code)
    done = run("plugins", "--doctor", "--timeout", timeout)
    assert done.exit_code == 1
    assert done.stderr == "a: importing mg_a_plugin\n"
    culprit = "a hook of" if code.startswith(HOOK) else "importing"
    assert f"  cause  {culprit} mg_a_plugin {fault}\n" in done.stdout


EXIT = "from minigrad_train.hooks import hookimpl\n@hookimpl\ndef train_models():\n    raise SystemExit(0)"


@pytest.mark.parametrize("args", [("check", "coach"), ("plugins", "--doctor", "coach")])
def test_training_hook_that_exits_is_a_failure(
    site: Site, installed_registry: PluginLoader, args: tuple[str, ...]
) -> None:
    site.add("mg-coach", namespace="coach", code=EXIT, group=TRAINING)
    done = run(*args)
    assert done.exit_code == 1
    assert "mg_coach_plugin.py:2) raised SystemExit: 0" in done.stdout


@pytest.mark.parametrize("args", [("check", "a"), ("plugins", "--doctor", "a")])
def test_an_import_that_ends_the_process_in_silence_is_a_failure(site: Site, args: tuple[str, ...]) -> None:
    site.add("mg-a", namespace="a", code="import os\nos._exit(0)")
    done = site.minigrad(*args, env={"MINIGRAD_PLUGINS": "a"})
    assert done.returncode == 1
    assert "importing mg_a_plugin ended the process with status 0" in done.stdout


def test_a_plugin_that_registers_nothing_is_checked_for_loading(site: Site) -> None:
    site.add(
        "mg-a", namespace="a", code=COMMAND.format(name="greet", says="hello"), requires=[RANGE, "click"]
    )
    result = run("check", "a", "--jobs", "1")
    assert result.exit_code == 0
    assert result.stdout.startswith("subjects: 2, ")  # the package, and the plugin


@pytest.mark.parametrize(("value", "coloured"), [("1", False), ("", True)])
def test_no_color_turns_colours_off(site: Site, value: str, coloured: bool) -> None:
    site.add("mg-mine", namespace="mine")
    done = CliRunner(env={"NO_COLOR": value}).invoke(minigrad, ["plugins", "--doctor"], color=True)
    assert ("\x1b[" in done.stdout) == coloured
