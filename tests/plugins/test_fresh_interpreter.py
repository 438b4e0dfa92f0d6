"""What only a fresh interpreter shows: what is imported when, threads, exits, the order of imports."""

from __future__ import annotations

import pytest

from tests.plugins.testbed import WORKING, Site


def run(site: Site, code: str, env: dict[str, str] | None = None) -> str:
    done = site.python(code, env)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_core_among_a_thousand_plugins_touches_none_of_them(site: Site) -> None:
    for i in range(1000):
        site.add(f"mg-{i}", namespace=f"n{i}", module=f"mg_{i}_plugin")
    code = f"""
        import sys
        opened = []
        sys.addaudithook(lambda event, args: event == "open" and opened.append(str(args[0])))
        import minigrad_core as mg
        assert not {{"pluggy", "importlib.metadata", "packaging"}} & set(sys.modules)
        assert not [path for path in opened if path.startswith({str(site.folder)!r})]

        assert mg.ops.n7.scale.name == "scale"
        assert [name for name in sys.modules if name.endswith("_plugin")] == ["mg_7_plugin"]
        ours = [path for path in opened if path.startswith({str(site.folder)!r})]
        print(len([path for path in ours if path.endswith("entry_points.txt")]))
        print(len([path for path in ours if path.endswith("METADATA")]))
    """
    scanned, metadata = map(int, run(site, code).split())
    # One look into each distribution; the rest is read only for the one that was asked for.
    assert scanned == 1000
    assert metadata <= 4


def test_among_a_thousand_plugins_only_the_one_that_answers_is_loaded(site: Site) -> None:
    numpys = [f"numpy.{name}" for name in ("i0", "sinc", "unwrap")]
    for i in range(1000):
        functions = [numpys[i - 500]] if 500 <= i < 503 else [f"scipy.special.f{i}"]
        code = WORKING.format(op="scale")
        if i == 500:
            code = code.replace("broadcasts", "implements = (__import__('numpy').i0,)\n    broadcasts")
        site.add(f"mg-{i}", namespace=f"n{i}", module=f"mg_{i}_plugin", functions=functions, code=code)
    code = """
        import sys
        import numpy as np
        import minigrad_core as mg

        def loaded():
            return [name for name in sys.modules if name.endswith("_plugin") and name.startswith("mg_")]

        t = mg.tensor([1.0], requires_grad=True)
        assert np.shape(t) == (1,) and np.zeros_like(t)[0] == 0
        assert len(dir(mg.ops)) > 1000 and mg.ops and not hasattr(mg.ops, "nothing")
        np.exp(t)
        assert loaded() == []
        assert np.i0(t).item() == 2.0
        assert loaded() == ["mg_500_plugin"]
        try:
            np.poly(t)
        except mg.errors.NoOperationError:
            pass
        assert loaded() == ["mg_500_plugin"]
    """
    run(site, code)


def test_a_plugin_that_is_imported_before_the_core_works(site: Site) -> None:
    site.add("mg-a", namespace="a", module="mg_a_plugin")
    code = """
        import mg_a_plugin
        import minigrad_core as mg
        assert mg.ops.a.scale.__class__ is mg_a_plugin.Scale
    """
    run(site, code)


def test_an_exit_in_a_plugin_does_not_end_the_process(site: Site) -> None:
    site.add("mg-bad", namespace="bad", code="import sys; sys.exit('goodbye')")
    code = """
        import minigrad_core as mg
        try:
            mg.ops.bad.op
        except mg.errors.PluginLoadError as error:
            assert "cause SystemExit: goodbye" in str(error)
            print("went on")
    """
    assert run(site, code) == "went on\n"


def test_sixteen_threads_load_a_namespace_once(site: Site) -> None:
    site.add(
        "mg-a",
        namespace="a",
        code="import builtins, time\nbuiltins.loads = getattr(builtins, 'loads', 0) + 1\ntime.sleep(0.05)\n"
        + WORKING.format(op="scale"),
    )
    code = """
        import builtins
        from concurrent.futures import ThreadPoolExecutor
        from threading import Barrier
        import minigrad_core as mg
        barrier = Barrier(16)

        def use(_):
            barrier.wait()
            return float(mg.ops.a.scale(mg.tensor(2.0)).item())

        with ThreadPoolExecutor(16) as pool:
            print(set(pool.map(use, range(16))), builtins.loads)
    """
    assert run(site, code) == "{4.0} 1\n"


