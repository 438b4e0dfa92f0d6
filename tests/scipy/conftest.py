"""What these tests do not collect: scripts that run where mpmath or JAX is installed."""

collect_ignore = ["make_filter_references.py", "make_solver_references.py", "make_special_references.py"]
