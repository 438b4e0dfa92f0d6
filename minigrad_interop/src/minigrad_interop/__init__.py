"""minigrad's contract kit for other frameworks' gradients, and minigrad's operations for other frameworks."""
