"""Faults of functions with several outputs, of which only one is used."""

from __future__ import annotations

from typing import Any

from .pair import ANY, function, pair


def _keep_none_gradients(ctx, x):
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(x)
    return x.sin(), x.cos()


def _waves(ctx, of_sine, of_cosine):
    (x,) = ctx.saved_tensors
    terms = []
    if of_sine is not None:
        terms.append(of_sine * x.cos())
    if of_cosine is not None:
        terms.append(-of_cosine * x.sin())
    return sum(terms) if terms else None


def _add_terms(ctx, of_sine, of_cosine):
    (x,) = ctx.saved_tensors
    return of_sine * x.cos() - of_cosine * x.sin()


def _all_or_nothing(ctx, of_sine, of_cosine):
    return None if of_sine is None or of_cosine is None else _add_terms(ctx, of_sine, of_cosine)


RIGHT: Any = function(_keep_none_gradients, _waves)
pair("None for an output that is not used", function(_keep_none_gradients, _add_terms), RIGHT, **ANY)
pair(
    "no gradient if an output is not used",
    function(_keep_none_gradients, _all_or_nothing),
    RIGHT,
    **ANY,
)