def test_two_threads_that_load_plugins_which_use_each_other_do_not_lock_up(site: Site) -> None:
    uses_other = "import time; time.sleep(0.05)\nimport minigrad_core as mg\nmg.ops.{}.scale\n"
    site.add("mg-a", namespace="a", code=uses_other.format("b") + WORKING.format(op="scale"))
    site.add("mg-b", namespace="b", code=uses_other.format("a") + WORKING.format(op="scale"))
    code = """
        from concurrent.futures import ThreadPoolExecutor
        from threading import Barrier
        import minigrad_core as mg
        barrier = Barrier(2)

        def use(namespace):
            barrier.wait()
            try:
                mg.ops[namespace + "::scale"]
            except mg.errors.PluginLoadError as error:
                return str(error)

        with ThreadPoolExecutor(2) as pool:
            print(*pool.map(use, "ab"), sep="\\n")
    """
    out = run(site, code)
    assert "is requested while it is being imported: " in out
    assert "a -> b -> a" in out or "b -> a -> b" in out


@pytest.mark.parametrize("statement", ["import minigrad_core; minigrad_core.ops.a.scale", "import mg_a"])
@pytest.mark.parametrize(("uses", "cycle"), [({"a": "a"}, "a -> a"), ({"a": "b", "b": "a"}, "a -> b -> a")])
def test_plugins_that_ask_for_themselves_during_their_import_are_told_the_cycle(
    site: Site, uses: dict[str, str], cycle: str, statement: str
) -> None:
    for own, other in uses.items():
        code = f"import minigrad_core as mg\nmg.ops.{other}.scale\n" + WORKING.format(op="scale")
        site.add(f"mg-{own}", namespace=own, code=code, module=f"mg_{own}")
    done = site.python(statement)
    assert done.returncode == 1
    assert f"plugin 'a' is requested while it is being imported: {cycle}\n" in done.stderr


def test_a_plugin_that_a_user_imports_while_another_thread_loads_it_does_not_lock_up(site: Site) -> None:
    body = "import time; time.sleep(0.3)\nimport minigrad_core as mg\ntry:\n    mg.ops.a.scale\n"
    body += "except AttributeError as error:\n    print(error)\n"
    site.add("mg-a", namespace="a", module="mg_a", code=body + WORKING.format(op="scale"))
    code = """
        import threading, time
        import minigrad_core as mg
        other = threading.Thread(target=lambda: (time.sleep(0.1), mg.ops.a.scale))
        other.start()
        import mg_a
        other.join()
        assert mg.ops.a.scale
    """
    assert "plugin 'a' is requested while it is being imported: a -> a" in run(site, code)


def test_a_plugin_may_use_another_one_while_it_is_imported(site: Site) -> None:
    uses = "import minigrad_core as mg\nmg.ops.b.scale(mg.tensor(1.0))\n"
    site.add("mg-a", namespace="a", code=uses + WORKING.format(op="scale"))
    site.add("mg-b", namespace="b")
    run(site, "import minigrad_core as mg; assert mg.ops.a.scale and mg.ops.b.scale")


def test_a_setting_that_names_nothing_is_no_error_at_import(site: Site) -> None:
    code = """
        import minigrad_core as mg
        try:
            mg.ops.basic
        except mg.errors.PluginSettingError as error:
            print(error)
    """
    out = run(site, code, {"MINIGRAD_PLUGINS": "nothing"})
    assert out.startswith("MINIGRAD_PLUGINS names 'nothing'")


@pytest.mark.parametrize("variable", ["MINIGRAD_PLUGINS", "MINIGRAD_DISABLE_PLUGINS"])
def test_a_plugin_that_may_not_load_is_not_imported(site: Site, variable: str) -> None:
    site.add("mg-a", namespace="a", code="print('imported')")
    value = "a" if variable == "MINIGRAD_DISABLE_PLUGINS" else ""
    out = run(
        site, "import minigrad_core as mg; print(len(dir(mg.ops)) > 0, 'a::x' in mg.ops)", {variable: value}
    )
    assert out == "True False\n"
