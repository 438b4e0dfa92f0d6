"""Each thing that can be wrong with a plugin: what is said, and that the others work."""

from __future__ import annotations

import errno
import inspect
import re
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import minigrad_core as mg
from minigrad_core.errors import InputError, NoOperationError, PluginLoadError
from minigrad_core.plugins.loader import PluginLoader
from minigrad_core.testing import check_initializer
from tests.plugins.testbed import WORKING, OpenRegistry, Site

OPERATION = """
import minigrad_core as mg
import numpy as np

class Op(mg.Operation):
    name = "op"

    def forward(self, ctx, x):
        return x

    def backward(self, ctx, grad):
        return grad
{body}

@mg.hookimpl
def minigrad_operations():
    return {returned}
"""


INITIALIZER = """
import minigrad_core as mg
import numpy as np

class Fill{base}:
    name, kept = "fill", {{}}

    def __call__(self, shape, *, rng, dtype=np.float32):
        return {returned}

    def std(self, fan_in, fan_out):
        return None

@mg.hookimpl
def minigrad_initializers():
    return [Fill()]
"""


def operation(body: str = "", returned: str = "[Op()]") -> str:
    """Return a plugin whose operation has more members, or whose hook returns something else."""
    return OPERATION.format(body="\n".join("    " + line for line in body.splitlines()), returned=returned)


def plugin(hook: str, returned: str, before: str = "") -> str:
    """Return a plugin with one hook, whose line is 2 where no code comes before it."""
    return f"import minigrad_core as mg\n{before}@mg.hookimpl\ndef {hook}:\n    return {returned}\n"


HOOK = r"minigrad_operations \(.*bad_plugin.py:\d+\)"
OP = r"Op \(.*bad_plugin.py:5\)"
INITIALIZERS = r"minigrad_initializers \(.*:\d+\), item 0"
HALF = "class Half:\n    name = 'half'\n    def forward(self, ctx, x):\n        return x\n"
ONES = "class Ones:\n    name = 'ones'\n    def __call__(self, shape):\n        return 1\n"
STD = "    def std(self, fan_in, fan_out):\n        return 0\n"
MUTE = "class Mute(Exception):\n    def __str__(self):\n        raise ValueError\nraise Mute"

