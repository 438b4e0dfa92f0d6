"""What is wrong in one way, beside what is right: the contract kit tells the first, and accuses nothing else.

One pair for each way of being wrong that no small change to a right operation makes: what is kept, shared or
written, layouts, needs, kinks, ties, precision, domains, refusals, settings, second derivatives, references.
(For the rest there is `minigrad check --mutants`.) A file of `operations/`, `optimizers/` and `initializers/`
for each law. The right twin is a shipped operation where one fits, else a class of `right/`. Importing these
folders enters the pairs.

Arrays are annotated `Any` throughout: what is wrong on purpose must not be caught by the type checker first.
"""
