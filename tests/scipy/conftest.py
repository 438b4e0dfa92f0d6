"""Leave out the scripts of this folder, which run where mpmath or JAX is installed."""

collect_ignore = ["make_filter_references.py", "make_solver_references.py", "make_special_references.py"]
