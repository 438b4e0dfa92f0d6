"""The base class of subjects of other frameworks: names, arguments, declarations, state and errors."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from minigrad_core.contracts.cases import Case, IndexInto, Integers
from minigrad_core.errors import InputError
from minigrad_core.testing.finding import DoesNotApply, Law, is_deliberate
from minigrad_core.testing.samples.sample import Sample
from minigrad_core.testing.subjects.arguments import as_cases
from minigrad_core.testing.subjects.subject import Declarations

from .arguments import parameters_of, read_arguments

# Findings about shared memory, which frameworks that copy or count versions permit.
SHARED_MEMORY = frozenset(
    {"returns-input", "output-shares-memory", "gradients-share-memory", "gradient-shares-memory"}
)
# Activations are usually written as `where(x > 0, f(x), 0)`, and a comparison with NaN is false.
USER_CONVENTIONS = frozenset({"swallows-nan"})
MIXED_DTYPES = ("dtype", "scalar type", "float0")  # occur in the frameworks' errors for mixed dtypes
STATE_TYPES = (bool, int, float, str, list, dict, set, tuple, np.ndarray)


class ForeignSubject:
    """A differentiable function of another framework; subclasses call it and differentiate it.

    Parameters
    ----------
    f : callable
        The function under test.
    code : sequence of callables
        The Python functions of `f`. The kit reads their variables, and switches threads at their lines.
    cases : sequence of Case
        The valid arguments; by default `f.cases`, or the shapes in the docstring.
    parameters : list of inspect.Parameter, optional
        The parameters, if the signature of `f` does not contain them.
    by_position : bool
        Whether `f` takes positional arguments only.
    """

    framework = ""
    engine = ""  # the framework that differentiates gradients
    package = ""  # the framework's top-level package
    save_call = ""  # how the framework saves values for backward
    laws: tuple[Law, ...] = ()
    conventions: frozenset[str] = frozenset()  # codes of findings that the framework documents

    def __init__(
        self,
        f: Callable[..., Any],
        code: Sequence[Callable[..., Any]],
        cases: Sequence[Case] | None,
        *,
        name: str | None = None,
        parameters: list[inspect.Parameter] | None = None,
        by_position: bool = False,
        reference: Callable[..., Any] | None = None,
        conventions: Iterable[str] = (),
        **declared: Any,
    ) -> None:
        self.f = f
        self.options = {
            "cases": cases,
            "name": name,
            "reference": reference,
            "conventions": conventions,
            **declared,
        }
        self.code = [function for function in map(inspect.unwrap, code) if isinstance(function, FunctionType)]
        module = str(getattr(f, "__module__", None) or "").partition(".")[0]
        self.is_user_code = bool(self.code) and module != self.package
        self.name = name or str(getattr(f, "__qualname__", None) or type(f).__name__).rpartition(".")[2]
        self.cases = as_cases(getattr(f, "cases", None) if cases is None else cases)
        # A framework's own function takes its arrays in the order of the cases; the names may differ.
        if parameters is None and (self.is_user_code or not self.cases):
            parameters = parameters_of(f)
        self.integers = {  # arguments that are meant to be integers, such as labels and indices
            name
            for case in self.cases
            for name, domain in case.arguments.items()
            if isinstance(domain, Integers | IndexInto)
        }
        self.arguments = read_arguments(
            parameters, self.cases, user_code=self.is_user_code, by_position=by_position
        )
        self.signature = self.arguments.signature
        known_codes = self.conventions.union(conventions, USER_CONVENTIONS if self.is_user_code else ())
        self.declared = Declarations(conventions=known_codes, reference=reference, **declared)
        self.docstring: str | None = inspect.getdoc(f) if self.is_user_code else None
        self.file = self.code[0].__code__.co_filename if self.is_user_code else ""

    def __reduce__(self) -> Any:
        """Return the call that creates the subject in another process."""
        return _rebuild, (type(self), self.f, self.options)

    def complete_gradients(self, sample: Sample, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the gradients unchanged: every framework returns one for each input."""
        del sample
        return gradients

    def read_state(self, *, copied: bool = False) -> dict[str, Any]:
        """Return the attributes of the function, the values that its code refers to, and the global state."""
        attributes = getattr(self.f, "__dict__", {}) if self.is_user_code else {}
        values = {n: v for n, v in attributes.items() if _is_state(n, v)}
        for function in self.code if self.is_user_code else ():
            variables = inspect.getclosurevars(function)
            values |= {
                n: v for n, v in {**variables.globals, **variables.nonlocals}.items() if _is_state(n, v)
            }
        values |= self.global_state()
        return {name: _copy_value(value) for name, value in values.items()} if copied else values

    def layout(self, layout: Callable[..., Any]) -> Callable[..., Any]:
        """Return a memory layout, or the layout that the framework has in its place."""
        return layout

    def global_state(self) -> dict[str, Any]:
        """Return the global state of the framework, by name."""
        return {}

    def refusal(self, error: Exception, inputs: Sequence[Any] = ()) -> Exception:
        """Return an InputError if the function refuses the arguments deliberately, and `error` otherwise.

        Frameworks refuse arguments with any exception, mostly RuntimeError. In a user's function, a
        RuntimeError is a refusal if a `raise` statement raised it, and a fault otherwise; a fault keeps its
        traceback. A user's function of tensors need not accept Python numbers.
        """
        if "INTERNAL ASSERT" in str(error):
            return error
        text = f"{type(error).__name__}: {error}"
        numbers = any(isinstance(x, int | float) for x in inputs)
        if not self.is_user_code or (numbers and isinstance(error, TypeError | AttributeError)):
            return InputError(text)
        if isinstance(error, RuntimeError) and not isinstance(error, RecursionError):
            return (InputError if is_deliberate(error) else ValueError)(text).with_traceback(
                error.__traceback__
            )
        return error

    def excuse(self, error: Exception, inputs: Sequence[Any]) -> Exception | None:
        """Return the exception for arguments that a backward pass need not support, None for all others.

        Frameworks do not multiply bytes by floats, and do not scatter to negative indices, although they
        read at negative indices.
        """
        if any(text in str(error) for text in MIXED_DTYPES) and self.has_integers_for_floats(inputs):
            return DoesNotApply(f"with integers {self.framework} refuses: {error}")
        negative = any(isinstance(x, np.ndarray) and x.dtype.kind == "i" and (x < 0).any() for x in inputs)
        if self.is_user_code and negative and "out of" in str(error):
            return InputError(f"negative indices: {error}")
        return None

    def has_integers_for_floats(self, inputs: Sequence[Any]) -> bool:
        """Whether a user's function gets integers where the cases have floats."""
        pairs = zip(self.signature.inputs, inputs, strict=False)
        integers = [name for name, x in pairs if isinstance(x, np.ndarray) and x.dtype.kind in "iu"]
        return self.is_user_code and any(name not in self.integers for name in integers)

    def bind_arguments(
        self, arrays: Sequence[Any], settings: Mapping[str, Any]
    ) -> tuple[list[Any], dict[str, Any]]:
        """Return the positional and the keyword arguments of a call."""
        return self.arguments.bind(arrays, settings)


def _rebuild(subject_class: Any, f: Callable[..., Any], options: dict[str, Any]) -> Any:
    return subject_class(f, **options)


def _is_state(name: str, value: Any) -> bool:
    """Whether a call could keep state in a value; methods and modules do not count."""
    if name.startswith("__") or name == "cases" or callable(value) or isinstance(value, ModuleType):
        return False
    return isinstance(value, STATE_TYPES) or hasattr(value, "shape")


def _copy_value(value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except Exception:
        return value
