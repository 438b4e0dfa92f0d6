"""Correct operations. The wrong ones inherit from them and override the one method that holds the fault."""
