"""The signature of `forward`: inputs, optional inputs, settings and their defaults."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...contracts import OperationLike


@dataclass(frozen=True)
class Signature:
    """The arguments of a subject."""

    inputs: tuple[str, ...]  # the names of the positional arrays, without `*arrays`
    optional: frozenset[str]  # the inputs that may be None
    variadic: str | None  # the name of `*arrays`
    settings: Mapping[str, inspect.Parameter]  # the keyword-only arguments
    takes_any_setting: bool  # whether the signature has `**settings`, so that a misspelled setting vanishes


def annotation_text(parameter: inspect.Parameter) -> str:
    """Return an annotation as text, empty if there is none."""
    annotation = parameter.annotation
    return "" if annotation is parameter.empty else str(annotation)


def parse_literal(annotation: str) -> list[str]:
    """Return the strings of a `Literal`; an empty list for another annotation."""
    literal = re.search(r"Literal\[(.*?)\]", annotation)
    return re.findall(r"['\"]([^'\"]*)['\"]", literal[1]) if literal else []


def read_signature(op: OperationLike) -> Signature:
    """Return the signature of `op.forward` without its context.

    A positional argument with a default other than None counts as a setting. A
    Literal may be the value of a global name in the annotation: `Mode = Literal["same", "valid"]`.
    """
    forward = op.forward
    bound = getattr(forward, "keywords", {})  # of a `partial`: `inspect.signature` lists them, too
    parameters = [p for p in inspect.signature(forward).parameters.values() if p.name not in bound][1:]
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    inputs = [p for p in positional if p.default is p.empty or p.default is None]
    settings = [p for p in parameters if p.kind is p.KEYWORD_ONLY or (p in positional and p not in inputs)]
    names = getattr(forward, "__globals__", {})
    aliases = {p.name: names.get(annotation_text(p)) for p in settings}
    literals = {name: str(alias) for name, alias in aliases.items() if parse_literal(str(alias))}
    return Signature(
        inputs=tuple(p.name for p in inputs),
        optional=frozenset(p.name for p in inputs if p.default is None),
        variadic=next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None),
        settings={p.name: p.replace(annotation=literals.get(p.name, p.annotation)) for p in settings},
        takes_any_setting=any(p.kind is p.VAR_KEYWORD for p in parameters),
    )
