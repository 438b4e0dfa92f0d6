from __future__ import annotations

import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from minigrad_train.datasets import Task
from minigrad_train.history import Epoch, History
from minigrad_train.pictures import draw_augmentation, draw_curves, draw_mistakes, write_picture
from minigrad_train.pictures.fonts import DEFAULT, find_fonts
from minigrad_train.pictures.mistakes import find_worst_mistakes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

pytestmark = pytest.mark.usefixtures("rendered_figures")


def history(*validation: float) -> History:
    return History(
        Epoch(
            k,
            1 / k,
            1.0,
            100.0,
            {"accuracy": 1 - 0.5 / k, "validation_loss": loss, "validation_accuracy": 0.9},
        )
        for k, loss in enumerate(validation, 1)
    )


def texts(figure: Figure) -> str:
    """Return everything that is written in a figure."""
    import matplotlib.text

    found = figure.findobj(matplotlib.text.Text)
    return "\n".join(text.get_text() for text in found if isinstance(text, matplotlib.text.Text))


def test_curves_say_what_they_are_of() -> None:
    shown = texts(draw_curves(history(0.9, 0.6, 0.5), {"loss": 0.4, "accuracy": 0.9126}, "mlp · seed 0"))
    for text in ("Loss", "Accuracy", "training", "validation", "test 91.26 %", "epoch", "mlp · seed 0"):
        assert text in shown
    assert "best epoch" not in shown


def test_curves_mark_the_best_epoch() -> None:
    figure = draw_curves(history(0.9, 0.5, 0.6, 0.7), None, "", best=2)
    assert texts(figure).count("best epoch 2, by validation loss") == 1
    assert texts(figure).count("best epoch 2") == 2
    assert "test" not in texts(figure)


def test_diverged_run_is_marked_and_its_losses_have_a_logarithmic_axis() -> None:
    figure = draw_curves(history(0.9, 0.5, 4e32), None, "", best=2, diverged=3)
    assert texts(figure).count("diverged in epoch 3") == 2
    assert "best epoch" not in texts(figure)
    assert figure.axes[0].get_yscale() == "log"


def test_test_is_drawn_at_the_best_epoch() -> None:
    figure = draw_curves(history(0.9, 0.5, 0.6), {"loss": 0.4, "accuracy": 0.99996}, "", best=2)
    assert "test 99.99 %" in texts(figure)
    for axes in figure.axes:
        assert [line.get_xdata() for line in axes.lines if str(line.get_label()).startswith("test")] == [[2]]


def test_legends_lie_below_the_axes() -> None:
    figure = draw_curves(history(*np.linspace(1, 0.5, 40)), {"loss": 0.4, "accuracy": 0.9}, "")
    figure.canvas.draw()
    for axes in figure.axes:
        legend = axes.get_legend()
        assert legend is not None
        assert legend.get_window_extent().y1 < axes.get_window_extent().y0


def test_characters_that_the_font_lacks_are_found_in_another_font() -> None:
    """STIX ships with Matplotlib too; a font for Chinese does not."""
    assert find_fonts(["rose", "роза", "τριαντάφυλλο"]) == [DEFAULT]
    (own, other) = find_fonts(["\u24b6\u20dd"])
    assert (own, other) == (DEFAULT, "STIXGeneral")
    task = Task((1, 2, 2), ("a", "b\u20dd"))
    figure = draw_mistakes(np.zeros((1, 4)), np.array([[0.9, 0.1]]), np.array([1]), task, "run")
    assert figure.axes[0].title.get_fontfamily() == [DEFAULT, "STIXGeneral"]


def test_font_that_was_installed_after_matplotlib_listed_the_fonts_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from matplotlib import font_manager

    listed = font_manager.fontManager.ttflist
    paths = [font.fname for font in listed if font.name == "STIXGeneral"]
    own = [font for font in listed if font.name == DEFAULT]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [*paths, "/no/such/font.ttf"])
    assert find_fonts(["\u24b6\u20dd"]) == [DEFAULT, "STIXGeneral"]


def list_overlaps(figure: Figure) -> list[tuple[str, str]]:
    """Return the pairs of texts that overlap, and each text that leaves the figure; ticks do not count."""
    import matplotlib.text
    from matplotlib.axis import Tick

    figure.draw_without_rendering()
    found = [tick for tick in figure.findobj(Tick) if isinstance(tick, Tick)]
    ticks = {text for tick in found for text in (tick.label1, tick.label2)}
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(matplotlib.text.Text)
        if isinstance(text, matplotlib.text.Text) and text.get_text() and text not in ticks
    ]
    width, height = figure.canvas.get_width_height()
    pairs = [(a, b) for (a, box), (b, other) in combinations(boxes, 2) if box.overlaps(other)]
    outside = [
        (text, "the edge")
        for text, box in boxes
        if min(box.x0, box.y0) < 0 or box.x1 > width or box.y1 > height
    ]
    return pairs + outside


LONG = "a-very-long-name-of-a-run-" * 5


def test_no_text_of_the_curves_overlaps_another() -> None:
    errors = History(
        Epoch(k, 1 / k, 1.0, 1.0, {"mae": 54321.9 / k, "validation_loss": loss, "validation_mae": 1e5})
        for k, loss in enumerate((0.9, 0.5, 0.6), 100)
    )
    figure = draw_curves(errors, {"loss": 0.4, "mae": 45321.7}, f"mlp · {LONG}")
    assert "test 45322" in texts(figure)
    assert list_overlaps(figure) == []
    assert list_overlaps(draw_curves(errors, None, LONG, best=101, diverged=102)) == []


