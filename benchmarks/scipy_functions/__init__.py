"""SciPy's functions on tensors: which are differentiable as they are."""
