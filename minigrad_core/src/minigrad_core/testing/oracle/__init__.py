"""Numeric derivatives, and the comparison of gradients with them."""
