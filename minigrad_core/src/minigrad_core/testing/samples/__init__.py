"""Samples of operations, runs of optimizers, and draws of initializers."""