# No installed font may have the Japanese name, which Matplotlib then draws as boxes.
@pytest.mark.filterwarnings("ignore:Glyph:UserWarning")
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 40, 8), (1, 8, 40)])
def test_no_text_of_the_mistakes_and_of_the_augmentation_overlaps_another(
    shape: tuple[int, int, int],
) -> None:
    names = (
        "CHRYSANTHEMUMS",
        "愛知県の長い名前です",
        "chrysanthemum indicum",
        *(f"class {k}" for k in range(27)),
    )
    task = Task(shape, names)
    rng = np.random.default_rng(0)
    images = rng.random((60, int(np.prod(shape))), np.float32)
    probabilities, labels = rng.dirichlet(np.ones(30), 60), np.arange(60) % 30
    for count in (1, 60):
        figure = draw_mistakes(images[:count], probabilities[:count], labels[:count], task, LONG)
        assert list_overlaps(figure) == []
    augmented = draw_augmentation(images, images, task, [LONG, "shift=3"])
    assert list_overlaps(augmented) == []


@pytest.mark.parametrize("epochs", [1, 2, 3, 12, 40, 1000])
def test_ticks_are_whole_epochs_and_short_numbers(epochs: int) -> None:
    figure = draw_curves(history(*np.linspace(1, 0.5, epochs)), None, "")
    figure.canvas.draw()
    for axes in figure.axes:
        labels = [text.get_text() for text in axes.get_xticklabels()]
        assert all(label.isdecimal() for label in labels)
        assert len(set(labels)) == len(labels)
        assert all(len(text.get_text()) <= 7 for text in axes.get_yticklabels())


def test_mistakes_have_a_title_the_names_and_an_explanation() -> None:
    task = Task((3, 4, 5), ("cat", "$\\dog$", "Chrysanthemum indicum"))
    probabilities = np.array([[0.9, 0.1, 0.0], [0.3, 0.7, 0.0], [0.1, 0.1, 0.8]])
    images = np.random.default_rng(0).random((3, 60), dtype=np.float32)
    figure = draw_mistakes(images, probabilities, np.array([1, 1, 0]), task, "run 7, test")
    shown = texts(figure)
    figure.canvas.draw()  # a dollar begins no formula
    for text in (
        "run 7, test: 2 mistakes in 3 images",
        "cat",
        "90.0 %",
        "Chrysan…ndicum",
        "probability",
    ):
        assert text in shown


def test_surest_mistake_comes_first_and_what_is_right_not_at_all() -> None:
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.7, 0.3]])
    assert find_worst_mistakes(probabilities, np.array([0, 0, 0, 1])).tolist() == [2, 3, 1]


def test_picture_that_cannot_be_drawn_or_written_is_told_and_raises_nothing(tmp_path: Path) -> None:
    def fail() -> Figure:
        raise ValueError("no fonts")

    fault = write_picture(tmp_path / "a.png", fail)
    assert fault == f"{tmp_path / 'a.png'} could not be drawn: ValueError: no fonts"
    (tmp_path / "file").write_text("")
    fault = write_picture(tmp_path / "file" / "a.png", lambda: draw_curves(history(0.9), None, ""))
    assert fault is not None
    assert fault.startswith(f"{tmp_path / 'file' / 'a.png'} could not be drawn: ")


@pytest.mark.parametrize(
    ("losses", "diverged"), [([0.9], None), ([0.9, 0.5, 0.6], None), ([0.9, 0.5, 4e32], 3), ([4e32], 1)]
)
def test_curves_of_every_kind_of_run_are_written(
    tmp_path: Path, losses: list[float], diverged: int | None
) -> None:
    path = tmp_path / "curves.png"
    assert write_picture(path, lambda: draw_curves(history(*losses), None, "run", diverged=diverged)) is None
    assert np.asarray(Image.open(path)).std() > 10


DRAW = """
import sys
from pathlib import Path
from minigrad_train.history import Epoch, History
from minigrad_train.pictures import draw_curves, write_picture

history = History([Epoch(1, 0.5, 1.0, 1.0), Epoch(2, 0.4, 1.0, 1.0)])
print(write_picture(Path(sys.argv[1]), lambda: draw_curves(history, None, "caption")))
"""


def test_environment_of_matplotlib_changes_no_pixel_and_says_nothing(tmp_path: Path) -> None:
    style = tmp_path / "matplotlibrc"
    style.write_text("figure.facecolor: black\nfont.size: 30\nbackend: nonsense\nno such setting\n")
    nowhere = {
        "HOME": "/proc",
        "XDG_CACHE_HOME": "/proc",
        "XDG_CONFIG_HOME": "/proc",
        "MPLCONFIGDIR": "/proc/x",
    }
    foreign = {"MPLBACKEND": "module://nowhere.at_all", "MATPLOTLIBRC": str(style)}
    drawn, plain = tmp_path / "drawn.png", tmp_path / "plain.png"
    command = [sys.executable, "-c", DRAW, str(drawn)]
    environment = os.environ | nowhere | foreign
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("None\n", "")
    epochs = History([Epoch(1, 0.5, 1.0, 1.0), Epoch(2, 0.4, 1.0, 1.0)])
    assert write_picture(plain, lambda: draw_curves(epochs, None, "caption")) is None
    pixels = np.asarray(Image.open(drawn))
    np.testing.assert_array_equal(pixels, np.asarray(Image.open(plain)))
    assert pixels[0, 0].tolist() == [255, 255, 255, 255]  # legible on a dark page too
    assert pixels[..., 3].min() == 255
