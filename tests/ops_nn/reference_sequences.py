"""PyTorch's attention and recurrent networks; its recurrent weights are the transpose of ours."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.ops_nn.reference_format import Family, torch


def attention() -> Family:
    """Return the references of attention."""
    family = Family("attention")
    f = torch.nn.functional.scaled_dot_product_attention
    for leading in ((), (2,), (2, 3)):
        q, k, v = family.real(*leading, 4, 3), family.real(*leading, 5, 3), family.real(*leading, 5, 2)
        family.add("scaled_dot_product_attention", f, q, k, v)
        causal = {"is_causal": True, "scale": 0.7}
        family.add("scaled_dot_product_attention", partial(f, **causal), q, k, v, **causal)
        mask = family.rng.random((4, 5)) < 0.6
        mask[:, 0] = True
        family.add("scaled_dot_product_attention", f, q, k, v, mask)
        family.add("scaled_dot_product_attention", f, q, k, v, family.real(4, 5))
    kept, named = family.rng.random((4, 5)) < 0.7, {"dropout_p": 0.3}
    family.add("scaled_dot_product_attention", partial(apply_dropout, **named), q, k, v, mask, kept, **named)
    family.add("scaled_dot_product_attention", partial(apply_dropout, **named), q, k, v, None, kept, **named)
    mask[2] = False  # a query that sees nothing
    family.add(
        "scaled_dot_product_attention", lambda q, k, v, m: torch.nan_to_num(f(q, k, v, m)), q, k, v, mask
    )
    return family


def apply_dropout(q: Any, k: Any, v: Any, mask: Any, kept: Any, dropout_p: float) -> Any:
    """Return attention whose weights PyTorch drops by the mask `kept`, in place of a drawn mask."""
    scores = q @ k.mT / q.shape[-1] ** 0.5
    weights = torch.softmax(scores if mask is None else scores.masked_fill(~mask, -torch.inf), -1)
    return (weights * kept / (1 - dropout_p)) @ v


def recurrent() -> Family:
    """Return the references of cells and sequences."""
    family = Family("recurrent")
    for op, gates in (("rnn", 1), ("gru", 3), ("lstm", 4)):
        for biased in (True, False):
            states = [family.real(2, 4) for _ in range(2 if op == "lstm" else 1)]
            weights = [family.real(3, gates * 4), family.real(4, gates * 4)]
            if biased:
                weights += [family.real(gates * 4), family.real(gates * 4)]
            for settings in ({}, {"nonlinearity": "relu"}) if op == "rnn" else ({},):
                step, whole = partial(cell, op, settings), partial(sequence, op, settings)
                family.add(f"{op}_cell", step, family.real(2, 3), *states, *weights, **settings)
                family.add(op, whole, family.real(5, 2, 3), *states, *weights, **settings)
    return family


def cell(op: str, settings: dict[str, Any], x: Any, *rest: Any) -> Any:
    """Return what PyTorch's cell of that name returns."""
    states = rest[: 2 if op == "lstm" else 1]
    w_ih, w_hh, *biases = rest[len(states) :]
    function = getattr(
        torch, f"{op}_cell" if op != "rnn" else f"rnn_{settings.get('nonlinearity', 'tanh')}_cell"
    )
    biases = biases or [torch.zeros(w_ih.shape[1])] * 2
    return function(x, states if op == "lstm" else states[0], w_ih.T, w_hh.T, *biases)


def sequence(op: str, settings: dict[str, Any], xs: Any, *rest: Any) -> Any:
    """Return the outputs, and the last c of an LSTM."""
    states: tuple[Any, ...] = rest[: 2 if op == "lstm" else 1]
    outputs = []
    for x in xs:
        after = cell(op, settings, x, *states, *rest[len(states) :])
        states = after if op == "lstm" else (after,)
        outputs.append(states[0])
    return (torch.stack(outputs), states[1]) if op == "lstm" else torch.stack(outputs)
