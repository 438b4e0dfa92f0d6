"""Arithmetic, elementary functions, reductions, shapes, indexing and linear algebra, in the namespace
`basic`.
"""
