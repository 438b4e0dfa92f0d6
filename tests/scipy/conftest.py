"""What these tests do not collect: scripts that run where mpmath is installed."""

collect_ignore = ["make_solver_references.py", "make_special_references.py"]
