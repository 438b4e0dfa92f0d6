"""`scipy.sparse` for arrays and tensors: sparse arrays with values of a tensor, and products with tensors."""

from __future__ import annotations

from ..mirror import mirror
from . import linalg as linalg
from . import products

OPERATIONS = (products.sparse_matmul,)
CLASSES = {f"{form}_{kind}": ("data",) for form in ("csr", "csc", "coo") for kind in ("array", "matrix")}
__getattr__, __dir__ = mirror(__name__, OPERATIONS, classes=CLASSES)
