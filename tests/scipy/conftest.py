"""What these tests do not collect."""

collect_ignore = ["make_solver_references.py", "make_special_references.py"]  # they run where mpmath is installed
