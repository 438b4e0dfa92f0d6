"""What the signature of `forward` says: inputs, which of them are optional, settings and defaults."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...contracts import OperationLike


@dataclass(frozen=True)
class Signature:
    """The arguments of an operation."""

    inputs: tuple[str, ...]  # names of the positional arrays, without `*arrays`
    optional: frozenset[str]  # those that may be None
    variadic: str | None  # the name of `*arrays`
    settings: Mapping[str, inspect.Parameter]  # keyword-only
    swallows: bool  # unknown settings vanish into `**settings`


def annotation_of(parameter: inspect.Parameter) -> str:
    """Return an annotation as text, empty if there is none."""
    annotation = parameter.annotation
    return "" if annotation is parameter.empty else str(annotation)


def words(annotation: str) -> list[str]:
    """Return the words of a `Literal`, none if it is another annotation."""
    literal = re.search(r"Literal\[(.*?)\]", annotation)
    return re.findall(r"['\"]([^'\"]*)['\"]", literal[1]) if literal else []


def read_signature(op: OperationLike) -> Signature:
    """Return the signature of `op.forward` without its context.

    A positional argument whose default is anything but None can only be meant as a setting, and is taken as
    one.
    """
    forward = op.forward
    bound = getattr(forward, "keywords", {})  # of a partial: settled, though Python lists them still
    parameters = [p for p in inspect.signature(forward).parameters.values() if p.name not in bound][1:]
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    inputs = [p for p in positional if p.default is p.empty or p.default is None]
    settings = [p for p in parameters if p.kind is p.KEYWORD_ONLY or (p in positional and p not in inputs)]
    known = getattr(forward, "__globals__", {})
    literals = {p.name: x for p in settings if words(str(x := known.get(annotation_of(p))))}  # called by name
    return Signature(
        inputs=tuple(p.name for p in inputs),
        optional=frozenset(p.name for p in inputs if p.default is None),
        variadic=next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None),
        settings={p.name: p.replace(annotation=literals.get(p.name, p.annotation)) for p in settings},
        swallows=any(p.kind is p.VAR_KEYWORD for p in parameters),
    )
