"""What these tests do not collect."""

collect_ignore = ["make_special_references.py"]  # it runs where mpmath is installed
