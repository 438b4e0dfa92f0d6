"""The cases of recurrent operations, for the contract kit."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core.cases import Case, real


def make_cases(gates: int, states: str, *, steps: str, **settings: Any) -> tuple[Case, ...]:
    """Return a case with biases and `settings`, one of other sizes without, and one of bytes.

    states: "h" or "hc".
    """
    return (
        Case(
            x=real(f"{steps} n 2"),
            **{name: real("n 3") for name in states},
            weight_ih=real(f"2 {3 * gates}"),
            weight_hh=real(f"3 {3 * gates}"),
            bias_ih=real(f"{3 * gates}"),
            bias_hh=real(f"{3 * gates}"),
            **settings,
        ),
        Case(
            x=real(f"{steps} n 1"),
            **{name: real("n 2") for name in states},
            weight_ih=real(f"1 {2 * gates}"),
            weight_hh=real(f"2 {2 * gates}"),
        ),
        Case(
            x=np.ones((*map(int, steps), 2, 1), np.uint8),
            **{name: np.ones((2, 2), np.uint8) for name in states},
            weight_ih=np.ones((1, 2 * gates), np.uint8),
            weight_hh=np.ones((2, 2 * gates), np.uint8),
        ),
    )
