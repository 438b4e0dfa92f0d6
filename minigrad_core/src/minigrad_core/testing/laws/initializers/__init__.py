"""The four laws of initializers."""
