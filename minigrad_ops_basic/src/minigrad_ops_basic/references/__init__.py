"""Plain formulas, and NumPy with the arguments of our operations, for the contract kit to compare."""
