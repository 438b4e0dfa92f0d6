"""minigrad's operations and modules for users of other frameworks."""
