"""The kinds of samples that the laws see: one file for each."""
