"""Leave out the scripts of this folder, which run where mpmath or JAX is installed."""

collect_ignore_glob = ["make_*.py", "array_filters.py", "special_definitions.py"]
