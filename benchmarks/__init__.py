"""Paired benchmarks: see README.md."""

import os

# One thread: two threads are measured fairly only if nothing else runs on the machine. The variables are set
# here because NumPy's BLAS reads them once, when NumPy is imported.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
