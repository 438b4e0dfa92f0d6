"""Paired benchmarks: see README.md."""

import os

# One thread: two are only measured fairly when nothing else runs on the machine. Set here, since NumPy's
# BLAS reads it once, when NumPy is imported.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
