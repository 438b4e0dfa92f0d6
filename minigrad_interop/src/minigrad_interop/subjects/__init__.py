"""Subjects of the contract kit: functions of PyTorch, JAX and autograd.

>>> from minigrad_core.testing import check_operation
>>> from minigrad_interop import subjects
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minigrad_core.cases import Case

    from .autograd_subject import AutogradSubject
    from .jax_subject import JaxSubject
    from .torch_subject import TorchSubject

__all__ = ["autograd", "jax", "torch"]


def torch(
    f: Callable[..., Any], cases: Sequence[Case] | None = None, *, seeded: bool = False, **declared: Any
) -> TorchSubject:
    """Return a function of tensors, or a `torch.autograd.Function`, as a subject.

    Parameters
    ----------
    f : callable or subclass of torch.autograd.Function
        The function under test.
    cases : sequence of Case, optional
        The valid arguments; by default `f.cases`, or shapes in the docstring, `x: (n, k)`. A function that
        broadcasts needs none.
    seeded : bool
        Call `torch.manual_seed` before each call, for functions that draw random numbers.
    **declared
        `broadcasts`, `differentiable`, `surrogate`, `takes_complex`, and a `reference` on NumPy arrays, with
        the same meaning as for an operation.
    """
    from .torch_subject import TorchSubject

    return TorchSubject(f, cases, seeded=seeded, **declared)


def jax(f: Callable[..., Any], cases: Sequence[Case] | None = None, **declared: Any) -> JaxSubject:
    """Return a function of JAX's arrays, with or without a `custom_vjp` or `custom_jvp`, as a subject.

    The arguments are those of `torch`. The kit traces functions of arrays, as `jit` does.
    """
    from .jax_subject import JaxSubject

    return JaxSubject(f, cases, **declared)


def autograd(f: Callable[..., Any], cases: Sequence[Case] | None = None, **declared: Any) -> AutogradSubject:
    """Return a function that autograd differentiates, such as a `primitive`, as a subject.

    The arguments are those of `torch`.
    """
    from .autograd_subject import AutogradSubject

    return AutogradSubject(f, cases, **declared)
