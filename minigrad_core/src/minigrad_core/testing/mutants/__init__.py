"""Mutants: small changes to the code of a subject, each of which its laws and cases should notice."""
