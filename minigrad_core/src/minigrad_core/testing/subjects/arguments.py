"""The arguments of a subject: the signature of its `forward`, and its cases.

The cases are the author's cases, the shapes in the docstring, or any shape for what broadcasts. The kit never
guesses shapes. A subject that broadcasts is elementwise and takes any shape, so only its domain is searched.
Every other subject has to say which arguments make sense.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from types import SimpleNamespace
from typing import Any, get_type_hints

from ...contracts import OperationLike
from ...contracts.cases import Case, Values, between, boolean, nonzero, positive, real, unit
from ..finding import SubjectFailed, guard


@dataclass(frozen=True)
class Signature:
    """The arguments of a subject."""

    inputs: tuple[str, ...]  # the names of the positional arrays, without `*arrays`
    optional: frozenset[str]  # the inputs that may be None
    variadic: str | None  # the name of `*arrays`
    settings: Mapping[str, inspect.Parameter]  # the keyword-only arguments, annotated by types
    takes_any_setting: bool  # whether the signature has `**settings`, so that a misspelled setting vanishes

    @property
    def defaults(self) -> dict[str, Any]:
        """The defaults of the settings."""
        return {name: p.default for name, p in self.settings.items()}


def read_parameters(call: Any) -> list[inspect.Parameter]:
    """Return the parameters of a callable, with types where annotations are text.

    An annotation that names something unknown at run time, such as an import for type checkers only, counts
    as missing. The arguments that a `functools.partial` binds are left out.
    """
    function = getattr(call, "__init__", call) if isinstance(call, type) else getattr(call, "func", call)
    names = getattr(inspect.unwrap(function), "__globals__", {})
    bound = getattr(call, "keywords", {})  # `inspect.signature` lists them, too
    parameters = [p for p in inspect.signature(call).parameters.values() if p.name not in bound]
    return [p.replace(annotation=_resolve(p.annotation, names)) for p in parameters]


def _resolve(annotation: Any, names: dict[str, Any]) -> Any:
    try:
        return get_type_hints(SimpleNamespace(__annotations__={"it": annotation}), names)["it"]
    except Exception:  # the text may be any expression
        return inspect.Parameter.empty


def read_signature(op: OperationLike) -> Signature:
    """Return the signature of `op.forward` without its context.

    A positional argument with a default other than None counts as a setting.
    """
    parameters = read_parameters(op.forward)[1:]
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    inputs = [p for p in positional if p.default is p.empty or p.default is None]
    settings = [p for p in parameters if p.kind is p.KEYWORD_ONLY or (p in positional and p not in inputs)]
    return Signature(
        inputs=tuple(p.name for p in inputs),
        optional=frozenset(p.name for p in inputs if p.default is None),
        variadic=next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None),
        settings={p.name: p for p in settings},
        takes_any_setting=any(p.kind is p.VAR_KEYWORD for p in parameters),
    )


COMMON_DOMAINS: tuple[Callable[[str], Values], ...] = (
    real,
    nonzero,
    positive,
    unit,
    partial(between, 0, 1),
    partial(between, 1, 4),
)
# `x: (n, k)` in a docstring, unless integers or truth values are meant: `labels: (n,) ints in [0, c)`.
DOCUMENTED_SHAPE = re.compile(
    r"(?<![\w.])(\w+) ?: ?\(([\w ,.]*)\)(?! *(?:ints?|integers?|bools?|booleans?)\b)"
)


def as_cases(cases: Any) -> tuple[Any, ...]:
    """Return the author's cases as a tuple; raise SubjectFailed if they are not a sequence."""
    if cases is None:
        return ()
    if not isinstance(cases, Iterable):
        fact = f"cases is {cases!r}, expected a sequence of Case: cases = (Case(...),)"
        raise SubjectFailed("bad-cases", fact)
    return guard("cases", lambda: tuple(cases))


def check_case(case: Any, signature: Signature) -> None:
    """Raise SubjectFailed unless a case is a Case whose arguments fit the signature."""
    if not isinstance(case, Case):
        raise SubjectFailed("bad-case", f"expected a Case, got {type(case).__name__}: {case!r}")
    known = {*signature.inputs, *signature.settings, signature.variadic} - {None}
    unknown = [name for name in case.arguments if name not in known]
    names_arrays = signature.variadic and signature.variadic not in case.arguments
    if unknown and not names_arrays and not signature.takes_any_setting:
        names = ", ".join(sorted(map(str, known)))
        raise SubjectFailed("bad-case", f"{case!r}: forward has no argument {unknown[0]!r}; it takes {names}")
    missing = [n for n in signature.inputs if n not in case.arguments and n not in signature.optional]
    missing += [n for n, p in signature.settings.items() if p.default is p.empty and n not in case.arguments]
    if missing:
        raise SubjectFailed("bad-case", f"{case!r}: {missing[0]!r} is missing")


def propose_cases(signature: Signature) -> Iterator[Case]:
    """Yield cases of any shape, one per combination of common domains; the last ones have a boolean input.

    All inputs after the first have the same domain.
    """
    names = [name for name in signature.inputs if name not in signature.optional]
    for domains in product(COMMON_DOMAINS, repeat=min(len(names), 2)):
        yield Case(**{name: domains[min(i, 1)]("...") for i, name in enumerate(names)})
    for mask in names:
        yield Case(**{name: boolean("...") if name == mask else real("...") for name in names})


def parse_documented_case(docstring: str | None, signature: Signature) -> Case | None:
    """Return the case that the shapes in a docstring describe, None if they do not cover all arguments."""
    shapes = dict(DOCUMENTED_SHAPE.findall(docstring or ""))
    needed = [name for name in signature.inputs if name not in signature.optional or name in shapes]
    has_required_setting = any(p.default is p.empty for p in signature.settings.values())
    if has_required_setting or signature.variadic or not needed or not shapes.keys() >= set(needed):
        return None
    return Case(**{name: real(" ".join(shapes[name].replace(",", " ").split())) for name in needed})


def request_cases(signature: Signature) -> SubjectFailed:
    """Return the exception that asks the author for cases, with a line that can be pasted."""
    if not signature.inputs and not signature.variadic:
        fact = "it takes no inputs; an operation's forward has them after ctx: (self, ctx, x)"
        return SubjectFailed("needs-cases", fact)
    arguments = [f'{name}=real("n k")' for name in signature.inputs if name not in signature.optional]
    if signature.variadic:
        arguments.append(f'{signature.variadic}=(real("n k"), real("n k"))')
    arguments += [f"{name}=..." for name, p in signature.settings.items() if p.default is p.empty]
    fact = "it does not say which arguments make sense. Give it cases, with shapes that fit: "
    line = f"cases = (Case({', '.join(arguments)}),)   # from minigrad_core.cases import Case, real"
    return SubjectFailed("needs-cases", fact + line)
