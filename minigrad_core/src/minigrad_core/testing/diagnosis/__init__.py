"""What is wrong with a gradient, in a line."""
