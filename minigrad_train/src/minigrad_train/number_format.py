"""Write numbers for people: shares in per cent, and errors in the unit of a target."""

from __future__ import annotations

from math import floor


def format_percent(share: float, digits: int) -> str:
    """Return a share in [0, 1] in per cent with `digits` decimals; a share below 1 is not rounded to 100.

    Examples
    --------
    >>> format_percent(0.98765, 2), format_percent(0.99956, 1), format_percent(1.0, 1)
    ('98.77%', '99.9%', '100.0%')
    """
    if share < 1 and f"{share:.{digits}%}" == f"{1:.{digits}%}":
        share = floor(share * 10 ** (digits + 2)) / 10 ** (digits + 2)
    return f"{share:.{digits}%}"


def format_probability(probability: float) -> str:
    """Return the probability of a prediction in per cent with one digit; at most 99.9: none is certain.

    Examples
    --------
    >>> format_probability(0.99956), format_probability(1.0), format_probability(0.5)
    ('>99.9%', '>99.9%', '50.0%')
    """
    return f"{probability:.1%}" if probability < 0.9995 else ">99.9%"


def format_number(value: float, digits: int = 4) -> str:
    """Return a number with `digits` significant digits, or more if its whole part has more.

    Examples
    --------
    >>> format_number(45321.7), format_number(3.14159), format_number(1234567.8, 6)
    ('45322', '3.142', '1234568')
    """
    return f"{value:.0f}" if 10**digits <= abs(value) < 1e15 else f"{value:.{digits}g}"