# The code of a plugin, and the message, which names the place in the code.
FAULTS = [
    ("import nothing_of_that_name", "ModuleNotFoundError: No module named 'nothing_of_that_name'"),
    ("raise SystemExit(3)", "SystemExit: 3"),
    (MUTE, "Mute: its message cannot be shown"),
    (operation(returned="[1 / 0]"), f"{HOOK} raised ZeroDivisionError: division by zero"),
    (operation(returned="(1 / 0 for i in range(2))"), f"{HOOK} raised ZeroDivisionError"),
    (operation("name = 'a b' * 5000"), r"'(a ba b){10}[a b]*\.\.\.' is not a usable name"),
    ("def minigrad_operations():\n    return []", f"{HOOK} is not decorated: write @hookimpl above it"),
    (operation() + "minigrad_optimizers = []", r"minigrad_optimizers \(.*\) is not a function: write `def`"),
    (
        f"import functools\n{operation()}minigrad_optimizers = mg.hookimpl(functools.partial(list))",
        r"minigrad_optimizers \(.*\) is not a function: write `def`, under @hookimpl",
    ),
    (plugin("minigrad_operatons()", "[]"), r"operatons \(.*:2\) is decorated .*mean minigrad_operations"),
    ("def minigrad_optimisers():\n    return []", r"\(.*:1\) is not decorated: .* mean minigrad_optimizers"),
    (plugin("register()", "[]"), r"register \(.*:2\) is decorated .* is not a hook; the hooks are minigrad_"),
    (
        plugin("minigrad_layers()", "[]"),
        r"minigrad_layers \(.*:2\) is decorated .* is not a hook; the hooks are minigrad_",
    ),
    (
        plugin("minigrad_operations(registry)", "[]"),
        r"Argument\(s\) \{'registry'\} are declared in the hookimpl",
    ),
    (plugin("minigrad_operations()", "None"), f"{HOOK} returned None; expected a list: is the `return` miss"),
    (operation(returned="Op()"), f"{HOOK} returned <operation op>; expected a list, even of one"),
    (operation(returned="[Op]"), rf"{OP}: expected an operation, got a class; return an instance: Op\(\)"),
    (operation(returned="[np.tanh]"), r"ufunc \(.*\): not an operation: it has no method 'forward'"),
    (plugin("minigrad_operations()", "[Half()]", HALF), r"Half \(.*:2\): .* it has no method 'backward'"),
    (operation("name = None"), f"{OP}: `name` must be a string, got None"),
    (operation("name = 'lambda'"), "'lambda' is not a usable name"),
    (operation("name = '__len__'"), "'__len__' is not a usable name"),
    (operation("name = 'my op'"), "'my op' is not a usable name: expected an identifier"),
    (operation("name = '_'"), "'_' is not a usable name"),
    (operation("name = '\u00b5'"), r"'\u00b5' can never be found: .* \(NFKC\), '\\xb5' as '\\u03bc'"),
    (
        operation("name = property(lambda self: 1 / 0)"),
        f"{HOOK}, item 0: an instance of Op whose repr raises",
    ),
    (operation("def forward(self, x):\n    return x"), rf"{OP}: forward\(x\) cannot be called: expected for"),
    (operation("def forward(self, x, ctx):\n    return x"), r"forward\(x, ctx\) cannot be called: expected"),
    (operation("def backward(self, grad):\n    return grad"), r"backward\(grad\) cannot be called: expected"),
    (operation("def backward(self, grad, ctx):\n    return grad"), r"backward\(grad, ctx\) cannot be called"),
    (operation("def backward(self, ctx, grad, *, axis):\n    return grad"), "requires the keyword 'axis'"),
    (operation("async def forward(self, ctx, x):\n    return x"), "forward must be a plain function"),
    (operation(returned="[Op(), Op()]"), "two operations are called 'op': .*bad_plugin.py:5 and .*:5"),
    (operation("implements = np.tanh"), r"must be a tuple, got <ufunc 'tanh'> alone; write \(np.tanh,\)"),
    (operation("implements = iter((np.tanh,))"), "must be a tuple of functions, got <tuple_iterator"),
    (operation("implements = ('np.i0',)"), r"holds 'np.i0': give the function itself, as in \(np.i0,\)"),
    (operation("implements = (np.asarray,)"), "`implements` claims np.asarray, which never reaches a tensor"),
    (operation("implements = (np.shape,)"), "`implements` claims np.shape, which the core itself implements"),
    (
        operation("implements = type('Mute', (), {'__repr__': lambda self: 1 / 0})()"),
        "`implements` must be a tuple of functions, got an instance of Mute whose repr raises",
    ),
    (
        operation("def __repr__(self):\n    raise ValueError('mute')", returned="Op()"),
        f"{HOOK} returned an instance of Op whose repr raises; expected a list",
    ),
    (operation(returned="[[Op()]]"), rf"{HOOK}, item 0: list \(.*\): not an operation: it has no"),
    (operation(returned="[Op(), None]"), rf"{HOOK}, item 1: NoneType \(.*\): not an operation"),
    (operation(returned="['relu']"), rf"{HOOK}, item 0: str \(.*\): not an operation"),
    (plugin("minigrad_initializers()", "[Ones()]", ONES + STD), rf"{INITIALIZERS}: Ones .* lacks 'rng'"),
    (
        plugin("minigrad_initializers()", "[Ones]", ONES),
        f"{INITIALIZERS}: Ones .* an initializer, got a class",
    ),
    (plugin("minigrad_initializers()", "[len]"), f"{INITIALIZERS}: .*: not an initializer: it has no method"),
    (
        plugin("minigrad_optimizers()", "[SGD()]", "class SGD:\n    name = 'sgd'\n"),
        "expected an optimizer class, got an instance of SGD",
    ),
    (
        plugin("minigrad_optimizers()", "[SGD]", "class SGD(mg.Optimizer):\n    name = 'sgd'\n"),
        r"SGD \(.*bad_plugin.py:2\): cannot be instantiated: update is abstract",
    ),
    (
        plugin(
            "minigrad_optimizers()",
            "[SGD]",
            "class SGD(mg.Optimizer):\n    name = 'sgd'\n    def update(self, param, grad, state): ...\n",
        ),
        r"SGD \(.*bad_plugin.py:2\): update cannot be called: .*; expected \(self, data, grad",
    ),
    ("import minigrad_core as mg", r"bad_plugin \(.*:1\) has no hook: the entry point must name the module"),
]


@pytest.mark.parametrize(("code", "message"), FAULTS)
def test_a_fault_is_told_where_it_is_used_and_costs_nothing_else(site: Site, code: str, message: str) -> None:
    site.add("mg-bad", namespace="bad", code=code, module="bad_plugin")
    site.add("mg-good", namespace="good")
    with pytest.raises(PluginLoadError, match=message) as caught:
        _ = mg.ops.bad.op
    assert str(caught.value).startswith(
        "bad::op is unavailable: plugin 'bad' failed to load\n  from  mg-bad 1.0"
    )
    assert mg.ops.good.scale.name == "scale"
    assert list(mg.ops) == ["good::scale"]
    assert not list(mg.initializers)
    assert not list(mg.optimizers)


