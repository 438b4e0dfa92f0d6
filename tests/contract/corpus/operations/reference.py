"""Operations that differ from what they are held against."""

from __future__ import annotations

import numpy as np

from ..pair import breaks
from .right.shipped import Sin


@breaks("reference", "differs-from-reference")
class SinClaimsCos(Sin):
    implements = (np.cos,)
