"""The script that makes the references runs where JAX is, not here."""

collect_ignore = ["make_transform_references.py"]
