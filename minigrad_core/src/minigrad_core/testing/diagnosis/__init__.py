"""What is wrong with a gradient, in a line: hypotheses fitted to the analytic and the numeric Jacobian."""
