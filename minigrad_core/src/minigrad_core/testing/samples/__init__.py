"""What the laws see: samples of operations, runs of optimizers, draws of initializers."""
