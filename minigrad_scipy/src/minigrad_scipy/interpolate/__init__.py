"""`scipy.interpolate` for arrays and tensors: interpolants of tensors, and SciPy's at points of a tensor."""

from __future__ import annotations

from ..mirror import mirror
from . import evaluation

OPERATIONS = (evaluation.ppoly,)
CLASSES = {  # with the differentiable arguments; all have derivatives in the points of evaluation, too
    **dict.fromkeys(["CubicSpline", "PchipInterpolator", "Akima1DInterpolator"], ("x", "y")),
    "CubicHermiteSpline": ("x", "y", "dydx"),
    "PPoly": ("c", "x"),
    "BSpline": ("c",),
    "make_interp_spline": ("y",),
    "RegularGridInterpolator": ("values",),
    "interpn": ("values", "xi"),
}
__getattr__, __dir__ = mirror(__name__, OPERATIONS, classes=CLASSES)
