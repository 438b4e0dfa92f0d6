"""What laws see, and the adaptor that makes it of an operation."""
