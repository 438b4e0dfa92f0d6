"""Logic functions and bit-wise operations."""
