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
from minigrad_core.testing.guarded import on_purpose
from minigrad_core.testing.samples.cases import sequence_of
from minigrad_core.testing.subjects.subject import Declared

from .arguments import parameters_of, read_arguments

if TYPE_CHECKING:
    from minigrad_core.cases import Case
    from minigrad_core.testing.finding import Law
    from minigrad_core.testing.oracle.compare import Evidence
    from minigrad_core.testing.samples.sample import Sample

# Frameworks that copy, or count versions, care little who shares memory with whom.
SHARING = frozenset(
    {"returns-input", "output-shares-memory", "gradients-share-memory", "gradient-shares-memory"}
)
# `where(x > 0, f(x), 0)` is how activations are written everywhere: a comparison with NaN is false.
AUTHORS = frozenset({"swallows-nan"})
MIXED = ("dtype", "scalar type", "float0")  # said of numbers of two types
SIMPLE = (bool, int, float, str, list, dict, set, tuple, np.ndarray)


class Foreign:
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
    keeping = ""  # how what backward needs is kept there
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
        self.given = {
            "cases": cases,
            "name": name,
            "reference": reference,
            "conventions": conventions,
            **declared,
        }
        self.code = [each for each in map(inspect.unwrap, code) if isinstance(each, FunctionType)]
        module = str(getattr(f, "__module__", None) or "").partition(".")[0]
        self.own = bool(self.code) and module != self.package
        self.name = name or str(getattr(f, "__qualname__", None) or type(f).__name__).rpartition(".")[2]
        self.cases = sequence_of(getattr(f, "cases", None) if cases is None else cases)
        # A framework's own function takes its arrays in the order of the cases, whatever it calls them.
        known = parameters_of(f) if parameters is None and (self.own or not self.cases) else parameters
        self.integers = {  # where whole numbers are meant, as labels and indices
            name
            for case in self.cases
            for name, domain in case.arguments.items()
            if isinstance(domain, Integers | IndexInto)
        }
        self.arguments = read_arguments(known, self.cases, own=self.own, by_position=by_position)
        self.signature = self.arguments.signature
        known_codes = self.conventions.union(conventions, AUTHORS if self.own else ())
        self.declared = Declared(conventions=known_codes, given=reference, **declared)
        self.docstring: str | None = inspect.getdoc(f) if self.own else None
        self.file = self.code[0].__code__.co_filename if self.own else ""

    def __reduce__(self) -> Any:
        """Return how it is made again in another process."""
        return _made, (type(self), self.f, self.given)

    def completed(self, sample: Sample, received: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the gradients as they are: there is one for each input."""
        del sample
        return received

    def held(self, *, copied: bool = False) -> dict[str, Any]:
        """Return the attributes of the function, and the plain values that its code refers to."""
        attributes = getattr(self.f, "__dict__", {}) if self.own else {}
        found = {n: v for n, v in attributes.items() if _is_state(n, v)}
        for function in self.code if self.own else ():
            variables = inspect.getclosurevars(function)
            found |= {
                n: v for n, v in {**variables.globals, **variables.nonlocals}.items() if _is_state(n, v)
            }
        found |= self.surroundings()
        return {name: _copied(value) for name, value in found.items()} if copied else found

    def surroundings(self) -> dict[str, Any]:
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
        if not self.own or (numbers and isinstance(error, TypeError | AttributeError)):
            return InputError(text)
        if isinstance(error, RuntimeError) and not isinstance(error, RecursionError):
            return (InputError if on_purpose(error) else ValueError)(text).with_traceback(error.__traceback__)
        return error

    def excuse(self, error: Exception, inputs: Sequence[Any]) -> Exception | None:
        """Return what a backward pass refuses that its author never promised, None if it has no excuse.

        Frameworks multiply no bytes by floats, and scatter to no negative index, though they read there.
        """
        if any(told in str(error) for told in MIXED) and self.beside_integers(inputs):
            return DoesNotApply(f"beside integers {self.framework} refuses: {error}")
        negative = any(isinstance(x, np.ndarray) and x.dtype.kind == "i" and (x < 0).any() for x in inputs)
        if self.own and negative and "out of" in str(error):
            return InputError(f"negative indices: {error}")
        return None

    def beside_integers(self, inputs: Sequence[Any]) -> bool:
        """Whether whole numbers stand where the cases have floats, in an author's own code."""
        given = zip(self.signature.inputs, inputs, strict=False)
        whole = [name for name, x in given if isinstance(x, np.ndarray) and x.dtype.kind in "iu"]
        return self.own and any(name not in self.integers for name in whole)

    def script(self, sample: Sample, evidence: Evidence) -> str:
        """Return a script that imports the framework and the function alone."""
        raise NotImplementedError

    def placed(self, arrays: Sequence[Any], settings: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Return positional and keyword arguments of a call."""
        return self.arguments.placed(arrays, settings)


def _made(kind: type[Foreign], f: Callable[..., Any], given: dict[str, Any]) -> Foreign:
    make: Any = kind
    return make(f, **given)


def _is_state(name: str, value: Any) -> bool:
    """Whether a value is of a kind that a call might keep something in; methods and modules are none."""
    if name.startswith("__") or name == "cases" or callable(value) or isinstance(value, ModuleType):
        return False
    return isinstance(value, SIMPLE) or hasattr(value, "shape")


def _copied(value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except Exception:
        return value
