"""The contract of an operation: the bare protocol, and the base class that authors inherit."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, Protocol, TypeVar, overload

from ..errors import DifferentiabilityError
from ..hints import OPERATION, add_hints
from ..tensor import Tensor, apply
from .call_signature import CallSignature

if TYPE_CHECKING:
    from ..array import Array
    from ..engine.node import Context
    from .cases import Case

P = ParamSpec("P")

if TYPE_CHECKING:
    F = TypeVar("F", bound=Callable[..., Any])

    def abstract_if_differentiable(method: F) -> F:
        """Return it: a type checker cannot know which classes say `differentiable = False`."""
        return method
else:
    abstract_if_differentiable = abstractmethod


class OperationLike(Protocol):
    """The bare contract. A class that merely has these members conforms."""

    name: str

    def forward(self, ctx: Context, x: Any, /, *inputs: Any, **settings: Any) -> Array | tuple[Array, ...]:
        """Return the output (or a tuple of outputs) for array inputs."""
        ...

    def backward(self, ctx: Context, grad: Any, /, *grads: Any, **_: Any) -> Array | tuple[Array | None, ...]:
        """Return one gradient per input, given one gradient per output."""
        ...


class _HasBackward(Protocol):
    def backward(
        self, ctx: Context, grad: Any, /, *grads: Any, **_: Any
    ) -> Array | tuple[Array | None, ...]: ...


class _SingleOutput(_HasBackward, Protocol[P]):
    def forward(self, ctx: Context, /, *inputs: P.args, **settings: P.kwargs) -> Array: ...


class _SeveralOutputs(_HasBackward, Protocol[P]):
    def forward(self, ctx: Context, /, *inputs: P.args, **settings: P.kwargs) -> tuple[Array, ...]: ...


@add_hints(OPERATION)
class Operation(OperationLike, Protocol):
    """A differentiable function, written in plain NumPy: `forward`, and the gradient rule `backward`.

    Inputs are positional arrays, settings are keyword-only and static. Both methods call NumPy and never
    other operations, and keep no state on `self`; the engine runs them on NumPy's arrays, and on tensors
    when a higher derivative is asked for.

    Attributes
    ----------
    name : str
        An identifier, unique in its namespace.
    broadcasts : bool
        The op follows NumPy broadcasting: the engine sums a gradient back to its input's shape.
    implements : tuple of callables
        The NumPy or SciPy functions that this op answers for.
    cases : sequence of Case
        Which arguments make sense, for the contract kit. Elementwise ops need none.
    reference : callable, optional
        The same function, slow and obvious, `reference(*inputs, **settings)`: the contract kit compares the
        two. It takes no `self`: `reference = staticmethod(function)`. What `implements` a function is held
        against that, too.
    surrogate : str
        Why `backward` is not `forward`'s derivative, as in a straight-through estimator; empty if it is.
    once_differentiable : bool or str
        An honest refusal of second derivatives; better the reason than True.
    differentiable : bool
        False for what has no gradient anywhere: `forward` alone, and the call returns plain arrays.
    returns_view : bool
        The output may share memory with an input, as `reshape` and slices do in NumPy.
    takes_complex : bool
        Values may be complex: `forward` and `backward` are right for them, too. The gradient of a complex
        z = x + iy is dL/dx - i dL/dy, so the rule of a holomorphic function holds as it is, without a
        conjugate; the engine takes the real part of the gradient of a real input.
    from_numpy : callable, optional
        `from_numpy(*args, **kwargs) -> (inputs, settings)` for an op whose arguments do not line up with
        those of the functions it implements.
    to_numpy : callable, optional
        `to_numpy(result)` for an op whose NumPy functions answer in another form, such as a list.
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
        """Let an operation that says `differentiable = False` do without `backward`."""
        super().__init_subclass__()
        if not cls.differentiable and getattr(cls.backward, "__isabstractmethod__", False):
            cls.backward = _refuse_gradient  # type: ignore[method-assign]

    @abstractmethod
    def forward(self, ctx: Context, x: Any, /, *inputs: Any, **settings: Any) -> Array | tuple[Array, ...]:
        """Return the output (or a tuple of outputs), and `ctx.save` what `backward` needs."""
        ...

    @abstract_if_differentiable
    def backward(self, ctx: Context, grad: Any, /, *grads: Any, **_: Any) -> Array | tuple[Array | None, ...]:
        """Return one gradient per input, `None` where none is owed, for one gradient per output.

        The inputs are those of the call, and `len(ctx.needs)` tells their number. An optional one that it
        left out gets None, or nothing.
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
            return apply(self, *inputs, **settings)  # not `...`: pyright takes that for an abstract method
    else:
        # `apply` itself, not a method that calls it: one Python frame less on every call.
        __call__ = apply
        __signature__ = CallSignature()

    def __repr__(self) -> str:
        return f"<operation {getattr(self, 'name', type(self).__name__)}>"


# A protocol to type checkers, an abstract base class at run time: issubclass(MyOperation, Operation) answers,
# where a protocol with attributes raises (typing's own hook reads this flag).
Operation._is_protocol = False  # type: ignore[attr-defined]  # noqa: SLF001


def _refuse_gradient(self: OperationLike, *_: Any, **__: Any) -> Any:
    raise DifferentiabilityError(f"{self.name} has no gradient")
