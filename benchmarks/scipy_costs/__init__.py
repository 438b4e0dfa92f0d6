"""The cost of gradients of SciPy's functions: `python -m benchmarks.scipy_costs` writes a table."""
