"""The steps that a program is drawn from: each takes a sketch and a value's name, and returns a line.

None where it does not fit: wrong shape, or a kink too near.
"""
