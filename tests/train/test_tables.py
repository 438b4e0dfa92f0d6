"""`--data table.csv`: classes or a number are learned from columns, and predicted for other rows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from minigrad_core.errors import ArgumentError
from minigrad_train.cli.predict import predict
from minigrad_train.cli.runs import runs
from minigrad_train.cli.train import train
from minigrad_train.datasets import load
from minigrad_train.errors import DatasetError, SavedRunError
from minigrad_train.saved_network import load_model
from tests.train.conftest import invoke

RNG = np.random.default_rng(0)
FAST = ("--epochs", 20, "--batch-size", 10, "--hidden", 16, "--lr", 0.01)


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    """Return 300 houses whose price is a function of two columns, in another unit."""
    area, age = RNG.uniform(30, 300, 300), RNG.integers(0, 100, 300)
    price = 3000 * area - 2000 * age + 50_000.5
    lines = [f"{a:.2f},{b},{p:.1f}" for a, b, p in zip(area, age, price, strict=True)]
    (tmp_path / "houses.csv").write_text("\n".join(["area,age,price", *lines]))
    return tmp_path / "houses.csv"


@pytest.fixture
def flowers(tmp_path: Path) -> Path:
    """Return 120 flowers of three kinds with names, separated by semicolons, as a spreadsheet saves them."""
    kinds = np.arange(120) % 3
    lines = [
        f'"{name}";{x:.3f};{y:.3f}'
        for name, x, y in zip(
            np.array(["rose", "tulipe, rouge", "œillet"])[kinds],
            kinds + RNG.normal(0, 0.2, 120),
            -1000 * kinds + RNG.normal(0, 100, 120),
            strict=True,
        )
    ]
    (tmp_path / "flowers.csv").write_text("\n".join(["kind;length;width", *lines]), encoding="utf-8-sig")
    return tmp_path / "flowers.csv"


def test_regression_is_learned_measured_and_predicted_in_the_unit_of_the_target(
    houses: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    result = invoke(train, "--data", houses, "--out", run, *FAST)
    assert result.exit_code == 0
    assert "rows of 2 columns, regression of price" in result.output
    saved = json.loads((run / "result.json").read_text())
    assert saved["test_mae"] < 0.1 * saved["test_guess_mae"]
    assert saved["test_guess_mae"] > 50_000
    assert re.search(r"^test mae \S+ \(always the median: \S+\)$", result.output, re.MULTILINE)
    assert re.search(r"validation mae \d+", result.output)
    again = json.loads(invoke(predict, run, "--test", "--json").stdout)["measured"]
    assert again["mae"] == pytest.approx(saved["test_mae"], rel=1e-5)
    (tmp_path / "new.csv").write_text("age,town,area\n10,Rome,100\n")
    [entry] = json.loads(invoke(predict, run, tmp_path / "new.csv", "--json").stdout)["predictions"]
    assert entry["price"] == pytest.approx(330_000, rel=0.15)
    line = invoke(predict, run, tmp_path / "new.csv").output
    assert line.startswith(f"{tmp_path / 'new.csv'}  3")
    assert "mae" in invoke(predict, run, houses).output
    assert "mae" in invoke(runs, run).output


def test_text_classes_of_any_column_are_learned_and_predicted(flowers: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    result = invoke(train, "--data", flowers, "--target", "kind", "--out", run, *FAST)
    assert "rows of 2 columns, 3 classes of kind" in result.output
    assert json.loads((run / "result.json").read_text())["test_accuracy"] > 0.9
    counts = json.loads((run / "config.json").read_text())["counts"]
    assert counts["test"] == {"rose": 7, "tulipe, rouge": 7, "œillet": 6}
    (tmp_path / "new.csv").write_text("width,length\n-2000,2\n0,0\n")
    output = json.loads(invoke(predict, run, tmp_path / "new.csv", "--json").stdout)
    assert [entry["class"] for entry in output["predictions"]] == ["œillet", "rose"]
    assert "accuracy" in invoke(predict, run, flowers).output
    assert not (run / "mistakes.png").exists()
    assert invoke(train, "--resume", run, "--epochs", 21).exit_code == 0


def test_whole_numbers_are_classes_in_their_order_unless_told_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = [f"{RNG.normal():.3f},{[2, 10, 3][number % 3]}" for number in range(60)]
    path.write_text("\n".join(["x,stars", *rows]))
    assert load(path).task.classes == ("2", "3", "10")
    splits, task = load(path, kind="regression")
    assert task.is_regression
    assert splits.train.labels.shape == (len(splits.train.images), 1)
    assert np.abs(splits.train.labels.mean()) < 1e-6


def test_columns_are_scaled_by_the_training_rows_alone(houses: Path) -> None:
    splits, task = load(houses)
    np.testing.assert_allclose(splits.train.images.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(splits.train.images.std(axis=0), 1, rtol=1e-5)
    assert task.table is not None
    assert task.table.columns == ("area", "age")
    assert np.abs(splits.test.images.mean(axis=0)).max() > 1e-3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n,3\n4,\n", r"line 3, column 'a': no value \(''\)\n  line 4, column 'b': no value"),
        ("a,b\n1,NA\n2,3\n", r"line 2, column 'b': no value \('NA'\)"),
        ("a,town,b\n1,Rome,2\n", r"line 2, column 'town': expected a number, got 'Rome'"),
        ("a,b\n1,2,3\n", r"line 2: expected 2 cells, got 3"),
        ("1,2\n3,4\n", r"line 1: expected the names of the columns, got numbers"),
        ("a,a\n1,2\n", r"two columns are called 'a'"),
        ("a\n1\n", r"expected a column to predict and others, got 'a' alone"),
        ("", r"no rows in it"),
        ("a,b\n", r"no rows in it below the header"),
        ("a,b\n1,2\ninf,0.5\n", r"line 3, column 'a': expected a number, got 'inf'"),
        ("a,b\n1,2\n-1e101,2\n", r"line 3, column 'a': expected a number up to 1e\+100, got '-1e101'"),
        ("a,b\n1,2\n9007199254740993,2\n", r"line 3, column 'a': '9007\d+' has more digits than a float64"),
        ("a;b\n0,5;1\n1,5;2\n", r"a decimal point .*\n  line 2, column 'a': .* '0,5', and so in all other"),
        (",a,b\n0,1,2\n", r"column 1 has no name: name it, or leave it out, .* to_csv\(index=False\)"),
        ("a,b\n1,2\n2020_01,2\n", r"line 3, column 'a': expected a number, got '2020_01'"),
        ('\n"a, b, c";y\n1;2\n2,5;3\n', r"line 4, column 'a, b, c': expected a number, got '2,5'"),
        ("a,b\n" + "1,0\n2,1\n3,1.0\n" * 6, r"column 'b' has one number as '1' and as '1.0': write each"),
        ("a,b\n" + "1,2.5\n2,2.5\n" * 6, r"column 'b' is 2.5 in each training row"),
    ],
)
def test_faults_are_told_by_line_and_column(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "table.csv").write_text(text)
    with pytest.raises(DatasetError, match=message):
        load(tmp_path / "table.csv")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le"])
def test_text_in_another_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    """Read in its place as UTF-8, the names of the classes would be wrong, and two could become one."""
    (tmp_path / "table.csv").write_bytes("a,b\n1,été\n2,ítí\n".encode(encoding))
    with pytest.raises(DatasetError, match=r"(line 2: expected|expected) a text in UTF-8"):
        load(tmp_path / "table.csv")


@pytest.mark.filterwarnings("ignore:.* training example of:UserWarning")
def test_target_of_many_different_texts_is_no_class(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n" + "".join(f'{number},"{1000 + number:,}"\n' for number in range(30)))
    with pytest.raises(
        DatasetError, match=r"'b' has 30 different texts in 30 rows, such as '1,000', too many"
    ):
        load(path)
    assert len(load(path, kind="classification").task.classes) == 30


def test_unknown_target_and_wrong_use_of_the_options_are_refused(houses: Path, small_mnist: Path) -> None:
    with pytest.raises(DatasetError, match=r"no column 'cost'; it has area, age, price"):
        load(houses, target="cost")
    with pytest.raises(DatasetError, match=r"--target is for a CSV file"):
        load(small_mnist, target="cost")
    with pytest.raises(ArgumentError, match=r"--class-weights is for classes; the run is a regression"):
        invoke(train, "--data", houses, "--class-weights", "balanced", "--out", houses.parent / "run")


def test_rows_that_have_changed_and_columns_that_are_missing_are_told(houses: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    invoke(train, "--data", houses, "--out", run, "--epochs", 1)
    assert load_model(run / "weights.safetensors")[1] == load(houses).task
    (tmp_path / "new.csv").write_text("age\n10\n")
    with pytest.raises(DatasetError, match=r"no column area; it has age"):
        invoke(predict, run, tmp_path / "new.csv")
    houses.write_text("\n".join(houses.read_text().splitlines()[:-6]))
    with pytest.raises(SavedRunError, match=r"have changed since it was trained: \d+ train examples"):
        invoke(predict, run, "--test")
