"""Names that users of PyTorch, MyGrad and NumPy try, and what to write in their place."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any, NoReturn, TypeVar

import numpy as np

T = TypeVar("T")

_KIND = re.compile("(loss|lr)$")
SIMILAR = 4  # letters: fewer begin too many words

_CPU = "everything is computed on the CPU, nothing has to be moved"
_GRAPH = "x.requires_grad tells whether the graph goes on"
_FIXED = "tensors are not written to; x = x + y builds a new one, x.data is the array outside of the graph"


def _list_operator_hints() -> dict[str, str]:
    """Return what to write for `x.mul(y)`, `x.neg()` and their like: Python names its operators so, too."""
    documented = {name: getattr(operator, name).__doc__ or "" for name in operator.__all__}
    binary_or_unary = re.compile(r"Same as (a (?:[^\s=]{1,2}|[=!<>]=) b|[-~]a)\.")
    found = {name: match[1] for name, doc in documented.items() if (match := binary_or_unary.match(doc))}
    return {name: re.sub(r"\bb\b", "y", way.replace("a", "x")) for name, way in found.items()}


def _list_numpy_hints() -> dict[str, str]:
    """Return what to write for the attributes of arrays, and for `x.exp()` and its like."""
    kinds = (np.ufunc, type(np.sum))
    functions = {name: f for name, f in vars(np).items() if isinstance(f, kinds)}
    more = {1: ""}  # by the number of inputs of a ufunc
    return {name: f"x.data.{name}" for name in dir(np.ndarray) if not name.startswith("_")} | {
        name: f"np.{name}(x{more.get(getattr(f, 'nin', 0), ', ...')})" for name, f in functions.items()
    }


TENSOR = {
    **_list_operator_hints(),
    **_list_numpy_hints(),
    **dict.fromkeys(("add_", "fill_", "mul_", "sub_", "zero_"), _FIXED),
    **dict.fromkeys(("cpu", "cuda", "device"), _CPU),
    **dict.fromkeys(("creator", "grad_fn"), _GRAPH),
    **dict.fromkeys(("bmm", "matmul", "mm"), "x @ y"),
    **dict.fromkeys(("div", "true_divide"), "x / y"),
    "base": "np.shares_memory(x, y) tells whether one is a view of the other",
    "bool": "x.numpy().astype(bool)",
    "chunk": "np.array_split(x, sections)",
    "clamp": "x.clip(low, high)",
    "clear_graph": "backward frees the graph that it went through",
    "clone": "x.copy()",
    "constant": "not x.requires_grad",
    "contiguous": "np.ascontiguousarray(x.data), but no operation asks for it",
    "dim": "x.ndim",
    "double": "x.astype(np.float64)",
    "expand": "np.broadcast_to(x, shape)",
    "fill": "np.full_like(x, value)",
    "flat": "x.ravel()",
    "float": "x.astype(np.float32)",
    "gather": "np.take_along_axis(x, index, axis)",
    "is_leaf": "leaves are what mg.tensor and mg.Parameter make",
    "half": "x.astype(np.float16)",
    "index_select": "np.take(x, index, axis)",
    "int": "x.numpy().astype(np.int32)",
    "log_softmax": "mg.ops.nn.log_softmax(x, axis=-1)",
    "logsumexp": "mg.ops.basic.logsumexp(x, axis=axis)",
    "long": "x.numpy().astype(np.int64)",
    "masked_fill": "np.where(mask, value, x)",
    "masked_select": "x[mask]",
    "norm": "np.linalg.norm(x)",
    "null_grad": "x.zero_grad()",
    "null_gradients": "leaves alone have gradients, and zero_grad() forgets them",
    "numel": "x.size",
    "permute": "x.transpose(axes)",
    "put": "mg.ops.basic.setitem(x, values, index=...)",
    "register_hook": "an operation of your own can look at the gradient in its backward",
    "relu": "mg.ops.nn.relu(x)",
    "requires_grad_": "x.requires_grad = True",
    "retain_grad": "mg.grad gives the gradient with respect to any value",
    "sigmoid": "mg.ops.nn.sigmoid(x)",
    "softmax": "mg.ops.nn.softmax(x, axis=-1)",
    "t": "x.T",
    "to": f"{_CPU}; x.astype(np.float32) and its like change the type",
    "type": "x.astype(dtype)",
    "unsqueeze": "np.expand_dims(x, axis)",
    "view": "x.reshape(shape)",
}

CONTEXT = {
    "needs_input_grad": "ctx.needs",
    "save_for_backward": "ctx.save(x, ...), of arrays and anything else",
    "saved_tensors": "ctx.saved, the tuple of what was given to ctx.save",
}

OPERATION = {"apply": "an instance is called: MyOperation()(x, axis=0)"}

MODULE = {
    "apply": "a loop over modules()",
    **dict.fromkeys(("buffers", "named_buffers"), "state_dict() has them"),
    **dict.fromkeys(("cpu", "cuda", "device"), _CPU),
    "double": "make it with dtype=np.float64",
    "float": "make it with dtype=np.float32",
    "half": "make it with dtype=np.float16",
    "register_forward_hook": "a Module around it sees what goes in and comes out",
    "register_parameter": "assign a Parameter as an attribute",
    "requires_grad_": "requires_grad = False on each of parameters()",
    "to": f"{_CPU}; make it with dtype= for another type",
}

OPTIMIZER = {
    "add_param_group": "make it with all groups",
    "param_groups": "lr and the other settings are attributes, assignable between steps; groups has the rest",
}

PACKAGE = {
    "astensor": "mg.tensor(data) copies, mg.Tensor(data) shares",
    "cat": "np.concatenate works on tensors",
    "enable_grad": "recording is on but under mg.no_grad()",
    "from_numpy": "mg.Tensor(array) shares its memory",
    "load": "safetensors.numpy.load_file(path) for model.load_state_dict",
    "manual_seed": "pass rng=np.random.default_rng(seed) to what draws",
    "multi_matmul": "np.linalg.multi_dot works on tensors",
    **dict.fromkeys(("nn", "nnet"), "import minigrad_ops_nn as nn"),
    **dict.fromkeys(("no_autodiff", "set_grad_enabled"), "use mg.no_grad()"),
    "optim": "from minigrad_ops_nn import optimizers",
    "rand": "np.random.default_rng(seed).random(shape)",
    "randn": "np.random.default_rng(seed).standard_normal(shape)",
    "relu": "mg.ops.nn.relu",
    "save": "safetensors.numpy.save_file(model.state_dict(), path)",
    "sliding_window_view": "np.lib.stride_tricks.sliding_window_view works on tensors",
    "vmap": "NumPy works on whole batches; mg.jacobian of a vector of losses has the gradient of each",
}


def describe_missing_package_attribute(name: str) -> str:
    """Return the message for a name that `minigrad_core` does not have."""
    if name not in PACKAGE and not name.startswith("_") and hasattr(np, name):
        return (
            f"{_describe_fact('minigrad_core', name)}: NumPy has np.{name}, and its functions work on tensors"
        )
    return describe_missing_attribute("minigrad_core", name, PACKAGE)


def describe_missing_attribute(
    module: str, name: str, ways: Mapping[str, str], rooms: Iterable[str] = ()
) -> str:
    """Return the message for a name that `module` does not have, and one of `rooms` may have.

    What `ways` does not list is found by a rule: names are the same but for case, underscores and the kind
    that PyTorch has at the end, and similar if one goes on where the other ends.

    Examples
    --------
    >>> describe_missing_attribute("minigrad_core", "modulelist", {})
    "module 'minigrad_core' has no attribute 'modulelist': from minigrad_core import ModuleList"
    """
    fact = _describe_fact(module, name)
    if name in ways:
        return f"{fact}: {ways[name]}"
    word = _KIND.sub("", _fold(name))
    if name.startswith("_") or not word:
        return fact
    known = {room: _list_public_names(room) for room in dict.fromkeys((module, *rooms))}
    for room, names in known.items():
        if same := next((own for own in names if _fold(own) == word), ""):
            return f"{fact}: from {room} import {same}"
    similar = [
        f"{room}.{own}"
        for room, names in known.items()
        for own in names
        if min(len(own), len(word)) >= SIMILAR
        and (_fold(own).startswith(word) or word.startswith(_fold(own)))
    ]
    return f"{fact}; similar: {', '.join(similar)}" if similar else fact


def _describe_fact(module: str, name: str) -> str:
    return f"module {module!r} has no attribute {name!r}"


def _fold(name: str) -> str:
    return name.replace("_", "").lower()


def _list_public_names(module: str) -> list[str]:
    """Return the names that a module has of its own package."""
    package = module.partition(".")[0]
    homes = {
        name: str(getattr(thing, "__module__", "")) for name, thing in vars(import_module(module)).items()
    }
    return [name for name, home in homes.items() if home.partition(".")[0] == package and name[0] != "_"]


def add_hints(ways: Mapping[str, str]) -> Callable[[type[T]], type[T]]:
    """Return a class decorator: the AttributeError for each name says what to use instead.

    Not by `__getattr__`: with one on the class, Python 3.11 finds every other attribute more slowly.
    """

    def decorate(cls: type[T]) -> type[T]:
        elsewhere = {name: way for name, way in ways.items() if not hasattr(cls, name)}

        def without(self: object) -> Iterable[str]:  # so completion does not offer them
            return [name for name in object.__dir__(self) if name not in elsewhere]

        for name, way in elsewhere.items():
            setattr(cls, name, _MissingAttribute(name, way))
        cls.__dir__ = without  # type: ignore[method-assign]
        return cls

    return decorate


class _MissingAttribute:
    """An attribute that is not there. `hasattr` says so, and an instance may have one of that name."""

    def __init__(self, name: str, way: str) -> None:
        self.name, self.way = name, way

    def __get__(self, instance: Any, owner: type) -> NoReturn:
        raise AttributeError(
            f"{owner.__name__!r} object has no attribute {self.name!r}: {self.way}",
            name=self.name,
            obj=instance,
        )
