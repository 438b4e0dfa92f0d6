"""Mutants: small changes to a subject's own code, each of which its laws and cases should notice."""
