"""`scipy.special` for tensors. NumPy calls the operations of ufuncs: `scipy.special.erf(t)` works, too."""

from __future__ import annotations

from importlib import import_module

from ..mirror import mirror
from .elementary import PiecewiseConstant
from .function import SpecialFunction
from .functions import FUNCTIONS

_MODULES = [
    "bessel",
    "carlson",
    "differential_equations",
    "distributions",
    "elementary",
    "elliptic",
    "entropy",
    "error_functions",
    "exponential_integrals",
    "gamma_functions",
    "hypergeometric",
    "incomplete_beta",
    "incomplete_gamma",
    "orthogonal_polynomials",
    "spheroidal",
    "struve_functions",
]
OPERATIONS = tuple(
    op
    for module in _MODULES
    for op in vars(import_module(f".{module}", __name__)).values()
    if isinstance(op, (SpecialFunction, PiecewiseConstant))
)
__getattr__, __dir__ = mirror(__name__, OPERATIONS, FUNCTIONS)
