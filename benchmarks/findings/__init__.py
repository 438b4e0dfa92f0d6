"""What the contract kit finds in functions of PyTorch and JAX: the page `docs/reference/findings.md`."""
