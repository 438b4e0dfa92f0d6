"""Hints for names that users of PyTorch, MyGrad and NumPy try: the code to write in their place."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any, NoReturn, TypeVar

import numpy as np

T = TypeVar("T")

_SUFFIX = re.compile("(loss|lr)$")
MIN_LETTERS = 4  # of a similar name: shorter ones begin too many other names

_CPU = "everything is computed on the CPU, nothing has to be moved"
_GRAPH = "x.requires_grad is True for a tensor of the graph"
_IN_PLACE = "no method works in place: x = x + y makes a new tensor, x[:] = y assigns, x.data is the array"


def _list_operator_hints() -> dict[str, str]:
    """Return the hints for `x.mul(y)`, `x.neg()` and so on, from the docstrings of the module `operator`."""
    docs = {name: getattr(operator, name).__doc__ or "" for name in operator.__all__}
    binary_or_unary = re.compile(r"Same as (a (?:[^\s=]{1,2}|[=!<>]=) b|[-~]a)\.")
    codes = {name: match[1] for name, doc in docs.items() if (match := binary_or_unary.match(doc))}
    return {name: re.sub(r"\bb\b", "y", code.replace("a", "x")) for name, code in codes.items()}


def _list_numpy_hints() -> dict[str, str]:
    """Return the hints for the attributes of arrays, and for `x.exp()` and other functions as methods."""
    types = (np.ufunc, type(np.sum))
    functions = {name: f for name, f in vars(np).items() if isinstance(f, types)}
    array = np.ones((1, 1))  # NumPy 2.1 lists removed methods, such as `itemset`, which raise AttributeError
    attributes = [name for name in dir(array) if not name.startswith("_") and hasattr(array, name)]
    return {name: f"x.data.{name}" for name in attributes} | {
        name: f"np.{name}(x)" if getattr(f, "nin", 0) == 1 else f"np.{name}(x, ...)"
        for name, f in functions.items()
    }


TENSOR = {
    **_list_operator_hints(),
    **_list_numpy_hints(),
    **dict.fromkeys(("add_", "fill_", "mul_", "sub_", "zero_"), _IN_PLACE),
    **dict.fromkeys(("cpu", "cuda", "device"), _CPU),
    **dict.fromkeys(("creator", "grad_fn"), _GRAPH),
    **dict.fromkeys(("bmm", "matmul", "mm"), "x @ y"),
    **dict.fromkeys(("div", "true_divide"), "x / y"),
    "base": "np.shares_memory(x, y) is True if one is a view of the other",
    "bool": "x.numpy().astype(bool)",
    "chunk": "np.array_split(x, sections)",
    "clamp": "x.clip(low, high)",
    "clear_graph": "backward frees the graph that it went through",
    "clone": "x.copy()",
    "constant": "not x.requires_grad",
    "contiguous": "np.ascontiguousarray(x.data), but no operation needs it",
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
    "null_gradients": "only leaves have gradients, and zero_grad() forgets them",
    "numel": "x.size",
    "permute": "x.transpose(axes)",
    "put": "mg.ops.basic.setitem(x, values, index=...)",
    "register_hook": "an operation of your own can read the gradient in its backward",
    "relu": "mg.ops.nn.relu(x)",
    "requires_grad_": "x.requires_grad = True",
    "retain_grad": "mg.grad gives the gradient with respect to any value",
    "sigmoid": "mg.ops.nn.sigmoid(x)",
    "softmax": "mg.ops.nn.softmax(x, axis=-1)",
    "t": "x.T",
    "to": f"{_CPU}; x.astype(dtype) changes the dtype",
    "type": "x.astype(dtype)",
    "unsqueeze": "np.expand_dims(x, axis)",
    "view": "x.reshape(shape)",
}

ARGUMENT = {"dim": "axis", "keepdim": "keepdims"}

CONTEXT = {
    "needs_input_grad": "ctx.needs",
    "save_for_backward": "ctx.save(x, ...), of arrays and any other values",
    "saved_tensors": "ctx.saved, the tuple of the values that ctx.save got",
}

OPERATION = {"apply": "an instance is called: MyOperation()(x, axis=0)"}

MODULE = {
    "apply": "a loop over modules()",
    **dict.fromkeys(("buffers", "named_buffers"), "state_dict() has the buffers"),
    **dict.fromkeys(("cpu", "cuda", "device"), _CPU),
    "double": "make it with dtype=np.float64",
    "float": "make it with dtype=np.float32",
    "half": "make it with dtype=np.float16",
    "register_forward_hook": "a Module around it sees its inputs and output",
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
    "enable_grad": "recording is on, except under mg.no_grad()",
    "from_numpy": "mg.Tensor(array) shares its memory",
    "load": "safetensors.numpy.load_file(path) for model.load_state_dict",
    "manual_seed": "pass rng=np.random.default_rng(seed) to the functions that draw",
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
    """Return the message of the AttributeError for a name that `minigrad_core` does not have."""
    if name not in PACKAGE and not name.startswith("_") and hasattr(np, name):
        absence = _describe_absence("minigrad_core", name)
        return f"{absence}: NumPy has np.{name}, and its functions work on tensors"
    return describe_missing_attribute("minigrad_core", name, PACKAGE)


def describe_missing_attribute(
    module: str, name: str, hints: Mapping[str, str], others: Iterable[str] = ()
) -> str:
    """Return the message of the AttributeError for a name that `module` does not have.

    hints: name -> advice. others: modules that may have a name without a hint. Names are equal up to case,
    underscores, and PyTorch's endings "Loss" and "LR"; they are similar if one begins with the other.

    Examples
    --------
    >>> describe_missing_attribute("minigrad_core", "modulelist", {})
    "module 'minigrad_core' has no attribute 'modulelist': from minigrad_core import ModuleList"
    """
    fact = _describe_absence(module, name)
    if name in hints:
        return f"{fact}: {hints[name]}"
    folded = _SUFFIX.sub("", _fold(name))
    if name.startswith("_") or not folded:
        return fact
    public_names = {home: _list_public_names(home) for home in dict.fromkeys((module, *others))}
    for home, names in public_names.items():
        if same := next((own for own in names if _fold(own) == folded), ""):
            return f"{fact}: from {home} import {same}"
    similar = [
        f"{home}.{own}"
        for home, names in public_names.items()
        for own in names
        if min(len(own), len(folded)) >= MIN_LETTERS
        and (_fold(own).startswith(folded) or folded.startswith(_fold(own)))
    ]
    return f"{fact}; similar: {', '.join(similar)}" if similar else fact


def _describe_absence(module: str, name: str) -> str:
    return f"module {module!r} has no attribute {name!r}"


def _fold(name: str) -> str:
    return name.replace("_", "").lower()


def _list_public_names(module: str) -> list[str]:
    """Return the public names of a module that its own package defines."""
    package = module.partition(".")[0]
    homes = {name: str(getattr(obj, "__module__", "")) for name, obj in vars(import_module(module)).items()}
    return [name for name, home in homes.items() if home.partition(".")[0] == package and name[0] != "_"]


def add_hints(hints: Mapping[str, str]) -> Callable[[type[T]], type[T]]:
    """Return a class decorator that adds a hint to the AttributeError of each name in `hints`.

    A `__getattr__` on the class would do the same, but Python 3.11 would then find every attribute more
    slowly.
    """

    def decorate(cls: type[T]) -> type[T]:
        missing = {name: hint for name, hint in hints.items() if not hasattr(cls, name)}

        def list_present(self: object) -> Iterable[str]:  # completion does not offer the missing names
            return [name for name in object.__dir__(self) if name not in missing]

        for name, hint in missing.items():
            setattr(cls, name, _MissingAttribute(name, hint))
        cls.__dir__ = list_present  # type: ignore[method-assign]
        return cls

    return decorate


class _MissingAttribute:
    """A descriptor that raises an AttributeError with a hint. An instance may still assign the attribute."""

    def __init__(self, name: str, hint: str) -> None:
        self.name, self.hint = name, hint

    def __get__(self, instance: Any, owner: type) -> NoReturn:
        raise AttributeError(
            f"{owner.__name__!r} object has no attribute {self.name!r}: {self.hint}",
            name=self.name,
            obj=instance,
        )
