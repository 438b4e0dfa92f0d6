"""What happened (node) and how gradients flow back through it (backward)."""
