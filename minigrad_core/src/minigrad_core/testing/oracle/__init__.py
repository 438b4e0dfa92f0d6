"""Numeric derivatives, and how a gradient is compared with them."""
