"""Findings of the contract kit in functions of PyTorch and JAX, for the page `docs/reference/findings.md`."""
