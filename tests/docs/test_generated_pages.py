"""Tests of the generated pages, without Sphinx."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import minigrad_core as mg
from minigrad_core.hints import TENSOR
from minigrad_core.testing.laws import LAWS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the generated pages."""
    out = tmp_path_factory.mktemp("generated")
    sys.path.insert(0, str(DOCS))
    import_module("extensions.from_the_registry").write(out)
    yield out
    sys.path.remove(str(DOCS))
    for name in [name for name in sys.modules if name.partition(".")[0] == "extensions"]:
        del sys.modules[name]


def test_each_registered_object_has_a_page_with_a_link(generated: Path) -> None:
    for kind, catalog in (
        ("operations", mg.ops),
        ("initializers", mg.initializers),
        ("optimizers", mg.optimizers),
    ):
        for full in catalog:
            namespace, _, name = full.partition("::")
            if namespace in ("basic", "nn"):
                page = (generated / namespace / kind / f"{name}.md").read_text()
                assert f"# {full}\n" in page
                assert "**Next:** [all of" in page


def test_a_page_has_the_import_path_of_its_object(generated: Path) -> None:
    names = {
        "optimizers/sgd": "`mg.optimizers.nn.sgd`, `minigrad_ops_nn.optimizers.SGD`",
        "operations/cross_entropy": "`mg.ops.nn.cross_entropy`, `minigrad_ops_nn.losses.cross_entropy`",
    }
    for page, name in names.items():
        assert f"| found as | {name} |" in (generated / "nn" / f"{page}.md").read_text()


def test_functions_link_to_the_manual_of_numpy(generated: Path) -> None:
    manual = "https://numpy.org/doc/stable/reference/generated/numpy."
    operations = generated / "basic" / "operations"
    assert f"{manual}linalg.solve.html" in (operations / "solve.md").read_text()
    assert f"[`np.add.accumulate`]({manual}ufunc.accumulate.html)" in (operations / "cumsum.md").read_text()


def test_the_table_lists_the_functions_that_operations_implement(generated: Path) -> None:
    table = (generated / "numpy-functions.md").read_text()
    assert "| `np.tanh` | [`tanh`](basic/operations/tanh.md) |  | also complex | any |" in table
    assert "| `np.argmax` | [`argmax`](basic/operations/argmax.md) | all of NumPy's | none |  |" in table


def test_the_pages_list_all_laws_and_hints(generated: Path) -> None:
    laws, hints = ((generated / f"{name}.md").read_text() for name in ("laws", "hints"))
    assert all(f"### {law.name}\n" in laws for law in LAWS)
    assert all(f"| `{name}` | " in hints for name in TENSOR)
