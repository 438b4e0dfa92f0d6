"""The case language under its public name; see `contracts/cases.py`."""

from .contracts.cases import (
    Case as Case,
)
from .contracts.cases import (
    axis_of as axis_of,
)
from .contracts.cases import (
    between as between,
)
from .contracts.cases import (
    boolean as boolean,
)
from .contracts.cases import (
    dominant as dominant,
)
from .contracts.cases import (
    index_into as index_into,
)
from .contracts.cases import (
    integers as integers,
)
from .contracts.cases import (
    nonzero as nonzero,
)
from .contracts.cases import (
    positive as positive,
)
from .contracts.cases import (
    real as real,
)
from .contracts.cases import (
    unit as unit,
)
