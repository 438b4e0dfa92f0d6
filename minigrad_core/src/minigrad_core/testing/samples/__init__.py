"""What the laws are held against: calls, runs and draws, made once and shared."""
