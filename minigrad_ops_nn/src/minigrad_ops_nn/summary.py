"""`summary`: a table of the layers of a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from minigrad_core import Module, no_grad


def summary(model: Module, *inputs: Any) -> None:
    """Print each layer, its output shape and its number of parameters, for the call `model(*inputs)`.

    The call runs in evaluation mode and records nothing. A shared parameter is counted once, in its first
    layer.

    Examples
    --------
    >>> import numpy as np
    >>> from minigrad_ops_nn import Linear, ReLU, Sequential
    >>> summary(Sequential(Linear(4, 8), ReLU(), Linear(8, 2)), np.zeros((5, 4), np.float32))
    layer       output  parameters
    0 (Linear)  (5, 8)          40
    1 (ReLU)    (5, 8)           0
    2 (Linear)  (5, 2)          18
    total                       58
    """
    shapes: dict[int, str] = {}
    with _record_shapes(model, shapes), no_grad():
        model(*inputs)
    rows = [("layer", "output", "parameters"), *_make_rows(model, shapes)]
    total = sum(parameter.size for parameter in model.parameters())
    rows.append(("total", "", f"{total:,}"))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for name, shape, count in rows:
        print(f"{name:<{widths[0]}}  {shape:<{widths[1]}}  {count:>{widths[2]}}")


def _make_rows(model: Module, shapes: dict[int, str]) -> Iterator[tuple[str, str, str]]:
    """Yield a row for each module that has parameters of its own, or no modules below it."""
    counted: set[int] = set()
    for name, module in model.named_modules():
        below = {id(p) for child in module.children() for p in child.parameters()}
        own = [p for p in module.parameters() if id(p) not in below]
        if own or not any(True for _ in module.children()):
            count = sum(p.size for p in own if id(p) not in counted)
            counted |= {id(p) for p in own}
            label = f"{name} ({type(module).__name__})" if name else type(module).__name__
            yield label, shapes.get(id(module), "not called"), f"{count:,}"


@contextmanager
def _record_shapes(model: Module, shapes: dict[int, str]) -> Iterator[None]:
    """Record the output shape of every called module, in evaluation mode; restore the modules at the end."""
    modules = list(model.modules())
    modes = [module.training for module in modules]
    try:
        for module in modules:
            module.training = False
            module.forward = partial(_call_and_record, module, module.forward, shapes)  # type: ignore[method-assign]
        yield
    finally:
        for module, mode in zip(modules, modes, strict=True):
            module.training = mode
            vars(module).pop("forward", None)


def _call_and_record(module: Module, forward: Any, shapes: dict[int, str], *args: Any, **kwargs: Any) -> Any:
    out = forward(*args, **kwargs)
    first = out[0] if isinstance(out, tuple) else out
    shapes[id(module)] = str(tuple(first.shape))
    return out
