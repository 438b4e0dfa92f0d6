"""The scripts that make the references import PyTorch, which the tests do not need."""

collect_ignore_glob = ["make_references.py", "reference_*.py"]
