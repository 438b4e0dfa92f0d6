"""`minigrad docs`: reference pages in Markdown."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from minigrad_core.cli.docs import MARK
from minigrad_core.cli.group import minigrad
from tests.plugins.testbed import WORKING, Site

CODE = '''from __future__ import annotations
import minigrad_core as mg
import numpy as np
from minigrad_core.cases import Case, real

class Scale(mg.Operation):
    """x times `by`.

    x: any shape. d/dx = by grad.
    """
    name = "scale"
    implements = (np.i0, np.sinc)
    cases = (Case(x=real("n"), by=3),)
    once_differentiable = "it is only an example"

    def forward(self, ctx: mg.Context, x: mg.Array, *, by: int | None = 2) -> mg.Array:
        return x * by

    def backward(self, ctx, grad):
        return grad

class Ones(mg.Initializer):
    """Ones."""
    name = "ones"
    def __call__(self, shape, *, rng, dtype=np.float32):
        return np.ones(shape, dtype)
    def std(self, fan_in, fan_out):
        return 0.0

class Bare:
    """Nothing."""
    name = "bare"
    def forward(self, ctx, x):
        return x
    def backward(self, ctx, grad):
        return grad

@mg.hookimpl
def minigrad_operations():
    return [Scale(), Bare()]

@mg.hookimpl
def minigrad_initializers():
    return [Ones()]
'''


def docs(*args: str | Path) -> Result:
    return CliRunner().invoke(minigrad, ["docs", *map(str, args)])


def raise_full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    "command",
    [("docs", "a", "--out", "{}"), ("stubs", "--out", "{}"), ("check", "a", "--html", "{}/page.html")],
)
def test_full_disk_leaves_no_half_of_a_file(
    site: Site, tmp_path: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add("mg-a", namespace="a")
    args = [part.format(tmp_path / "out") for part in command]
    (tmp_path / "out").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", raise_full_disk)
        result = CliRunner().invoke(minigrad, args)
    assert result.exit_code == 1
    assert re.fullmatch(r"Error: .*/out/\S+: No space left on device\n", result.stderr)
    assert list((tmp_path / "out").rglob("*.*")) == []


def test_page_at_a_link_is_written_where_the_link_leads(site: Site, tmp_path: Path) -> None:
    site.add("mg-a", namespace="a")
    link, page = tmp_path / "link.html", tmp_path / "page.html"
    link.symlink_to(page)
    CliRunner().invoke(minigrad, ["check", "a", "--html", str(link)])
    assert link.is_symlink()
    assert page.exists()


def test_pages_have_what_the_plugin_says(site: Site, tmp_path: Path) -> None:
    about = ["Summary: It scales.", "Project-URL: Homepage, https://example.org"]
    site.add("mg-a", namespace="a", code=CODE, metadata=about, typed=True, module="mg_a")
    out = tmp_path / "site"
    assert docs("a", "--out", out).stdout == f"{out}: 4 pages\n"
    written = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.md"))
    assert written == ["index.md", "initializers/ones.md", "operations/bare.md", "operations/scale.md"]
    assert (out / "index.md").read_text().removesuffix(MARK) == (
        "# a\n\nIt scales.\nhttps://example.org\n\n"
        "## Operations\n\n"
        "- [`bare`](operations/bare.md): Nothing.\n- [`scale`](operations/scale.md): x times `by`.\n\n"
        "## Initializers\n\n- [`ones`](initializers/ones.md): Ones.\n"
    )
    assert (
        (out / "operations" / "scale.md").read_text().removesuffix(MARK)
        == """# a::scale

```python
scale(x, *, by=2)
```

```text
x times `by`.

x: any shape. d/dx = by grad.
```

| | |
|---|---|
| kind | operation |
| found as | `mg.ops.a.scale` |
| inputs | x: mg.Array |
| settings | by: int \\| None = 2 |
| implements | [`np.i0`](https://numpy.org/doc/stable/reference/generated/numpy.i0.html), \
[`np.sinc`](https://numpy.org/doc/stable/reference/generated/numpy.sinc.html) |
| derivatives | first only: it is only an example |
| broadcasts | no |
| defined in | `mg_a/__init__.py:6` |

The cases in which the contract kit calls it:

```python
Case(x=real('n'), by=3)
```
"""
    )
    page = (out / "initializers" / "ones.md").read_text()
    assert "ones(shape, *, rng, dtype=np.float32)" in page
    assert "| `std(784, 100)` | 0 |" in page


def test_only_pages_that_it_wrote_itself_are_replaced(site: Site, tmp_path: Path) -> None:
    site.add("mg-a", namespace="a", code=CODE)
    assert docs("a", "--out", tmp_path).exit_code == 0
    page = tmp_path / "operations" / "bare.md"
    page.write_text(f"of an older version{MARK}")
    assert docs("a", "--out", tmp_path).exit_code == 0
    assert "older" not in page.read_text()
    page.unlink()
    (tmp_path / "index.md").write_text("mine")
    result = docs("a", "--out", tmp_path)
    assert result.exit_code == 2
    assert "index.md: not written by this command, and not replaced" in " ".join(result.stderr.split())
    assert (tmp_path / "index.md").read_text() == "mine"
    assert not page.exists()


def test_a_docstring_may_have_fences(site: Site, tmp_path: Path) -> None:
    code = WORKING.format(op="scale").replace(
        "    name =", '    """```\n    scale(x)\n    ```"""\n    name ='
    )
    site.add("mg-a", namespace="a", code=code)
    assert CliRunner().invoke(minigrad, ["docs", "a", "--out", str(tmp_path)]).exit_code == 0
    page = (tmp_path / "operations" / "scale.md").read_text()
    assert "````text\n```\nscale(x)\n```\n````\n" in page


def test_every_page_of_our_own_can_be_written(tmp_path: Path) -> None:
    for namespace in ("basic", "nn"):
        assert docs(namespace, "--out", tmp_path / namespace).exit_code == 0
        for page in (tmp_path / namespace).rglob("*.md"):
            assert page.name == "index.md" or "| defined in | `minigrad_ops_" in page.read_text()


@pytest.mark.parametrize(
    ("namespace", "message"),
    [("b", "plugin 'b' failed to load"), ("aa", "has the namespace 'aa'\n  near  a")],
)
def test_a_plugin_that_is_not_there_is_told(site: Site, tmp_path: Path, namespace: str, message: str) -> None:
    site.add("mg-a", namespace="a")
    site.add("mg-b", namespace="b", code="import nothing_here")
    result = docs(namespace, "--out", tmp_path / "site")
    assert result.exit_code == 1
    assert message in result.stderr
    assert not (tmp_path / "site").exists()
