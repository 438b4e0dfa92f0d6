"""Mutants: small changes to a subject's own code, each of which its laws and cases should notice.

The laws judge an operation; mutants judge what is compared there. A mutant that passes is equivalent to the
original, or shows a value that nobody compares.
"""
