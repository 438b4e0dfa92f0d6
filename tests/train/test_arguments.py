"""Settings from text: `--optimizer-arg eps=1e-6`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import DTypeLike

import minigrad_core as mg
from minigrad_core.errors import ArgumentError, InputError
from minigrad_train.arguments import parse_arguments


def settings(  # type: ignore[no-untyped-def]  # two parameters without an annotation
    params: Any,
    lr: float = 0.1,
    *,
    steps: int = 1,
    nesterov: bool = False,
    name: str = "x",
    betas: tuple[float, float] = (0.9, 0.99),
    hidden: tuple[int, ...] = (),
    rates: Sequence[float] = (),
    pair: list[int] = [],  # noqa: B006 - never called
    clip: float | None = None,
    either: int | str = 0,
    mode: Literal["fast", "exact", 3] = "fast",
    loose=0.5,
    anything=None,
    hidden_type: DTypeLike = np.float32,  # known to type checkers alone
    function: Callable[[float], float] = abs,
) -> None: ...


def parse(*assignments: str) -> dict[str, Any]:
    return parse_arguments(settings, assignments, option="--arg", reserved=["params"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("lr=1", 1.0),
        ("lr = 1e-6", 1e-6),
        ("lr=-.5", -0.5),
        ("steps=3", 3),
        ("steps=-3", -3),
        ("nesterov=true", True),
        ("nesterov=False", False),
        ("name=relu", "relu"),
        ("name=1", "1"),
        ("name=", ""),
        ("name=a=b", "a=b"),
        ("name=none", "none"),
        ("betas=0.5,1", (0.5, 1.0)),
        ("betas=(0.5, 1)", (0.5, 1.0)),
        ("hidden=1,2,3", (1, 2, 3)),
        ("hidden=4", (4,)),
        ("rates=1,2", (1.0, 2.0)),
        ("pair=1,2", [1, 2]),
        ("clip=2", 2.0),
        ("clip=none", None),
        ("either=2", 2),
        ("either=two", "two"),
        ("mode=exact", "exact"),
        ("mode=3", 3),
        ("loose=2", 2.0),
        ("anything=2", 2),
        ("anything=a b", "a b"),
    ],
)
def test_a_text_becomes_what_the_parameter_takes(text: str, value: Any) -> None:
    (got,) = parse(text).values()
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lr=high", "--arg lr=high: expected float, got 'high'"),
        ("lr=true", "expected float, got 'true'"),
        ("lr=1,2", "expected float"),
        ("steps=1.5", "expected int, got '1.5'"),
        ("nesterov=1", "expected bool, got '1'"),
        ("betas=0.5", r"expected tuple\[float, float\], got '0.5'"),
        ("betas=0.5,a", r"expected tuple\[float, float\]"),
        ("hidden=1,2.5", r"expected tuple\[int, \.\.\.\]"),
        ("clip=a", r"expected float \| None, got 'a'"),
        ("mode=slow", r"expected typing.Literal\['fast', 'exact', 3\], got 'slow'"),
        ("loose=a", "expected float, got 'a'"),
        ("function=abs", r"expected collections.abc.Callable\[\[float\], float\], got 'abs'"),
        ("steps=" + "(" * 300, "expected int"),
    ],
)
def test_what_it_does_not_take_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse(text)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["lr"], "--arg expects NAME=VALUE, got 'lr'"),
        (["step=1"], "--arg step=1: there is no setting 'step'; did you mean steps"),
        (["qqq=1"], "there is no setting 'qqq'; it takes lr, steps, "),
        (["params=1"], "there is no setting 'params'"),
        (["lr=1", "lr=2"], "--arg gives 'lr' twice"),
    ],
)
def test_a_name_that_it_cannot_have_is_told(texts: list[str], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        parse(*texts)


def test_what_takes_any_setting_gets_it() -> None:
    def open_ended(**settings: Any) -> None: ...

    assert parse_arguments(open_ended, ["a=1", "b=x"], option="--arg") == {"a": 1, "b": "x"}


def test_registered_optimizers_and_initializers_tell_their_settings() -> None:
    adam = mg.optimizers["nn::adam"]
    texts = ["eps=1e-6", "betas=0.8,0.9"]
    assert parse_arguments(adam, texts, option="--optimizer-arg", reserved=["params"]) == {
        "eps": 1e-6,
        "betas": (0.8, 0.9),
    }
    uniform = mg.initializers["nn::uniform"]
    reserved = ["shape", "rng", "dtype"]
    assert parse_arguments(uniform, ["low=-1"], option="--initializer-arg", reserved=reserved) == {
        "low": -1.0
    }
    with pytest.raises(ArgumentError, match="there is no setting 'dtype'; it takes low, high"):
        parse_arguments(uniform, ["dtype=float32"], option="--initializer-arg", reserved=reserved)
