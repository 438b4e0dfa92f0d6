"""The script that makes the references runs where JAX is, not here."""

collect_ignore = ["make_references.py"]
