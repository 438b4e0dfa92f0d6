"""The formats of a drawing are well-formed and escaped; other formats are refused."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import minigrad_core as mg
from minigrad_core.drawing import Drawing
from minigrad_core.drawing.palette import BOLD, DARK, LIGHT
from minigrad_core.errors import ArgumentError, MissingPackageError
from tests.core.drawing.programs import Stack
from tests.core.tiny_ops import make_operation

HOSTILE = '<script>alert("1")</script>&'


def hostile() -> Drawing:
    op = make_operation(lambda self, ctx, x: x + 1, name=HOSTILE)
    return mg.draw(op(mg.Parameter(np.ones(3), 'a"]; <b> `x` \\ $y$')))


def test_svg_is_well_formed_and_contains_the_names() -> None:
    document = ElementTree.fromstring(hostile()._repr_svg_())
    texts = ["".join(text.itertext()) for text in document.iter("{http://www.w3.org/2000/svg}text")]
    assert HOSTILE in texts
    assert 'a"]; <b> `x` \\ $y$' in texts
    assert not list(document.iter("{http://www.w3.org/2000/svg}script"))


def test_every_class_of_the_svg_has_colours_on_light_and_on_dark() -> None:
    x = mg.tensor(np.ones(3), requires_grad=True)
    text = mg.draw(Stack(12)(x), values=True)._repr_svg_()
    used = {kind for kinds in re.findall(r'class="([^"]+)"', text) for kind in kinds.split()}
    assert used - {"minigrad-drawing", "t"} <= LIGHT.keys()
    assert LIGHT.keys() == DARK.keys() >= BOLD


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_the_contrast_that_wcag_requires(colours: Any) -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    grounds = {
        "input-title": ["input"],
        "result-title": ["result"],
        "fold-title": ["fold"],
        "title": ["operation"],
    }
    grounds |= {"row": ["operation", "fold"], "foot": ["operation", "fold", "input", "paper"]}
    grounds |= {"caption": ["operation", "box0", "box1"]} | {f"accent{i}": ["operation"] for i in range(6)}
    for text, behind in grounds.items():
        for ground in behind:
            low, high = sorted([luminance(colours[text].fill), luminance(colours[ground].fill)])
            assert (high + 0.05) / (low + 0.05) >= 4.5, (text, ground)


def test_dot_quotes_characters_that_would_end_a_string(tmp_path: Path) -> None:
    hostile().save(tmp_path / "graph.dot")
    text = (tmp_path / "graph.dot").read_text(encoding="utf-8")
    label = next(line for line in text.splitlines() if "script" in line)
    assert re.fullmatch(r' *n\d+ \[label="(?:[^"\\]|\\.)*" shape=box\]', label)
    assert text.startswith("digraph {")


def test_mermaid_has_only_letters_and_codes_of_names() -> None:
    label = next(line for line in hostile().mermaid().splitlines() if "script" in line)
    assert re.fullmatch(r' *n\d+\["(?:<br>|#\d+;|[\w .,:()=-])*"\]', label)


def test_a_file_of_mermaid_is_the_text_of_the_method(tmp_path: Path) -> None:
    picture = hostile()
    picture.save(tmp_path / "graph.mmd")
    assert (tmp_path / "graph.mmd").read_text(encoding="utf-8") == picture.mermaid()


def test_a_png_is_an_image_of_twice_the_size_of_the_svg(tmp_path: Path) -> None:
    picture = hostile()
    picture.save(tmp_path / "graph.png")
    picture.save(str(tmp_path / "GRAPH.SVG"))
    width = float(re.findall(r'width="([\d.]+)"', (tmp_path / "GRAPH.SVG").read_text(encoding="utf-8"))[0])
    with Image.open(tmp_path / "graph.png") as image:
        assert abs(image.width - 2 * width) <= 1
        assert len(image.convert("L").getcolors() or []) > 20  # letters, and not one colour


def test_a_png_without_matplotlib_is_refused_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(
        MissingPackageError, match=r'pip install "minigrad-core\[draw\]", or save it as \.svg'
    ):
        hostile().save(tmp_path / "graph.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["graph.jpg", "graph"])
def test_another_format_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"saved as \.svg, \.png, \.dot, \.mmd, got .*graph"):
        hostile().save(tmp_path / name)
