"""Elementwise steps, each inside its domain."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..sketch import Sketch, is_apart

_SMOOTH = [
    "negative", "positive", "square", "exp", "exp2", "expm1", "sin", "cos", "sinh", "cosh", "tanh",
    "arcsinh", "arctan",
    "sinc", "deg2rad", "radians", "rad2deg", "nan_to_num", "real", "copy", "conjugate",
]  # fmt: skip
_POSITIVE = ["sqrt", "log", "log2", "log10", "log1p", "reciprocal", "cbrt"]
_UNIT = ["arcsin", "arccos", "arctanh", "tan"]
_NONZERO = ["absolute", "fabs", "abs", "cbrt", "reciprocal"]


def make_positive(s: Sketch, x: str) -> str:
    """Return an expression for positive values: `x` itself if it is."""
    return x if (s.values[x] > 0.2).all() else f"(0.5 + {x} * {x})"


def make_nonzero(s: Sketch, x: str) -> str:
    """Return an expression for values away from zero: `x` itself if it is."""
    return x if (np.abs(s.values[x]) > 0.2).all() else f"(0.5 + {x} * {x})"


def make_unit(s: Sketch, x: str) -> str:
    """Return an expression for values inside (-1, 1): `x` itself if it is."""
    return x if (np.abs(s.values[x]) < 0.9).all() else f"(0.9 * xp.tanh({x}))"


def apply_smooth(s: Sketch, x: str) -> str:
    return f"xp.{s.choose(*_SMOOTH)}({x})"


def apply_to_positive(s: Sketch, x: str) -> str:
    return f"xp.{s.choose(*_POSITIVE)}({make_positive(s, x)})"


def apply_to_unit(s: Sketch, x: str) -> str:
    return f"xp.{s.choose(*_UNIT)}({make_unit(s, x)})"


def apply_to_nonzero(s: Sketch, x: str) -> str:
    return f"xp.{s.choose(*_NONZERO)}({make_nonzero(s, x)})"


def apply_arccosh(s: Sketch, x: str) -> str:
    return f"xp.arccosh(1 + {make_positive(s, x)})"


def combine_with_number(s: Sketch, x: str) -> str:
    line: str = s.choose(
        "{x} + 0.5", "0.5 - {x}", "{x} * 2", "{x} / 3", "-{x}", "+{x}", "{x} ** 2", "{x} ** 3",
        "abs(1.5 + {x} * {x})",
        "2 / (1.5 + {x} * {x})", "{x}.astype({x}.dtype)", "xp.full_like({x}, xp.sum({x}))",
        "xp.power({x}, 2)", "xp.add({x}, 1)", "xp.multiply(-2, {x})", "xp.logaddexp({x}, 0.5)",
    )  # fmt: skip
    return line.format(x=x)


def combine_with_constant(s: Sketch, x: str) -> str:
    """Combine with scalars and arrays of other types; NumPy decides the type of the result."""
    n = s.shape(x)[-1] if s.ndim(x) else 2
    constant = s.choose(
        f"np.arange({n})", f"np.arange({n}, dtype=np.int8)", f"(np.arange({n}) % 2 == 0)",
        "np.float64(1.5)",
        "np.float32(1.5)", "np.array(0.5)", "np.float16(0.5)", "True", "np.int64(2)",
        f"np.full({n}, 0.5, np.float16)",
    )  # fmt: skip
    return s.choose(f"{x} * {constant}", f"{constant} * {x}", f"{x} + {constant}", f"xp.add({constant}, {x})")


def raise_to_power(s: Sketch, x: str) -> str:
    base, y = make_positive(s, x), s.find_partner(x)
    exponents = s.draw_integers(-2, 3, s.shape(x)[-1] if s.ndim(x) else 2)
    return s.choose(
        f"xp.power({base}, xp.tanh({y}))", f"xp.float_power({base}, xp.tanh({x})).astype({x}.dtype)",
        f"{base} ** {s.choose(-2, -0.5, 0, 0.5, 1, 1.5, 3)}", f"2.0 ** {x}",
        f"{make_nonzero(s, x)} ** np.array({exponents}, {x}.dtype)", f"{x} ** {s.choose(0, 1, 2, 4)}",
    )  # fmt: skip


def combine(s: Sketch, x: str) -> str:
    y = s.find_partner(x)
    line: str = s.choose(
        "{x} + {y}", "{x} - {y}", "{y} - {x}", "{x} * {y}", "xp.add({y}, {x})", "xp.subtract({x}, {y})",
        "xp.multiply({x}, {y})", "xp.logaddexp({x}, {y})", "xp.logaddexp2({y}, {x})",
    )  # fmt: skip
    return line.format(x=x, y=y)


def divide(s: Sketch, x: str) -> str:
    y = s.find_partner(x)
    line: str = s.choose(
        "{x} / {y}",
        "xp.divide({x}, {y})",
        "xp.true_divide({x}, {y})",
        "xp.arctan2({x}, {y})",
        "xp.hypot({x}, {y})",
    )
    return line.format(x=x, y=make_nonzero(s, y))


def pick_extreme(s: Sketch, x: str) -> str | None:
    y = s.find_partner(x)
    if not is_apart(s.values[x], s.values[y]):
        return None
    return f"xp.{s.choose('maximum', 'minimum', 'fmax', 'fmin')}({x}, {y})"


def bound_by_number(s: Sketch, x: str) -> str | None:
    bound = s.choose(-0.5, 0, 0.5)
    return f"xp.{s.choose('maximum', 'minimum')}({x}, {bound})" if is_apart(s.values[x], bound) else None


def take_remainder(s: Sketch, x: str) -> str | None:
    y = s.find_partner(x)
    denominator = make_nonzero(s, y)
    value: Any = s.values[y] if denominator == y else 0.5 + s.values[y] ** 2
    quotient = s.values[x] / value
    if not is_apart(quotient, np.rint(quotient)):
        return None
    return s.choose(
        f"xp.remainder({x}, {denominator})", f"xp.fmod({x}, {denominator})", f"{x} % {denominator}"
    )


def use_sign(s: Sketch, x: str) -> str | None:
    y = s.find_partner(x)
    if not (is_apart(s.values[x], 0) and is_apart(s.values[y], 0)):
        return None
    return s.choose(
        f"xp.copysign({x}, {y})", f"{x} * xp.sign({y})", f"{x} * ({y} > 0)", f"xp.heaviside({x}, 0.5) * {y}"
    )


def take_fraction(s: Sketch, x: str) -> str | None:
    value = s.values[x]
    if not is_apart(2 * value, np.rint(2 * value)):
        return None
    return f"{x} - xp.{s.choose('floor', 'ceil', 'rint', 'trunc')}({x})"


def clip(s: Sketch, x: str) -> str | None:
    value = s.values[x]
    if not (is_apart(value, -0.7) and is_apart(value, 0.6)):
        return None
    return s.choose(
        f"xp.clip({x}, -0.7, 0.6)",
        f"xp.clip({x}, None, 0.6)",
        f"xp.clip({x}, -0.7, None)",
        f"{x}.clip(-0.7, 0.6)",
    )


def clip_between_arrays(s: Sketch, x: str) -> str | None:
    y = s.find_partner(x)
    value, low = s.values[x], s.values[y]
    if not (is_apart(value, low) and is_apart(value, low + 1)):
        return None
    return f"xp.clip({x}, {y}, {y} + 1)"


def choose_where(s: Sketch, x: str) -> str | None:
    y, z = s.find_partner(x), s.find_partner(x)
    if not is_apart(s.values[y], 0.1):
        return None
    return s.choose(
        f"xp.where({y} > 0.1, {x}, {z})", f"xp.where({y} > 0.1, 0.5, {x})",
        f"xp.select([{y} > 0.1, {y} > -1e3], [{x}, {y}], 0.0)",
    )  # fmt: skip


STEPS: list[Any] = [
    apply_smooth, apply_smooth, apply_to_positive, apply_to_unit, apply_to_nonzero, apply_arccosh,
    combine_with_number, combine_with_constant, raise_to_power, combine, combine, divide, pick_extreme,
    bound_by_number, take_remainder, use_sign, take_fraction, clip, clip_between_arrays, choose_where,
]  # fmt: skip