def test_the_text_has_the_documented_shape(site: Site) -> None:
    site.add("mg-bad", "0.3", namespace="bad", code="from scipy import x", module="bad_plugin")
    with pytest.raises(PluginLoadError) as caught:
        _ = mg.ops.bad.relu
    expected = """
        bad::relu is unavailable: plugin 'bad' failed to load
          from  mg-bad 0.3 \\(bad = bad_plugin\\)
          cause ImportError: cannot import name 'x' from 'scipy' .*
          try   upgrade it.*, or MINIGRAD_DISABLE_PLUGINS=bad; details: minigrad plugins --doctor bad"""
    lines = [line.removeprefix(" " * 8) for line in expected.strip("\n").splitlines()]
    assert re.fullmatch("\n".join(lines), str(caught.value))


def test_the_cause_is_chained_and_kept(site: Site) -> None:
    site.add("mg-bad", namespace="bad", code="raise OSError('disk')", module="bad_plugin")
    for _ in range(2):
        with pytest.raises(PluginLoadError) as caught:
            mg.ops["bad::op"]
        assert isinstance(caught.value.__cause__, OSError)


def test_a_keyboard_interrupt_passes_and_the_plugin_can_be_loaded_later(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt = "\nimport builtins\nif hasattr(builtins, 'interrupt_me'):\n    raise KeyboardInterrupt"
    site.add("mg-slow", namespace="slow", code=WORKING.format(op="scale") + interrupt)
    monkeypatch.setattr("builtins.interrupt_me", True, raising=False)
    with pytest.raises(KeyboardInterrupt):
        _ = mg.ops.slow.scale
    monkeypatch.delattr("builtins.interrupt_me")
    assert mg.ops.slow.scale.name == "scale"


LACKS = {
    "stack": RecursionError(),
    "memory": MemoryError(),
    "open files": OSError(errno.EMFILE, "Too many open files"),
}


@pytest.mark.parametrize("lack", LACKS)
@pytest.mark.parametrize("place", ["class Op(", "    return [Op()]"])  # in the module, in the hook
def test_what_a_plugin_lacked_is_not_its_fault_for_good(
    site: Site, registry: PluginLoader, monkeypatch: pytest.MonkeyPatch, lack: str, place: str
) -> None:
    indent = " " * (len(place) - len(place.lstrip()))
    raising = f"{indent}import builtins\n{indent}if hasattr(builtins, 'lack'): raise builtins.lack\n"
    code = operation("implements = (np.i0,)").replace(place, raising + place)
    site.add("mg-slow", namespace="slow", code=code)
    monkeypatch.setattr("builtins.lack", LACKS[lack], raising=False)
    for _ in range(2):
        with pytest.raises(NoOperationError, match="try: try again when there is more"):
            np.i0(mg.tensor([1.0], requires_grad=True))
        with pytest.raises(PluginLoadError, match="'slow' failed to load"):
            _ = mg.ops.slow.op
    monkeypatch.delattr("builtins.lack")
    assert isinstance(np.i0(mg.tensor([1.0], requires_grad=True)), mg.Tensor)
    assert mg.ops.slow.op.name == "op"
    assert "slow" not in " ".join(registry.list_unavailable())


def test_a_claim_that_comes_late_is_contested_all_the_same(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = operation("implements = (np.i0,)")
    site.add("mg-a", namespace="a", code=code)
    site.add("mg-b", namespace="b", code=f"import builtins\nif hasattr(builtins, 'lack'):\n    1 / 0\n{code}")
    site.add(
        "mg-c",
        namespace="c",
        code=f"import builtins\nif hasattr(builtins, 'lack'):\n    raise MemoryError\n{code}",
    )
    monkeypatch.setattr("builtins.lack", True, raising=False)
    np.i0(mg.tensor([1.0], requires_grad=True))
    monkeypatch.delattr("builtins.lack")
    with pytest.raises(PluginLoadError, match="ZeroDivisionError"):
        _ = mg.ops.b.op
    assert mg.ops.c.op.name == "op"
    with pytest.raises(NoOperationError, match=r"np.i0 is claimed by a::op \(mg-a 1.0\) and by c::op"):
        np.i0(mg.tensor([1.0], requires_grad=True))


@pytest.mark.parametrize("left", range(8, 60, 4))
def test_a_first_touch_at_the_end_of_the_stack_leaves_nothing(
    site: Site, registry: PluginLoader, left: int
) -> None:
    site.add("mg-mine", namespace="mine", code=operation("implements = (np.i0,)"))

    def touch(depth: int) -> object:
        return touch(depth - 1) if depth else np.i0(mg.tensor([1.0], requires_grad=True))

    with suppress(RecursionError, NoOperationError):
        touch(sys.getrecursionlimit() - len(inspect.stack(0)) - left)
    assert isinstance(touch(0), mg.Tensor)
    assert not registry.scan().unreadable


def test_what_raises_when_it_is_looked_at_is_no_fault_of_the_module_that_has_it(site: Site) -> None:
    """As Django's settings do until they are configured."""
    unset = "class Unset:\n    def __getattribute__(self, name):\n        1 / 0\nsettings = Unset()\n"
    site.add("mg-mine", namespace="mine", code=unset + WORKING.format(op="scale"))
    assert mg.ops.mine.scale.name == "scale"


def test_a_miss_names_the_plugins_that_failed(site: Site, registry: PluginLoader) -> None:
    site.add("mg-bad", namespace="bad", code="import nothing_here", module="bad_plugin")
    registry.load_all()
    with pytest.raises(AttributeError, match="plugin 'bad' failed to load: ModuleNotFoundError"):
        _ = mg.ops.scale


def test_dir_of_a_broken_namespace_is_empty(site: Site) -> None:
    site.add("mg-bad", namespace="bad", code="import nothing_here", module="bad_plugin")
    assert dir(mg.ops.bad) == []
    assert dir(mg.ops) == ["bad"]


@pytest.mark.parametrize(
    ("module", "value", "named"),
    [
        ("mine/plugin.py", "mine", r"mine \(.*mine/__init__.py:1\)"),  # the package
        ("mine/plugin.py", "mine.plugin:Scale", r"Scale \(.*mine/plugin.py:4\)"),
        ("mine/plugin.py", "mine.plugin:scale", r"Scale \(.*mine/plugin.py:4\)"),
        ("mine/plugin.py", "mine.plugin:minigrad_operations", r"minigrad_operations \(.*:\d+\)"),
    ],
)
def test_an_entry_point_beside_the_hooks_is_told(site: Site, module: str, value: str, named: str) -> None:
    info = site.add("mg-mine", namespace="mine", typed=True, module="mine", code="")
    (site.folder / module).write_text(WORKING.format(op="scale") + "\nscale = Scale()\n")
    (info / "entry_points.txt").write_text(f"[minigrad]\nmine = {value}\n")
    with pytest.raises(PluginLoadError, match=f"{named} has no hook: the entry point must name the module"):
        _ = mg.ops.mine.scale


@pytest.mark.parametrize(
    ("code", "requires", "remedy"),
    [
        ("import absent", ["absent>=1"], "pip install absent"),
        ("import absent.part", ["absent-dist>=1", "numpy"], "pip install absent-dist"),
        (operation(returned="__import__('absent')"), ["absent>=1"], "pip install absent"),
        ("import absent", [], "pip install absent"),
        ("import absent", ["a-1", "not readable >> 3"], "pip install absent"),
        ("import absent", ["other-one; extra == 'more'", "absent"], "pip install absent"),
        ("import numpy.absent", ["numpy"], "upgrade it, fix it if it is yours"),
        ("import bad_plugin.absent", [], "upgrade it, fix it if it is yours"),
        ("raise ImportError('no')", [], "upgrade it, fix it if it is yours"),
    ],
)
def test_a_missing_dependency_is_to_be_installed(
    site: Site, code: str, requires: list[str], remedy: str
) -> None:
    site.add("mg-bad", namespace="bad", code=code, requires=requires, module="bad_plugin")
    with pytest.raises(PluginLoadError, match=f"  try   {remedy}, or MINIGRAD_DISABLE_PLUGINS=bad; details"):
        _ = mg.ops.bad.op


@pytest.mark.parametrize("namespace", ["my-ops", "_mine", "class"])
def test_an_odd_namespace_is_refused(site: Site, namespace: str) -> None:
    site.add("mg-odd", namespace=namespace)
    with pytest.raises(PluginLoadError, match=r"expected an identifier|no underscore first"):
        mg.ops[f"{namespace}::scale"]


@pytest.mark.parametrize(("written", "read"), [("\u00b5", "\u03bc"), ("mu\u0308ll", "m\u00fcll")])
@pytest.mark.parametrize("allowed", [False, True])
def test_a_namespace_is_read_as_python_reads_it(
    site: Site, open_registry: OpenRegistry, written: str, read: str, allowed: bool
) -> None:
    open_registry(**({"MINIGRAD_PLUGINS": written} if allowed else {}))
    info = site.add("mg-odd", namespace="odd")
    (info / "entry_points.txt").write_text(f"[minigrad]\n{written} = mg_odd_plugin\n", encoding="utf-8")
    assert dir(mg.ops) == [read]
    assert eval(f"mg.ops.{written}.scale") is mg.ops[f"{written}::scale"] is mg.ops[f"{read}::scale"]


def test_two_operations_that_answer_for_one_function_are_both_shown(site: Site) -> None:
    body = "implements = (np.tanh,)\nname = 'a'"
    code = operation(body, "[Op(), B()]").replace(
        "@mg.hookimpl", "class B(Op):\n    name = 'b'\n\n@mg.hookimpl"
    )
    site.add("mg-bad", namespace="bad", code=code, module="bad_plugin")
    message = r"two operations implement np.tanh: 'a' \(.*:5\) and 'b' \(.*:\d+\)"
    with pytest.raises(PluginLoadError, match=message):
        _ = mg.ops.bad.a


def test_a_plugin_whose_own_module_is_gone_is_to_be_installed_anew(site: Site) -> None:
    site.add("mg-bad", namespace="bad", module="bad_plugin")
    (site.folder / "bad_plugin.py").unlink()
    with pytest.raises(PluginLoadError, match="  try   install it again, or MINIGRAD_DISABLE_PLUGINS=bad"):
        _ = mg.ops.bad.scale


@pytest.mark.parametrize("base", ["", "(mg.Initializer)"])
@pytest.mark.parametrize(
    ("returned", "description"),
    [
        (
            "np.zeros(shape[::-1], dtype)",
            r"one of shape \(3, 2\) and type float32, expected an array of shape",
        ),
        ("np.zeros(shape)", r"one of shape \(2, 3\) and type float64, expected .* type float32"),
        ("[[0.0] * 3] * 2", "list, expected an array"),
        ("np.full(shape, np.nan, dtype)", r"NaN or infinities for shape \(2, 3\)"),
    ],
)
def test_a_result_of_an_initializer_that_no_parameter_can_have_names_the_plugin(
    site: Site, base: str, returned: str, description: str
) -> None:
    site.add("mg-bad", namespace="bad", code=INITIALIZER.format(base=base, returned=returned))
    with pytest.raises(InputError, match=rf"^bad::fill \(mg-bad 1\.0\) returned {description}"):
        mg.initializers.bad.fill((2, 3), rng=np.random.default_rng(0))
    assert not check_initializer(mg.initializers.bad.fill).ok  # which judges what the plugin's code returned


@pytest.mark.parametrize("base", ["", "(mg.Initializer)"])
def test_two_parameters_never_share_what_an_initializer_keeps(site: Site, base: str) -> None:
    code = INITIALIZER.format(
        base=base, returned="self.kept.setdefault((shape, dtype), np.zeros(shape, dtype))"
    )
    site.add("mg-bad", namespace="bad", code=code)
    fill = mg.initializers.bad.fill
    first, second = (mg.Parameter(fill((2, 3), rng=np.random.default_rng(0))) for _ in range(2))
    assert not np.shares_memory(first.data, second.data)
    assert {failure.code for failure in check_initializer(fill).failures} == {"shared-memory"}


def test_a_fault_is_told_in_a_folder_that_is_gone(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add("mg-bad", namespace="bad", code=operation(returned="[Op]"), module="bad_plugin")
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(PluginLoadError, match="expected an operation, got a class"):
        _ = mg.ops.bad.op


def test_an_exception_is_of_the_nearest_plugin_of_a_shared_namespace(
    site: Site, registry: PluginLoader
) -> None:
    for name in ("mine", "other"):
        folder = site.folder / "acme" / name
        folder.mkdir(parents=True)
        (folder / "plugin.py").touch()
        (folder / "rules.py").write_text("def fail():\n    raise ValueError('no')\n")
        info = site.add(f"acme-{name}", namespace=name, code="")
        (info / "entry_points.txt").write_text(f"[minigrad]\n{name} = acme.{name}.plugin\n")
    for name in ("mine", "other"):
        with pytest.raises(ValueError, match="no") as caught:
            import_module(f"acme.{name}.rules").fail()
        assert f"fail of plugin {name!r} (acme-{name} 1.0)" in (registry.find_culprit(caught.value) or "")
