"""The contract of an operation: the protocol `OperationLike`, and the base class that authors inherit."""

from __future__ import annotations

import inspect
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, Protocol, TypeVar, overload

from ..errors import DifferentiabilityError
from ..hints import OPERATION, add_hints
from ..tensor import Tensor, apply

if TYPE_CHECKING:
    from ..array import Array
    from ..engine.node import Context
    from .cases import Case

P = ParamSpec("P")

if TYPE_CHECKING:
    F = TypeVar("F", bound=Callable[..., Any])

    def abstract_if_differentiable(method: F) -> F:
        """Return `method`: a type checker would require it also where `differentiable` is False."""
        return method
else:
    abstract_if_differentiable = abstractmethod


class OperationLike(Protocol):
    """The minimal contract: any class with these members is an operation."""

    name: str

    def forward(self, ctx: Context, x: Any, /, *inputs: Any, **settings: Any) -> Array | tuple[Array, ...]:
        """Return the output, or a tuple of outputs, for arrays."""
        ...

    def backward(self, ctx: Context, grad: Any, /, *grads: Any, **_: Any) -> Array | tuple[Array | None, ...]:
        """Return one gradient per input, from one gradient per output."""
        ...


class _HasBackward(Protocol):
    def backward(
        self, ctx: Context, grad: Any, /, *grads: Any, **_: Any
    ) -> Array | tuple[Array | None, ...]: ...


class _SingleOutput(_HasBackward, Protocol[P]):
    def forward(self, ctx: Context, /, *inputs: P.args, **settings: P.kwargs) -> Array: ...


class _SeveralOutputs(_HasBackward, Protocol[P]):
    def forward(self, ctx: Context, /, *inputs: P.args, **settings: P.kwargs) -> tuple[Array, ...]: ...


class CallSignature:
    """The `__signature__` of an operation, for `help` and completion: that of `forward` without the context.

    Only instances have it: the signature of a class is that of its constructor.
    """

    def __get__(self, operation: Any, _: type) -> inspect.Signature:
        try:
            first, *rest = inspect.signature(operation.forward).parameters.values()
        except (AttributeError, ValueError):  # for the class, or for compiled code
            raise AttributeError("__signature__") from None
        return inspect.Signature([first, *rest] if first.kind is first.VAR_POSITIONAL else rest)


@add_hints(OPERATION)
class Operation(OperationLike, Protocol):
    """A differentiable function, written in plain NumPy: `forward`, and the gradient rule `backward`.

    Inputs are positional arrays. Settings are keyword-only and have no gradient. Both methods call NumPy and
    never other operations. They keep no state on `self`: `ctx`, the `Context` of one call, carries values
    from `forward` to `backward`. The engine runs both methods on NumPy's arrays, and for higher derivatives
    on tensors. `forward` may then run again, so it draws no random numbers: draw them outside, and pass them
    as an input.

    Attributes
    ----------
    name : str
        An identifier, unique in its namespace.
    broadcasts : bool
        Whether the inputs follow NumPy broadcasting. The engine then sums each gradient over the axes along
        which its input was repeated.
    implements : tuple of callables
        The NumPy or SciPy functions that call this operation when an argument is a tensor.
    cases : sequence of Case
        Valid arguments, for the contract kit. An operation that broadcasts needs none.
    reference : callable, optional
        The same function, slow and obvious, `reference(*inputs, **settings)`. The contract kit compares the
        two. It takes no `self`: `reference = staticmethod(function)`. The kit also compares an operation with
        the functions in `implements`.
    surrogate : str
        The reason why `backward` is not the derivative of `forward`, as in a straight-through estimator;
        empty if it is.
    once_differentiable : bool or str
        Whether a second derivative raises; a string also gives the reason.
    differentiable : bool
        False if no input ever has a gradient. Such an operation needs no `backward`, and its results require
        no gradient.
    returns_view : bool
        Whether the output may share memory with an input, as the output of `reshape` does in NumPy.
    takes_complex : bool
        Whether `forward` and `backward` are also right for complex values. The gradient of a complex
        z = x + iy is dL/dx - i dL/dy, so the rule of a holomorphic function holds unchanged, without a
        conjugate. The engine takes the real part of the gradient of a real input.
    from_numpy : callable, optional
        `from_numpy(*args, **kwargs) -> (inputs, settings)`, if the arguments of the functions in `implements`
        are not the inputs and settings of this operation in the same order. It may return NotImplemented:
        then NumPy computes the call on arrays, as for a function without an operation.
    to_numpy : callable, optional
        `to_numpy(result)`, if these functions return another type, such as a list.
    """

    name: str
    broadcasts: ClassVar[bool] = False
    implements: Sequence[Callable[..., Any]] = ()
    cases: Sequence[Case] = ()
    reference: Callable[..., Any] | None = None
    surrogate: ClassVar[str] = ""
    once_differentiable: ClassVar[bool | str] = False
    differentiable: ClassVar[bool] = True
    returns_view: ClassVar[bool] = False
    takes_complex: bool = False

    def __init_subclass__(cls) -> None:
        """Add a `backward` that raises to a class with `differentiable = False` that has no `backward`."""
        super().__init_subclass__()
        if not cls.differentiable and getattr(cls.backward, "__isabstractmethod__", False):
            cls.backward = _refuse_gradient  # type: ignore[method-assign]

    @abstractmethod
    def forward(self, ctx: Context, x: Any, /, *inputs: Any, **settings: Any) -> Array | tuple[Array, ...]:
        """Return the output, or a tuple of outputs, and `ctx.save` the values that `backward` needs."""
        ...

    @abstract_if_differentiable
    def backward(self, ctx: Context, grad: Any, /, *grads: Any, **_: Any) -> Array | tuple[Array | None, ...]:
        """Return one gradient per input, from one gradient per output.

        The gradient is None for an input that has no gradient, or that needs none (see `ctx.needs`). If the
        call left out optional inputs, `ctx.needs` is shorter, and the tuple of gradients may be shorter, too.
        """
        return _refuse_gradient(self, ctx, grad, *grads)

    if TYPE_CHECKING:

        @overload
        def __call__(self: _SingleOutput[P], *inputs: P.args, **settings: P.kwargs) -> Tensor: ...
        @overload
        def __call__(
            self: _SeveralOutputs[P], *inputs: P.args, **settings: P.kwargs
        ) -> tuple[Tensor, ...]: ...
        def __call__(self, *inputs: Any, **settings: Any) -> Any:
            """Call the operation on tensors or arrays."""
            return apply(self, *inputs, **settings)  # not `...`, which pyright reads as an abstract method
    else:
        # A method that calls `apply` would add a Python frame to every call.
        __call__ = apply
        __signature__ = CallSignature()

    def __repr__(self) -> str:
        return f"<operation {getattr(self, 'name', type(self).__name__)}>"


# Operation is a protocol for type checkers, and an abstract base class at run time: issubclass(cls,
# Operation) works, whereas it raises for a protocol with attributes. `typing` reads this flag.
Operation._is_protocol = False  # type: ignore[attr-defined]  # noqa: SLF001


def _refuse_gradient(self: OperationLike, *_: Any, **__: Any) -> Any:
    raise DifferentiabilityError(f"{self.name} has no gradient")
