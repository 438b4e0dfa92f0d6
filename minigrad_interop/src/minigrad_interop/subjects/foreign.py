"""What the subjects of all frameworks have in common: names, arguments, declarations, what is held."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core.contracts.cases import IndexInto, Integers
from minigrad_core.errors import InputError
from minigrad_core.testing.finding import DoesNotApply
from minigrad_core.testing.guard import is_deliberate
from minigrad_core.testing.samples.cases import as_cases
from minigrad_core.testing.subjects.subject import Declarations

from .arguments import parameters_of, read_arguments

if TYPE_CHECKING:
    from minigrad_core.cases import Case
    from minigrad_core.testing.finding import Law
    from minigrad_core.testing.oracle.compare import Evidence
    from minigrad_core.testing.samples.sample import Sample

# Frameworks that copy, or count versions, care little who shares memory with whom.
SHARED_MEMORY = frozenset(
    {"returns-input", "output-shares-memory", "gradients-share-memory", "gradient-shares-memory"}
)
# `where(x > 0, f(x), 0)` is how activations are written everywhere: a comparison with NaN is false.
USER_CONVENTIONS = frozenset({"swallows-nan"})
MIXED_DTYPES = ("dtype", "scalar type", "float0")  # said of numbers of two types
STATE_TYPES = (bool, int, float, str, list, dict, set, tuple, np.ndarray)


class ForeignSubject:
    """A differentiable function of another framework; subclasses call it and differentiate it.

    Parameters
    ----------
    f : callable
        What is judged.
    code : sequence of callables
        The Python functions that make it up, for what it holds and for the lines at which threads take turns.
    cases : sequence of Case
        Which arguments make sense; by default `f.cases`, or the shapes in its docstring.
    parameters : list of inspect.Parameter, optional
        Its parameters, where its own signature does not tell them.
    by_position : bool
        It takes no keywords.
    """

    framework = ""
    package = ""  # the module at the top of what the framework itself wrote
    save_call = ""  # how what backward needs is kept there
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
        self.code = [each for each in map(inspect.unwrap, code) if isinstance(each, FunctionType)]
        module = str(getattr(f, "__module__", None) or "").partition(".")[0]
        self.is_user_code = bool(self.code) and module != self.package
        self.name = name or str(getattr(f, "__qualname__", None) or type(f).__name__).rpartition(".")[2]
        self.cases = as_cases(getattr(f, "cases", None) if cases is None else cases)
        # A framework's own function takes its arrays in the order of the cases, whatever it calls them.
        if parameters is None and (self.is_user_code or not self.cases):
            parameters = parameters_of(f)
        self.integers = {  # where whole numbers are meant, as labels and indices
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
        """Return how it is made again in another process."""
        return _rebuild, (type(self), self.f, self.options)

    def complete_gradients(self, sample: Sample, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the gradients as they are: there is one for each input."""
        del sample
        return gradients

    def read_state(self, *, copied: bool = False) -> dict[str, Any]:
        """Return the attributes of the function, and the plain values that its code refers to."""
        attributes = getattr(self.f, "__dict__", {}) if self.is_user_code else {}
        values = {n: v for n, v in attributes.items() if _is_state(n, v)}
        for function in self.code if self.is_user_code else ():
            variables = inspect.getclosurevars(function)
            values |= {
                n: v for n, v in {**variables.globals, **variables.nonlocals}.items() if _is_state(n, v)
            }
        values |= self.global_state()
        return {name: _copy_value(value) for name, value in values.items()} if copied else values

    def global_state(self) -> dict[str, Any]:
        """Return what the framework keeps for everybody, by name."""
        return {}

    def refusal(self, error: Exception, inputs: Sequence[Any] = ()) -> Exception:
        """Return the exception as the kit expects one: a refusal of a framework's own function is on purpose.

        Frameworks refuse with whatever exception comes, RuntimeError mostly. In an author's own code that is
        a refusal where a `raise` statement made it, and elsewhere an accident, which keeps its place. Who
        takes tensors need not take Python numbers.
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
        """Return what a backward pass refuses that its author never promised, None if it has no excuse.

        Frameworks multiply no bytes by floats, and scatter to no negative index, though they read there.
        """
        if any(text in str(error) for text in MIXED_DTYPES) and self.beside_integers(inputs):
            return DoesNotApply(f"beside integers {self.framework} refuses: {error}")
        negative = any(isinstance(x, np.ndarray) and x.dtype.kind == "i" and (x < 0).any() for x in inputs)
        if self.is_user_code and negative and "out of" in str(error):
            return InputError(f"negative indices: {error}")
        return None

    def beside_integers(self, inputs: Sequence[Any]) -> bool:
        """Whether whole numbers stand where the cases have floats, in an author's own code."""
        given = zip(self.signature.inputs, inputs, strict=False)
        whole = [name for name, x in given if isinstance(x, np.ndarray) and x.dtype.kind in "iu"]
        return self.is_user_code and any(name not in self.integers for name in whole)

    def write_script(self, sample: Sample, evidence: Evidence) -> str:
        """Return a script that imports the framework and the function alone."""
        raise NotImplementedError

    def bind_arguments(
        self, arrays: Sequence[Any], settings: Mapping[str, Any]
    ) -> tuple[list[Any], dict[str, Any]]:
        """Return positional and keyword arguments of a call."""
        return self.arguments.bind(arrays, settings)


def _rebuild(
    subject_class: type[ForeignSubject], f: Callable[..., Any], given: dict[str, Any]
) -> ForeignSubject:
    make: Any = subject_class
    return make(f, **given)


def _is_state(name: str, value: Any) -> bool:
    """Whether a value is of a kind that a call might keep something in; methods and modules are none."""
    if name.startswith("__") or name == "cases" or callable(value) or isinstance(value, ModuleType):
        return False
    return isinstance(value, STATE_TYPES) or hasattr(value, "shape")


def _copy_value(value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except Exception:
        return value
