"""minigrad-scipy: SciPy's modules for tensors. `from minigrad_scipy import linalg; linalg.expm(t)`.

Each module has every name of SciPy's module. A function with a gradient rule also takes tensors, and every
other name is SciPy's own object. A module here imports SciPy's module at the first access to a name.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from minigrad_core.package_version import get_package_attribute

MODULES = (  # the mirrors of the modules of SciPy
    "fft",
    "integrate",
    "interpolate",
    "linalg",
    "ndimage",
    "optimize",
    "sparse",
    "sparse.linalg",
    "spatial",
    "spatial.distance",
    "signal",
    "signal.windows",
    "special",
    "stats",
)

if TYPE_CHECKING:
    from . import fft as fft
    from . import integrate as integrate
    from . import interpolate as interpolate
    from . import linalg as linalg
    from . import ndimage as ndimage
    from . import optimize as optimize
    from . import signal as signal
    from . import sparse as sparse
    from . import spatial as spatial
    from . import special as special
    from . import stats as stats

    __version__: str
else:  # a type checker would otherwise accept every name

    def __getattr__(name: str) -> Any:
        if name in MODULES:
            return import_module(f".{name}", __name__)
        return get_package_attribute(__name__, name)
