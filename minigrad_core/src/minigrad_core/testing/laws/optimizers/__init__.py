"""The eight laws of optimizers; each sees every run of the pool."""
